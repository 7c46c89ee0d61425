package io.bemi.ingestion;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.bemi.replication.ReplicationException;
import io.bemi.replication.ReplicationStream;

/**
 * Answers for a stream while nobody reads it, because something is being stored: the
 * server takes a silent instance for one that has vanished, and what takes longer than
 * its patience would be begun anew for ever. Looks after the slot meanwhile, for which
 * the server keeps more and more, and lets the stream go when the server wants it to end:
 * a checkpoint that gives the slot up waits for that.
 */
final class StreamKeeper implements AutoCloseable {

	/**
	 * So long a stream is silent at most twice over; its reader has last answered up to a
	 * second before: enough for a server with a patience of two seconds.
	 */
	private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

	/** What takes longer is not expected to end. */
	private static final long LONGEST_NANOS = TimeUnit.MINUTES.toNanos(5);

	private static final long SLOT_NANOS = TimeUnit.SECONDS.toNanos(10);

	private final ReplicationStream stream;

	private final SlotMonitor slotMonitor;

	private final CountDownLatch closed = new CountDownLatch(1);

	private volatile long readAt = System.nanoTime();

	StreamKeeper(ReplicationStream stream, SlotMonitor slotMonitor) {
		this.stream = stream;
		this.slotMonitor = slotMonitor;
		Thread thread = new Thread(this::run, "bemi-ingestion-keeper");
		thread.setDaemon(true);
		thread.start();
	}

	/**
	 * The stream is read, which answers for it.
	 */
	void read() {
		this.readAt = System.nanoTime();
	}

	private void run() {
		boolean answers = true;
		try {
			while (!this.closed.await(INTERVAL_NANOS, TimeUnit.NANOSECONDS)) {
				long silent = System.nanoTime() - this.readAt;
				if (answers && silent >= INTERVAL_NANOS && silent < LONGEST_NANOS) {
					answers = answer();
				}
				if (silent >= SLOT_NANOS && this.slotMonitor.lookAside()) {
					this.stream.abort();
					answers = false;
				}
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private boolean answer() {
		try {
			this.stream.keepAlive();
			return true;
		}
		catch (ReplicationException ex) {
			// Who reads next finds out.
			return false;
		}
	}

	@Override
	public void close() {
		this.closed.countDown();
	}

}
