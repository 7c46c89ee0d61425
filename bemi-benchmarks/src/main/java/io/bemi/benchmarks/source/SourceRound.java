package io.bemi.benchmarks.source;

/**
 * What one round of a side has given.
 *
 * @param perSecond transactions in a second
 * @param p95 milliseconds that 95 of 100 transactions do not exceed
 * @param lag seconds until everything was stored
 * @param usage what one transaction has used
 */
record SourceRound(double perSecond, double p95, double lag, SourceUsage usage) {
}
