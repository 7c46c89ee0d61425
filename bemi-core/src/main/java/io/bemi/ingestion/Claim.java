package io.bemi.ingestion;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.bemi.replication.ReplicationSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The preparation of the slot, claimed for as long as this process runs: one that stands
 * still gives no sign of life, and the server takes the claim from it. However long what
 * is prepared takes, such as a migration of the store, or the creation of a slot, which
 * waits for all transactions, does not matter.
 */
final class Claim implements AutoCloseable {

	/** Several times within what the server waits. */
	private static final long INTERVAL_SECONDS = 10;

	private static final Logger logger = LoggerFactory.getLogger(Claim.class);

	private final ReplicationSource source;

	private final Connection plain;

	private final CountDownLatch closed = new CountDownLatch(1);

	private Claim(ReplicationSource source, Connection plain) {
		this.source = source;
		this.plain = plain;
	}

	/**
	 * Claims it.
	 * @param plain an ordinary connection, which ends the claim when it ends
	 */
	static Claim of(ReplicationSource source, Connection plain) throws SQLException {
		source.claim(plain);
		Claim claim = new Claim(source, plain);
		Thread thread = new Thread(claim::run, "bemi-ingestion-claim");
		thread.setDaemon(true);
		thread.start();
		return claim;
	}

	private void run() {
		try {
			while (!this.closed.await(INTERVAL_SECONDS, TimeUnit.SECONDS)) {
				this.source.renewClaim(this.plain);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (SQLException ex) {
			// Who prepares finds out.
			logger.debug("The claim is not renewed any more", ex);
		}
	}

	/**
	 * Lets others prepare it.
	 */
	void release() throws SQLException {
		close();
		this.source.release(this.plain);
	}

	/**
	 * Leaves the rest to the end of the connection.
	 */
	@Override
	public void close() {
		this.closed.countDown();
	}

}
