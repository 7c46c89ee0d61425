package io.bemi.benchmarks;

/**
 * How one drain went. What the system does not count is not a number.
 *
 * @param rate rows per second
 * @param walsender which part of a core a walsender had
 * @param cutShort in which part of their turns walsenders would have gone on
 * @param others how many cores the server's other processes and this JVM had
 */
record GroupsDrain(double rate, double walsender, double cutShort, double others) {
}
