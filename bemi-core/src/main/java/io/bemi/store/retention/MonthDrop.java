package io.bemi.store.retention;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import io.bemi.store.Partitions;
import org.jspecify.annotations.Nullable;

/**
 * Drops the partitions of months in one transaction. Whoever reads or writes the history
 * waits for a moment only: when the locks cannot be had soon, it lets go and tries again.
 */
final class MonthDrop {

	private static final String LOCK_NOT_AVAILABLE = "55P03";

	private static final String DEADLOCK = "40P01";

	private static final int ATTEMPTS = 20;

	private static final long LONGEST_WAIT_MILLIS = 500;

	/** Nobody else waits for this, and VACUUM lets go after a second. */
	private static final long LONGEST_CLOSE_MILLIS = 5_000;

	private static final long PAUSE_MILLIS = 1_500;

	/** Of each chain, without those in between that stay. */
	private static final String LINKS = """
			SELECT r.source, r.first, r.last, l.digest
			  FROM (SELECT n.source, min(n.number) AS first, max(n.number) AS last
			          FROM (SELECT source, number, number - row_number() OVER (PARTITION BY source ORDER BY number) AS run FROM link
			                 WHERE committed_at >= ?::timestamptz AND committed_at < ?::timestamptz) n
			         GROUP BY n.source, n.run) r
			  JOIN link l ON l.source = r.source AND l.number = r.last
			 ORDER BY r.source, r.first
			""";

	private static final String NOTE_LINKS = "INSERT INTO dropped_link (source, first, last, digest) VALUES (?, ?, ?, ?)";

	private static final String SEAL = "SELECT seal_notes(id) FROM source WHERE link IS NOT NULL";

	/** In the order in which who writes takes them. */
	private static final String LOCK_ALL = "SELECT FROM source ORDER BY id FOR UPDATE; LOCK TABLE "
			+ Partitions.TABLES.stream().map((table) -> "ONLY " + table).collect(Collectors.joining(", "))
			+ " IN ACCESS EXCLUSIVE MODE";

	private final Connection connection;

	private final String partitions;

	private final List<DroppedLinks> links;

	private long begun;

	private MonthDrop(Connection connection, String partitions, List<DroppedLinks> links) {
		this.connection = connection;
		this.partitions = partitions;
		this.links = links;
	}

	/**
	 * Keeps others from writing to months, which they do not do as a rule, until the end
	 * of the transaction.
	 * @return what drops them; {@code null} when somebody writes
	 */
	static @Nullable MonthDrop close(Connection connection, List<YearMonth> months) throws SQLException {
		List<String> names = new ArrayList<>();
		for (String table : Partitions.TABLES) {
			for (YearMonth month : months) {
				String name = Partitions.name(table, month);
				if (Partitions.exists(connection, name)) {
					names.add('"' + name + '"');
				}
			}
		}
		String partitions = String.join(", ", names);
		if (!inTime(connection, "LOCK TABLE " + partitions + " IN SHARE MODE", LONGEST_CLOSE_MILLIS)) {
			return null;
		}
		return new MonthDrop(connection, partitions, links(connection, months));
	}

	private static List<DroppedLinks> links(Connection connection, List<YearMonth> months) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(LINKS)) {
			statement.setString(1, Partitions.begin(months.get(0)).toString());
			statement.setString(2, RetentionPlan.end(months).toString());
			try (ResultSet row = statement.executeQuery()) {
				List<DroppedLinks> links = new ArrayList<>();
				while (row.next()) {
					links.add(new DroppedLinks(row.getInt(1), row.getLong(2), row.getLong(3), row.getBytes(4)));
				}
				return links;
			}
		}
	}

	/**
	 * Drops the months, with the end of the transaction.
	 * @return whether the locks could be had
	 */
	boolean drop() throws SQLException, InterruptedException {
		this.begun = System.nanoTime();
		for (int attempt = 1; !inTime(this.connection, LOCK_ALL, LONGEST_WAIT_MILLIS); attempt++) {
			if (attempt == ATTEMPTS) {
				return false;
			}
			Thread.sleep(PAUSE_MILLIS);
			this.begun = System.nanoTime();
		}
		noteLinks();
		return inTime(this.connection, "DROP TABLE " + this.partitions, LONGEST_WAIT_MILLIS);
	}

	/**
	 * How long ago the attempt began that had the locks.
	 */
	long millisSinceLocked() {
		return (System.nanoTime() - this.begun) / 1_000_000;
	}

	private void noteLinks() throws SQLException {
		if (this.links.isEmpty()) {
			return;
		}
		try (PreparedStatement statement = this.connection.prepareStatement(NOTE_LINKS)) {
			for (DroppedLinks dropped : this.links) {
				statement.setInt(1, dropped.source());
				statement.setLong(2, dropped.first());
				statement.setLong(3, dropped.last());
				statement.setBytes(4, dropped.digest());
				statement.addBatch();
			}
			statement.executeBatch();
		}
		try (Statement statement = this.connection.createStatement()) {
			statement.execute(SEAL);
		}
	}

	private static boolean inTime(Connection connection, String sql, long millis) throws SQLException {
		try (Statement statement = connection.createStatement()) {
			statement.execute("SAVEPOINT locks; SET LOCAL lock_timeout = " + millis);
			try {
				statement.execute(sql);
				statement.execute("RELEASE SAVEPOINT locks");
				return true;
			}
			catch (SQLException ex) {
				if (!LOCK_NOT_AVAILABLE.equals(ex.getSQLState()) && !DEADLOCK.equals(ex.getSQLState())) {
					throw ex;
				}
				statement.execute("ROLLBACK TO SAVEPOINT locks");
				return false;
			}
		}
	}

	/**
	 * Links that go.
	 *
	 * @param source whose chain it is
	 * @param first the first
	 * @param last the last
	 * @param digest the digest of the last
	 */
	private record DroppedLinks(int source, long first, long last, byte[] digest) {
	}

}
