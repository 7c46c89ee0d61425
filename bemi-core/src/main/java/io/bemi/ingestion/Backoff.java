package io.bemi.ingestion;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * How long to wait before something that failed is tried again: longer and longer, and
 * not the same for several instances, which would come back all at once.
 */
final class Backoff {

	static final Duration FIRST = Duration.ofMillis(500);

	static final Duration LONGEST = Duration.ofSeconds(30);

	private final DoubleSupplier random;

	private Duration next = FIRST;

	/**
	 * Creates one.
	 * @param random numbers from 0 to 1
	 */
	Backoff(DoubleSupplier random) {
		this.random = random;
	}

	/**
	 * How long to wait this time: the half of it, and a random share of the other half.
	 */
	Duration next() {
		long milliseconds = this.next.toMillis();
		Duration doubled = this.next.multipliedBy(2);
		this.next = (doubled.compareTo(LONGEST) < 0) ? doubled : LONGEST;
		return Duration.ofMillis((long) (milliseconds * (1 + this.random.getAsDouble()) / 2));
	}

	/**
	 * Begins with a short time again.
	 */
	void reset() {
		this.next = FIRST;
	}

}
