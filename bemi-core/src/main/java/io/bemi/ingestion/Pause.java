package io.bemi.ingestion;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.bemi.replication.ReplicationSource;
import io.bemi.replication.SlotInUseException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps an ingester from reading for as long as somebody wants that, and the other
 * instances too: the slot stays claimed by the one that has read it. Wanted by any
 * thread, held by the ingester's.
 */
final class Pause {

	private static final Logger logger = LoggerFactory.getLogger(Pause.class);

	private static final int ANSWER_MILLIS = 10_000;

	/** Another instance that begins claims the slot for a moment, and finds it in use. */
	private static final int ATTEMPTS = 20;

	private static final long ATTEMPT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

	private final ReplicationSource source;

	private final SlotMonitor slotMonitor;

	private volatile boolean wanted;

	private boolean reached;

	private @Nullable Connection claimed;

	Pause(ReplicationSource source, SlotMonitor slotMonitor) {
		this.source = source;
		this.slotMonitor = slotMonitor;
	}

	boolean isWanted() {
		return this.wanted;
	}

	synchronized void begin() {
		this.wanted = true;
	}

	synchronized void end() {
		this.wanted = false;
		this.reached = false;
		notifyAll();
	}

	/**
	 * Waits until nothing is read any more.
	 */
	synchronized void awaitReached(Duration patience) throws InterruptedException {
		long deadline = System.nanoTime() + patience.toNanos();
		long left = patience.toMillis();
		while (this.wanted && !this.reached && left > 0) {
			wait(left);
			left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
		}
	}

	/**
	 * Waits for a time, or until the pause ends.
	 */
	synchronized void await(Duration time) throws InterruptedException {
		this.reached = true;
		notifyAll();
		if (this.wanted) {
			wait(time.toMillis());
		}
	}

	/**
	 * Claims the slot while it is still being read here, so that nobody comes in between.
	 */
	void claim() {
		for (int attempt = 1; attempt <= ATTEMPTS && this.claimed == null; attempt++) {
			try {
				this.claimed = open();
			}
			catch (SlotInUseException ex) {
				LockSupport.parkNanos(ATTEMPT_NANOS);
			}
			catch (SQLException | RuntimeException ex) {
				logger.debug("The slot could not be claimed for a pause", ex);
				return;
			}
		}
	}

	private Connection open() throws SQLException {
		Connection connection = this.source.connect();
		try {
			connection.setNetworkTimeout(Runnable::run, ANSWER_MILLIS);
			this.source.claim(connection);
			return connection;
		}
		catch (SQLException | RuntimeException ex) {
			closeQuietly(connection);
			throw ex;
		}
	}

	/**
	 * Looks after the claim, and after the slot.
	 * @return how it is, for people
	 */
	String look() {
		try {
			Connection connection = this.claimed;
			if (connection == null) {
				String other = user();
				if (other != null) {
					return "Paused here only: " + other;
				}
				connection = open();
				this.claimed = connection;
			}
			this.source.renewClaim(connection);
			this.slotMonitor.lookUnread(connection);
			return "Paused: nothing is recorded, here or by another instance, until ingestion is resumed. The server"
					+ " keeps the log for slot '" + this.source.settings().slot() + "' meanwhile";
		}
		catch (SlotInUseException ex) {
			return "Paused here only: " + ex.getMessage();
		}
		catch (SQLException | RuntimeException ex) {
			release();
			return "Paused, but the slot is not held, so that another instance may record: " + ex.getMessage();
		}
	}

	private @Nullable String user() throws SQLException {
		try (Connection connection = this.source.connect()) {
			connection.setNetworkTimeout(Runnable::run, ANSWER_MILLIS);
			int process = this.source.holder(connection);
			return (process != 0) ? "the slot '" + this.source.settings().slot() + "' is used by process " + process
					: null;
		}
	}

	/**
	 * Lets others have the slot.
	 */
	void release() {
		Connection connection = this.claimed;
		this.claimed = null;
		if (connection != null) {
			closeQuietly(connection);
		}
	}

	private static void closeQuietly(Connection connection) {
		try {
			connection.close();
		}
		catch (SQLException ex) {
			// The claim ends with it.
		}
	}

}
