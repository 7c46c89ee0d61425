package io.bemi.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.YearMonth;
import java.util.List;
import java.util.stream.Collectors;

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

	private final Connection connection;

	MonthDrop(Connection connection) {
		this.connection = connection;
	}

	/**
	 * Keeps others from writing to months, which they do not do as a rule.
	 * @return whether nobody does
	 */
	boolean close(List<YearMonth> months) throws SQLException {
		return inTime("LOCK TABLE " + partitions(months) + " IN SHARE MODE", LONGEST_CLOSE_MILLIS);
	}

	/**
	 * Drops the months, with the end of the transaction.
	 * @return whether the locks could be had
	 */
	boolean drop(List<YearMonth> months) throws SQLException, InterruptedException {
		String lock = "LOCK TABLE "
				+ Partitions.TABLES.stream().map((table) -> "ONLY " + table).collect(Collectors.joining(", "))
				+ " IN ACCESS EXCLUSIVE MODE";
		for (int attempt = 1; !inTime(lock, LONGEST_WAIT_MILLIS); attempt++) {
			if (attempt == ATTEMPTS) {
				return false;
			}
			Thread.sleep(PAUSE_MILLIS);
		}
		return inTime("DROP TABLE " + partitions(months), LONGEST_WAIT_MILLIS);
	}

	private static String partitions(List<YearMonth> months) {
		return Partitions.TABLES.stream()
			.flatMap((table) -> months.stream().map((month) -> '"' + Partitions.name(table, month) + '"'))
			.collect(Collectors.joining(", "));
	}

	private boolean inTime(String sql, long millis) throws SQLException {
		try (Statement statement = this.connection.createStatement()) {
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

}
