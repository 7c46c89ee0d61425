package io.bemi.benchmarks;

/**
 * Measures a time, from when it was made until it is stopped or read.
 */
final class Stopwatch {

	private long begun = System.nanoTime();

	private long ended;

	void restart() {
		this.begun = System.nanoTime();
	}

	void stop() {
		this.ended = System.nanoTime();
	}

	double milliseconds() {
		return (((this.ended != 0) ? this.ended : System.nanoTime()) - this.begun) / 1e6;
	}

}
