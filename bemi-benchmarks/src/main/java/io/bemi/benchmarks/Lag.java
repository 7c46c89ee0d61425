package io.bemi.benchmarks;

import java.util.List;

/**
 * What one round has shown.
 *
 * @param rate the transactions per second that were really committed
 * @param millis how long each took to be seen
 */
record Lag(double rate, List<Double> millis) {

	double percentile(int percent) {
		return ReadComparison.percentile(this.millis, percent);
	}

}
