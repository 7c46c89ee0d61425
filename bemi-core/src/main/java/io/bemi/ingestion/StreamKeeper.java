package io.bemi.ingestion;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.bemi.replication.ReplicationException;
import io.bemi.replication.ReplicationStream;

/**
 * Answers for a stream while nobody reads it, because something is being stored: the
 * server takes a silent instance for one that has vanished, and what takes longer than
 * its patience would be begun anew for ever.
 */
final class StreamKeeper implements AutoCloseable {

	private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

	/** What takes longer is not expected to end. */
	private static final long LONGEST_NANOS = TimeUnit.MINUTES.toNanos(5);

	private final ReplicationStream stream;

	private final CountDownLatch closed = new CountDownLatch(1);

	private volatile long readAt = System.nanoTime();

	StreamKeeper(ReplicationStream stream) {
		this.stream = stream;
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
		try {
			while (!this.closed.await(INTERVAL_NANOS, TimeUnit.NANOSECONDS)) {
				long silent = System.nanoTime() - this.readAt;
				if (silent >= INTERVAL_NANOS && silent < LONGEST_NANOS) {
					this.stream.keepAlive();
				}
			}
		}
		catch (ReplicationException ex) {
			// Who reads next finds out.
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Override
	public void close() {
		this.closed.countDown();
	}

}
