package io.bemi.kafka;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import io.bemi.change.Position;
import io.bemi.kafka.StagedTransactions.Arrived;

/**
 * A transaction that has ended, but not all of whose changes have arrived, and how long
 * it has been so: nothing is stored meanwhile.
 */
final class IncompleteTransaction {

	private static final long WARN_NANOS = TimeUnit.MINUTES.toNanos(1);

	/** No consumer that has a partition needs as long for what comes next in it. */
	private static final long STUCK_NANOS = TimeUnit.MINUTES.toNanos(5);

	private final LongSupplier nanoTime;

	private Position end = Position.ZERO;

	private long expected;

	private long arrived;

	private long changedAt;

	private long warnedAt;

	/**
	 * Creates one.
	 * @param nanoTime the clock
	 */
	IncompleteTransaction(LongSupplier nanoTime) {
		this.nanoTime = nanoTime;
	}

	/**
	 * Takes note of it.
	 * @return whether it is time to warn of it
	 */
	boolean see(Arrived first) {
		long now = this.nanoTime.getAsLong();
		boolean another = !first.end().position().equals(this.end);
		if (another || first.events() != this.arrived) {
			this.changedAt = now;
		}
		if (another) {
			this.warnedAt = now;
		}
		this.end = first.end().position();
		this.expected = first.end().events();
		this.arrived = first.events();
		boolean warn = now - this.warnedAt > WARN_NANOS;
		if (warn) {
			this.warnedAt = now;
		}
		return warn;
	}

	/**
	 * Whether nothing of it has come for so long that something must be wrong.
	 */
	boolean isStuck() {
		return this.nanoTime.getAsLong() - this.changedAt > STUCK_NANOS;
	}

	@Override
	public String toString() {
		String waiting = "Waiting for changes of the transaction that was committed at " + this.end + ": "
				+ this.arrived + " of " + this.expected + " have arrived";
		return isStuck() ? waiting + ", and none for more than five minutes. Either nobody reads their partition, or"
				+ " Kafka has deleted them, and they will not come: see 'An incomplete transaction' in"
				+ " docs/troubleshooting.md" : waiting;
	}

}
