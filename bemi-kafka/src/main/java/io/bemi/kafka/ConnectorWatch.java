package io.bemi.kafka;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import io.bemi.change.Position;
import io.bemi.replication.ReplicationException;
import io.bemi.replication.ReplicationSource;
import io.bemi.replication.SlotState;
import io.bemi.replication.SlotUsage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks now and then at the slot that the connector reads, and writes markers into the
 * log: messages that must arrive by Kafka before anything that is committed after them.
 * Runs beside the one that stores, on a thread of its own.
 */
final class ConnectorWatch implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(ConnectorWatch.class);

	private static final String INSUFFICIENT_PRIVILEGE = "42501";

	private static final Duration INTERVAL = Duration.ofSeconds(10);

	private static final Duration MARKING = Duration.ofMinutes(1);

	/** A connector that is started again takes as long. */
	private static final Duration PATIENCE = Duration.ofMinutes(1);

	/** What may be unconfirmed for a while where nothing is left to store. */
	private static final long SHORT_LAG = 1L << 20;

	/** A marker that a crash of the server takes back would be missed for ever. */
	private static final String DURABLE = "SET synchronous_commit = on";

	/** The history notes its place, too, so that it is known how far it goes. */
	private static final String EMIT = """
			SELECT pg_catalog.pg_logical_emit_message(true, '_bemi_heartbeat', 'barrier')::text,
			       pg_catalog.pg_current_xact_id()::text::bigint % 4294967296
			""";

	/**
	 * Debezium takes two of these marks for one, and a name that begins with a quote for
	 * a quoted one.
	 */
	private static final String MISREAD = """
			SELECT pg_catalog.format('%I.%I', schemaname, tablename) FROM pg_catalog.pg_publication_tables
			 WHERE pubname = ? AND (schemaname ~ $$''|``|^"$$ OR tablename ~ $$''|``|^"$$) ORDER BY 1
			""";

	/**
	 * What is noted long after it was written may have come, and be forgotten.
	 */
	private static final String NOTE = """
			INSERT INTO kafka_marker (feed, xid, after_lsn, until_lsn)
			SELECT ?, ?, ?::pg_lsn, ?::pg_lsn WHERE now() - ?::timestamptz < interval '10 minutes'
			""";

	private final Staging staging;

	private final ReplicationSource source;

	private final BooleanSupplier upToDate;

	private final CountDownLatch stopping = new CountDownLatch(1);

	private final Thread thread;

	private volatile @Nullable SlotUsage usage;

	private volatile @Nullable String problem;

	private volatile @Nullable Instant upToDateAt;

	private boolean refused;

	private List<String> misread = List.of();

	private boolean wasRead;

	private long readAt = System.nanoTime();

	private long markedAt = System.nanoTime() - MARKING.toNanos();

	/**
	 * Creates one, which runs at once.
	 * @param upToDate whether everything is stored that has come
	 */
	ConnectorWatch(Staging staging, ReplicationSource source, BooleanSupplier upToDate) {
		this.staging = staging;
		this.source = source;
		this.upToDate = upToDate;
		this.thread = new Thread(this::run, "bemi-kafka-watch");
		this.thread.setDaemon(true);
		this.thread.start();
	}

	private void run() {
		try {
			do {
				look();
			}
			while (!this.stopping.await(INTERVAL.toMillis(), TimeUnit.MILLISECONDS));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void look() {
		try (Connection connection = this.source.connect()) {
			SlotState slot = this.source.slot(connection);
			SlotUsage seen = this.source.usage(connection);
			this.usage = seen;
			if (seen != null && seen.lag() <= SHORT_LAG && this.upToDate.getAsBoolean()) {
				this.upToDateAt = seen.takenAt();
			}
			report(problem(slot));
			if (slot != null && !slot.lost() && isToBeMarked(slot.active())) {
				warn(misread(connection, this.source.settings().publication()));
				mark(connection);
				this.markedAt = System.nanoTime();
			}
		}
		catch (ReplicationException ex) {
			report(String.valueOf(ex.getMessage()));
		}
		// An Error, too, such as no memory: it looks again.
		catch (Exception | Error ex) {
			if (!this.refused && ex instanceof SQLException refusal
					&& INSUFFICIENT_PRIVILEGE.equals(refusal.getSQLState())) {
				this.refused = true;
				logger.warn(
						"What the connector leaves out is not noticed: the role of the source may not write a message"
								+ " into the log. GRANT it EXECUTE on pg_catalog.pg_logical_emit_message: {}",
						ex.getMessage());
			}
			logger.debug("The connector's slot could not be seen, or nothing be written into the log", ex);
		}
	}

	/**
	 * The published tables that the connector leaves out.
	 */
	static List<String> misread(Connection connection, String publication) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(MISREAD)) {
			statement.setString(1, publication);
			try (ResultSet row = statement.executeQuery()) {
				List<String> tables = new ArrayList<>();
				while (row.next()) {
					tables.add(row.getString(1));
				}
				return tables;
			}
		}
	}

	private void warn(List<String> tables) {
		if (!this.misread.containsAll(tables)) {
			logger.warn("Changes of {} do not come by Kafka, because Debezium misreads such names. Rename them, or take"
					+ " them out of the publication by 'bemi.tracking.exclude'", String.join(", ", tables));
		}
		this.misread = tables;
	}

	/**
	 * When the connector is seen to have left the slot, too: it may be dropped next.
	 */
	private boolean isToBeMarked(boolean read) {
		boolean left = this.wasRead && !read;
		this.wasRead = read;
		return left || System.nanoTime() - this.markedAt >= MARKING.toNanos();
	}

	private @Nullable String problem(@Nullable SlotState slot) {
		String name = this.source.settings().slot();
		if (slot == null) {
			return "There is no slot '" + name
					+ "': the connector has not run so far, or its slot was dropped. Start it;"
					+ " what is committed until then is not recorded";
		}
		if (slot.lost()) {
			return slot.loss() + ", and the history gets a gap: delete the connector, its offsets and slot '" + name
					+ "', and create it anew";
		}
		if (slot.active()) {
			this.readAt = System.nanoTime();
		}
		long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - this.readAt);
		return (seconds > PATIENCE.toSeconds())
				? "No connector has read slot '" + name
						+ "' for more than a minute: see whether it runs. Nothing is lost, the server keeps the log"
				: null;
	}

	private void report(@Nullable String next) {
		String previous = this.problem;
		this.problem = next;
		if (next != null && !next.equals(previous)) {
			logger.warn("Changes do not come by Kafka now: {}", next);
		}
		else if (next == null && previous != null) {
			logger.info("The connector reads slot '{}'", this.source.settings().slot());
		}
	}

	private void mark(Connection connection) throws SQLException {
		try (Connection store = this.staging.connect(); Statement statement = connection.createStatement()) {
			String begun = now(store);
			statement.execute(DURABLE);
			String after;
			long xid;
			try (ResultSet row = statement.executeQuery(EMIT)) {
				row.next();
				after = row.getString(1);
				xid = row.getLong(2);
			}
			Position until = this.source.walPosition(connection);
			try (PreparedStatement note = store.prepareStatement(NOTE)) {
				note.setInt(1, this.staging.feed(store));
				note.setLong(2, xid);
				note.setString(3, after);
				note.setString(4, until.toString());
				note.setString(5, begun);
				note.executeUpdate();
			}
		}
	}

	private static String now(Connection store) throws SQLException {
		try (Statement statement = store.createStatement();
				ResultSet row = statement.executeQuery("SELECT now()::text")) {
			row.next();
			return row.getString(1);
		}
	}

	/**
	 * How much of the log the server keeps for the connector; {@code null} when there is
	 * no slot, or it was not looked yet.
	 */
	@Nullable SlotUsage usage() {
		return this.usage;
	}

	/**
	 * Why nothing comes; {@code null} when the connector reads its slot.
	 */
	@Nullable String problem() {
		return this.problem;
	}

	/**
	 * When it was last seen that hardly anything is left to store; {@code null} before
	 * the first time.
	 */
	@Nullable Instant upToDateAt() {
		return this.upToDateAt;
	}

	/**
	 * Does not wait for its end.
	 */
	@Override
	public void close() {
		this.stopping.countDown();
	}

}
