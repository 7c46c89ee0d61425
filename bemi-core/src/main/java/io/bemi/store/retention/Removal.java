package io.bemi.store.retention;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Takes rows out of the history that a chain may cover: the digests that they had stay as
 * long as the links that cover them, and a link tells of it, as one does of what is kept
 * instead.
 */
final class Removal {

	/** What a DELETE returns of rows named {@code c}. */
	static final String RETURNING = """
			RETURNING c.committed_at, c.source, c.link, CASE WHEN c.link IS NOT NULL THEN change_digest(c) END AS digest
			""";

	/** The same, of rows of a partition. */
	static final String RETURNING_KEPT = RETURNING.replace("change_digest(c)", "change_digest(c::change)");

	/**
	 * To be preceded by what returns rows as {@code gone}, and takes the source. A link
	 * goes with its month, and tells of rows of no other.
	 */
	static final String NOTED = """
			     head AS MATERIALIZED (SELECT link FROM source WHERE id = ?),
			     numbered AS MATERIALIZED (
			         SELECT g.committed_at, g.source, g.link, g.digest,
			                h.link + dense_rank() OVER (ORDER BY date_trunc('month', g.committed_at AT TIME ZONE 'UTC')) AS by_link
			           FROM gone g CROSS JOIN head h WHERE g.link IS NOT NULL),
			     noted AS (
			         INSERT INTO erased (committed_at, source, link, kind, digest, by_link)
			         SELECT n.committed_at, n.source, n.link, 'R', n.digest, n.by_link FROM numbered n)
			""";

	/** The link that covers what is kept, after those that tell of what is not. */
	static final String KEPT_LINK = "coalesce((SELECT max(n.by_link) FROM numbered n), (SELECT h.link FROM head h)) + 1";

	/** The last times of the months that rows are gone from. */
	static final String MOMENTS = "ARRAY(SELECT max(n.committed_at)::text FROM numbered n GROUP BY n.by_link ORDER BY n.by_link)";

	private static final String LOCK = "SELECT link IS NOT NULL FROM source WHERE id = ? FOR UPDATE";

	/**
	 * Before that of any of its partitions, as whoever makes an index takes them; after
	 * the source, as whoever writes does.
	 */
	private static final String LOCK_CHANGES = "LOCK TABLE ONLY change IN ROW EXCLUSIVE MODE";

	private static final String APPEND = """
			SELECT append_link(id, ?::"char", ?::timestamptz, coalesce(position, '0/0')) FROM source WHERE id = ?
			""";

	/** In which digests are worked out, whatever the role's are. */
	private static final String SETTINGS = """
			SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO, MDY'; SET LOCAL IntervalStyle = 'postgres';
			SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 1
			""";

	private final Connection connection;

	private final int source;

	private final boolean chained;

	private Removal(Connection connection, int source, boolean chained) {
		this.connection = connection;
		this.source = source;
		this.chained = chained;
	}

	/**
	 * Begins to take rows of a source away.
	 * @param connection a connection in a transaction, until the end of which nobody else
	 * adds a link
	 */
	static Removal of(Connection connection, int source) throws SQLException {
		Rewriting.allow(connection);
		boolean chained;
		try (PreparedStatement statement = connection
			.prepareStatement("SELECT link IS NOT NULL FROM source WHERE id = ?")) {
			statement.setInt(1, source);
			chained = isTrue(statement);
		}
		if (chained) {
			try (PreparedStatement statement = connection.prepareStatement(LOCK + ";" + SETTINGS)) {
				statement.setInt(1, source);
				statement.execute();
			}
		}
		try (Statement statement = connection.createStatement()) {
			statement.execute(LOCK_CHANGES);
		}
		return new Removal(connection, source, chained);
	}

	/**
	 * A statement that removes rows, and gives how many, and {@link #MOMENTS}.
	 * @param delete a DELETE that returns {@link #RETURNING}
	 */
	static String removing(String delete) {
		return "WITH gone AS (" + delete + "),\n" + NOTED + "SELECT (SELECT count(*) FROM gone), " + MOMENTS;
	}

	private static boolean isTrue(PreparedStatement statement) throws SQLException {
		try (ResultSet row = statement.executeQuery()) {
			return row.next() && row.getBoolean(1);
		}
	}

	/**
	 * Runs a statement that removes rows, and perhaps keeps others.
	 * @param statement gives how many rows it was about, and {@link #MOMENTS}
	 * @param keeps whether these were kept
	 * @return how many rows it was about
	 */
	long run(PreparedStatement statement, boolean keeps) throws SQLException {
		long count;
		String[] moments;
		try (ResultSet row = statement.executeQuery()) {
			row.next();
			count = row.getLong(1);
			Array array = row.getArray(2);
			moments = (String[]) array.getArray();
		}
		for (String moment : moments) {
			append('R', moment);
		}
		if (this.chained && keeps && count > 0) {
			append('K', "-infinity");
		}
		return count;
	}

	private void append(char kind, String moment) throws SQLException {
		try (PreparedStatement statement = this.connection.prepareStatement(APPEND)) {
			statement.setString(1, String.valueOf(kind));
			statement.setString(2, moment);
			statement.setInt(3, this.source);
			statement.execute();
		}
	}

}
