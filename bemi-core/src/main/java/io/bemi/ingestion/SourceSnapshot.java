package io.bemi.ingestion;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashSet;
import java.util.Set;

/**
 * The transactions that a query sees: a {@code pg_snapshot}. See
 * <a href="https://www.postgresql.org/docs/current/functions-info.html">its parts</a>.
 *
 * @param takenAt when it was taken, by the source's clock
 * @param min every transaction with a smaller id is seen, unless it was rolled back
 * @param max no transaction from this id on is seen
 * @param running those between that are not seen
 */
record SourceSnapshot(Instant takenAt, long min, long max, Set<Long> running) {

	private static final String CURRENT = """
			SELECT pg_catalog.clock_timestamp(), pg_catalog.pg_snapshot_xmin(s)::text::bigint,
			       pg_catalog.pg_snapshot_xmax(s)::text::bigint,
			       ARRAY(SELECT x::text::bigint FROM pg_catalog.pg_snapshot_xip(s) AS x)
			  FROM pg_catalog.pg_current_snapshot() AS s
			""";

	/**
	 * Greater than the id of any transaction that runs now: a snapshot knows only of
	 * those before the last one that has ended. A standby shows transactions before it
	 * sends them, and cannot give out an id.
	 */
	private static final String NEXT = """
			SELECT CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot())
			            ELSE pg_catalog.pg_current_xact_id() END::text::bigint
			""";

	/**
	 * The id that a transaction has at least which begins to write from now on.
	 * @param connection a connection in autocommit mode
	 */
	static long nextTransaction(Connection connection) throws SQLException {
		try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(NEXT)) {
			row.next();
			return row.getLong(1);
		}
	}

	/**
	 * The snapshot of a connection: of its transaction where that is REPEATABLE READ.
	 */
	static SourceSnapshot of(Connection connection) throws SQLException {
		try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(CURRENT)) {
			row.next();
			return new SourceSnapshot(row.getObject(1, OffsetDateTime.class).toInstant(), row.getLong(2),
					row.getLong(3), new HashSet<>(Set.of((Long[]) row.getArray(4).getArray())));
		}
	}

	/**
	 * Whether the changes of a committed transaction are seen.
	 * @param transactionId its id, with epoch
	 */
	boolean sees(long transactionId) {
		return transactionId < this.min || (transactionId < this.max && !this.running.contains(transactionId));
	}

}
