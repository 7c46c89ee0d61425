package io.bemi.ingestion;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

import io.bemi.replication.ReplicationSource;
import io.bemi.replication.SlotUsage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks now and then how much of the log the server keeps for the slot, and warns before
 * that hurts. The ingestion thread looks over the connections that it has anyway; while
 * it waits for the sink another one looks.
 */
final class SlotMonitor {

	/** Of what the server may keep. */
	static final double WARNING_SHARE = 0.5;

	private static final Logger logger = LoggerFactory.getLogger(SlotMonitor.class);

	private static final long INTERVAL = TimeUnit.SECONDS.toNanos(10);

	/** What may be unconfirmed for a while where nothing is left to store. */
	private static final long SHORT_LAG = 1L << 20;

	/** cannot_connect_now; the stream would not run on a server that starts up. */
	private static final String SHUTTING_DOWN = "57P03";

	private final ReplicationSource source;

	private volatile @Nullable SlotUsage usage;

	private volatile @Nullable Instant activeAt;

	private volatile @Nullable Instant upToDateAt;

	private long lookedAt = System.nanoTime() - INTERVAL;

	private long lookedAsideAt = this.lookedAt;

	private boolean warned;

	SlotMonitor(ReplicationSource source) {
		this.source = source;
	}

	/**
	 * What was seen last; {@code null} when there is no slot, or it was not looked yet.
	 */
	@Nullable SlotUsage usage() {
		return this.usage;
	}

	/**
	 * When the ingestion thread last looked; {@code null} before the first time.
	 */
	@Nullable Instant activeAt() {
		return this.activeAt;
	}

	/**
	 * When it was last seen that hardly anything is left to store, here or in the
	 * instance that streams; {@code null} before the first time.
	 */
	@Nullable Instant upToDateAt() {
		return this.upToDateAt;
	}

	/**
	 * Looks, if the last time is long enough ago. For the ingestion thread, while the
	 * slot is read, here or elsewhere.
	 * @param connection an ordinary connection to the source
	 */
	void look(Connection connection) {
		SlotUsage seen = lookUnread(connection);
		if (seen != null && seen.lag() <= SHORT_LAG) {
			this.upToDateAt = seen.takenAt();
		}
	}

	/**
	 * Looks, if the last time is long enough ago. For the ingestion thread, while nobody
	 * reads the slot.
	 * @param connection an ordinary connection to the source
	 * @return what was seen; {@code null} when it was not looked, or there is no slot
	 */
	@Nullable SlotUsage lookUnread(Connection connection) {
		if (!isDue(this.lookedAt)) {
			return null;
		}
		this.lookedAt = System.nanoTime();
		this.activeAt = Instant.now();
		return see(connection);
	}

	private synchronized @Nullable SlotUsage see(Connection connection) {
		try {
			SlotUsage seen = this.source.usage(connection);
			this.usage = seen;
			if (seen != null) {
				warn(seen);
			}
			return seen;
		}
		catch (SQLException ex) {
			logger.debug("It could not be seen how much log is kept for the slot", ex);
			return null;
		}
	}

	/**
	 * Looks in place of the ingestion thread, which waits, if the last time is long
	 * enough ago.
	 * @return whether the server wants the stream to end
	 */
	boolean lookAside() {
		if (!isDue(this.lookedAsideAt)) {
			return false;
		}
		this.lookedAsideAt = System.nanoTime();
		try (Connection connection = this.source.connect()) {
			see(connection);
			return this.source.isEnding(connection);
		}
		catch (SQLException | RuntimeException ex) {
			logger.debug("It could not be seen how much log is kept for the slot", ex);
			return ex instanceof SQLException refused && SHUTTING_DOWN.equals(refused.getSQLState());
		}
	}

	/**
	 * Looks over a connection of its own, for when there is no other.
	 */
	void look() {
		if (!isDue(this.lookedAt)) {
			return;
		}
		try (Connection connection = this.source.connect()) {
			lookUnread(connection);
		}
		catch (SQLException | RuntimeException ex) {
			logger.debug("It could not be seen how much log is kept for the slot", ex);
		}
	}

	private static boolean isDue(long lookedAt) {
		return System.nanoTime() - lookedAt >= INTERVAL;
	}

	private void warn(SlotUsage seen) {
		boolean much = seen.share() >= WARNING_SHARE;
		if (much && !this.warned) {
			logger.warn("The server keeps {} MB of log for the slot '{}', {} % of {}: {}", seen.retained() >> 20,
					this.source.settings().slot(), Math.round(100 * seen.share()),
					(seen.limit() != null) ? "max_slot_wal_keep_size, at which the history gets a gap"
							: "10 GB, and max_slot_wal_keep_size is -1: without a limit it fills the disk",
					"find out why changes are not stored, see docs/operations.md");
		}
		this.warned = much;
	}

}
