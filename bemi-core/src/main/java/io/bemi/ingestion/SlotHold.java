package io.bemi.ingestion;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;

import io.bemi.replication.ReplicationException;
import io.bemi.replication.ReplicationSource;

/**
 * Whether the slot is still ours. Of a stream that was cut without a word nothing comes,
 * as of one where nothing happens: then the server is asked.
 */
final class SlotHold {

	private static final int ANSWER_MILLIS = (int) TimeUnit.SECONDS.toMillis(15);

	private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);

	private final ReplicationSource source;

	private final Connection plain;

	private final int holder;

	private long provenAt = System.nanoTime();

	private SlotHold(ReplicationSource source, Connection plain, int holder) {
		this.source = source;
		this.plain = plain;
		this.holder = holder;
	}

	/**
	 * Begins when the stream has.
	 * @param plain an ordinary connection
	 * @param replication the stream's
	 */
	static SlotHold of(ReplicationSource source, Connection plain, Connection replication) throws SQLException {
		// From here on every answer is a short one.
		plain.setNetworkTimeout(Runnable::run, ANSWER_MILLIS);
		replication.setNetworkTimeout(Runnable::run, ANSWER_MILLIS);
		return new SlotHold(source, plain, source.holder(plain));
	}

	/**
	 * Something has arrived.
	 */
	void proven() {
		this.provenAt = System.nanoTime();
	}

	/**
	 * Asks if nothing has arrived for some time.
	 * @throws ReplicationException when the slot is not ours any more
	 */
	void check() {
		if (System.nanoTime() - this.provenAt < INTERVAL_NANOS) {
			return;
		}
		try {
			if (this.source.holder(this.plain) != this.holder) {
				throw new ReplicationException(
						"The server has ended the stream, and nothing has arrived that says so:" + " connecting anew",
						null);
			}
			proven();
		}
		catch (SQLException ex) {
			throw new ReplicationException("The source does not answer: " + ex.getMessage(), ex);
		}
	}

}
