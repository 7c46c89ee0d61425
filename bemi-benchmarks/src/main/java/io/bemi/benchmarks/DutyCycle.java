package io.bemi.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ObjLongConsumer;

import io.bemi.benchmarks.process.ProcessTimes;

/**
 * Lets a process run for a part of each period, so long that it comes to have a share of
 * a core: of processor time where the system tells it, else of time.
 */
final class DutyCycle implements AutoCloseable {

	/** Nanoseconds. */
	static final long PERIOD = TimeUnit.MILLISECONDS.toNanos(20);

	private final long pid;

	private final double share;

	private final long begin;

	private final ObjLongConsumer<String> signals;

	private final Thread thread = new Thread(this::run, "duty-cycle");

	private final LongAdder turns = new LongAdder();

	private final LongAdder turnsAtWork = new LongAdder();

	private volatile boolean ended;

	/**
	 * Begins.
	 * @param pid the process
	 * @param share what it may have of a core
	 * @param offset nanoseconds until the first period, during which it is stopped
	 * @param signals sends a signal to a process
	 */
	DutyCycle(long pid, double share, long offset, ObjLongConsumer<String> signals) {
		this.pid = pid;
		this.share = share;
		this.signals = signals;
		this.begin = System.nanoTime() + offset;
		this.thread.setDaemon(true);
		this.thread.start();
	}

	private void run() {
		this.signals.accept("STOP", this.pid);
		try {
			long counted = counted();
			long run = 0;
			for (long turn = 0; !this.ended; turn++) {
				long due = this.begin + turn * PERIOD;
				await(due);
				// What it had too much or too little until now, it has less or more of
				// now.
				long had = ProcessTimes.areKnown() ? counted() - counted : run;
				long left = (long) ((turn + 1) * PERIOD * this.share) - had;
				long continued = System.nanoTime();
				if (left > 0) {
					this.signals.accept("CONT", this.pid);
					await(Math.min(continued + left, due + PERIOD));
					boolean atWork = ProcessTimes.areKnown() && ProcessTimes.isAtWork(this.pid);
					this.signals.accept("STOP", this.pid);
					this.turns.increment();
					this.turnsAtWork.add(atWork ? 1 : 0);
				}
				run += System.nanoTime() - continued;
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private long counted() throws IOException {
		return ProcessTimes.areKnown() ? ProcessTimes.nanos(this.pid) : 0;
	}

	private static void await(long moment) {
		for (long left = moment - System.nanoTime(); left > 0; left = moment - System.nanoTime()) {
			LockSupport.parkNanos(left);
		}
	}

	/**
	 * In which part of its turns the process was at work still when it was stopped.
	 */
	double cutShort() {
		return ProcessTimes.areKnown() ? this.turnsAtWork.doubleValue() / this.turns.doubleValue() : Double.NaN;
	}

	/**
	 * Ends; the process may be stopped then.
	 */
	@Override
	public void close() throws InterruptedException {
		this.ended = true;
		this.thread.join();
	}

}
