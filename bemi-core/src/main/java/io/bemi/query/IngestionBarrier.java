package io.bemi.query;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import javax.sql.DataSource;

import io.bemi.change.Position;
import io.bemi.connection.BemiDataSource;
import io.bemi.ingestion.Barrier;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.util.Assert;

/**
 * Waits for what was committed to be stored. A message that commits after all of that
 * makes ingestion note its place, even when nothing else is there to be stored.
 */
public final class IngestionBarrier {

	/** Slots of groups are called like the source and the group. */
	private static final String SLOT_ACTIVE = """
			SELECT coalesce(pg_catalog.bool_and(active), false) FROM pg_catalog.pg_replication_slots
			 WHERE slot_name = ? OR (database = pg_catalog.current_database() AND pg_catalog.starts_with(slot_name, ? || '_'))
			""";

	/**
	 * Of the slot that is behind the others, where the source is read through several.
	 */
	private static final String STORED = "SELECT \"%s\".whole_position(?, ?, ?)::text";

	private static final String INSUFFICIENT_PRIVILEGE = "42501";

	private static final String READ_ONLY = "25006";

	private static final String IN_RECOVERY = "55000";

	private static final long SHORTEST_POLL = TimeUnit.MILLISECONDS.toNanos(2);

	private static final long LONGEST_POLL = TimeUnit.MILLISECONDS.toNanos(100);

	private final DataSource dataSource;

	private final String source;

	/**
	 * Creates a barrier.
	 * @param dataSource connections to the database whose changes are recorded
	 * @param source the name of the source, which is that of its replication slot
	 */
	public IngestionBarrier(DataSource dataSource, String source) {
		Assert.notNull(dataSource, "'dataSource' must not be null");
		Assert.hasText(source, "'source' must not be empty");
		this.dataSource = dataSource;
		this.source = source;
	}

	/**
	 * Waits until everything is stored that has been committed by now, on connections of
	 * its own: what a transaction under way sees does not matter.
	 * @param store connections to the store's database
	 * @param schema the store's schema
	 * @param timeout how long at most
	 * @throws IngestionTimeoutException when it takes longer; the message says how far
	 * behind ingestion is
	 * @throws IllegalStateException when the message cannot be written; says what to do
	 */
	public void await(DataSource store, String schema, Duration timeout) {
		Assert.notNull(store, "'store' must not be null");
		Assert.hasText(schema, "'schema' must not be empty");
		Assert.notNull(timeout, "'timeout' must not be null");
		long deadline = System.nanoTime() + timeout.toNanos();
		Place place = emit();
		long pause = SHORTEST_POLL;
		while (true) {
			Position stored = stored(store, schema, place);
			if (stored != null && stored.compareTo(place.position()) >= 0) {
				return;
			}
			if (System.nanoTime() - deadline >= 0) {
				throw new IngestionTimeoutException(describe(place, stored, timeout));
			}
			if (Thread.currentThread().isInterrupted()) {
				throw new IllegalStateException("Interrupted while waiting for ingestion");
			}
			LockSupport.parkNanos(Math.min(pause, Math.max(1, deadline - System.nanoTime())));
			pause = Math.min(LONGEST_POLL, pause * 2);
		}
	}

	private @Nullable Position stored(DataSource store, String schema, Place place) {
		String sql = STORED.formatted(schema.replace("\"", "\"\""));
		try (Connection connection = BemiDataSource.bare(store).getConnection();
				PreparedStatement statement = connection.prepareStatement(sql)) {
			statement.setString(1, this.source);
			statement.setString(2, place.database());
			statement.setString(3, place.systemIdentifier());
			String stored;
			try (ResultSet row = statement.executeQuery()) {
				stored = row.next() ? row.getString(1) : null;
			}
			if (!connection.getAutoCommit()) {
				connection.commit();
			}
			return (stored != null) ? Position.parse(stored) : null;
		}
		catch (SQLException ex) {
			throw new DataAccessResourceFailureException("The store cannot be asked: " + ex.getMessage(), ex);
		}
	}

	/**
	 * On a connection of its own: the message must commit.
	 */
	private Place emit() {
		try (Connection connection = BemiDataSource.bare(this.dataSource).getConnection();
				Statement statement = connection.createStatement();
				ResultSet row = statement.executeQuery(Barrier.EMIT)) {
			row.next();
			Place place = new Place(Position.parse(row.getString(1)), row.getString(2), row.getString(3));
			if (!connection.getAutoCommit()) {
				connection.commit();
			}
			return place;
		}
		catch (SQLException ex) {
			throw translate(ex);
		}
	}

	private static RuntimeException translate(SQLException ex) {
		if (INSUFFICIENT_PRIVILEGE.equals(ex.getSQLState())) {
			return new IllegalStateException("Ingestion cannot be waited for: the application's role may not write a"
					+ " message into the log (" + ex.getMessage() + "). As a superuser type: GRANT EXECUTE ON FUNCTION"
					+ " pg_catalog.pg_logical_emit_message(boolean, text, text) TO the_role; (14 to 16), GRANT EXECUTE ON"
					+ " FUNCTION pg_catalog.pg_logical_emit_message(boolean, text, text, boolean) TO the_role; (17 and"
					+ " later)", ex);
		}
		if (READ_ONLY.equals(ex.getSQLState()) || IN_RECOVERY.equals(ex.getSQLState())) {
			return new IllegalStateException("Ingestion cannot be waited for on a hot standby, where no message can be"
					+ " written: use the primary server's DataSource (" + ex.getMessage() + ")", ex);
		}
		return new DataAccessResourceFailureException("The source cannot be asked: " + ex.getMessage(), ex);
	}

	private String describe(Place place, @Nullable Position stored, Duration timeout) {
		String what = "What was committed before " + place.position() + " is not in the history after "
				+ timeout.toMillis() + " ms: ";
		String where = (stored != null)
				? "it is stored up to " + stored + ", " + (place.position().value() - stored.value()) + " bytes behind"
				: "nothing is stored of the source '" + this.source + "'";
		return what + (isStreaming() ? "ingestion runs, and " + where
				: "nobody ingests, no process reads the replication slot '" + this.source + "', and " + where);
	}

	private boolean isStreaming() {
		try {
			return Boolean.TRUE.equals(new JdbcTemplate(BemiDataSource.bare(this.dataSource))
				.queryForObject(SLOT_ACTIVE, Boolean.class, this.source, this.source));
		}
		catch (DataAccessException ex) {
			return false;
		}
	}

	/**
	 * Where the message is.
	 *
	 * @param position its position
	 * @param database the name of the database
	 * @param systemIdentifier identifies the cluster
	 */
	private record Place(Position position, String database, String systemIdentifier) {
	}

}
