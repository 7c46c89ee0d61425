package io.bemi.store.retention;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

import io.bemi.store.RecordedTable;
import org.jspecify.annotations.Nullable;

/**
 * Deletes the rows of a table that is kept for a shorter time than its months, some at a
 * time, each time in a transaction of its own.
 */
final class RowRemoval {

	private static final int ROWS = 5_000;

	/** Some of the rows that are left, those first that come first in the history. */
	private static final String NEXT_ROWS = """
			SELECT x.position, x.ordinal FROM (
			    SELECT c.position, c.ordinal FROM change c
			     WHERE c.relation = ? AND c.operation <> 'B' AND c.committed_at < ?::timestamptz
			     ORDER BY c.position, c.ordinal LIMIT ?) x
			 ORDER BY x.position DESC, x.ordinal DESC LIMIT 1
			""";

	private static final String REMOVE_ROWS = Removal.removing("""
			DELETE FROM change c
			 WHERE c.relation = ? AND c.operation <> 'B' AND c.committed_at < ?::timestamptz
			   AND (c.position, c.ordinal) <= (?::pg_lsn, ?)
			""" + Removal.RETURNING);

	private static final String NEXT_FOUND = """
			SELECT max(x.key) FROM (
			    SELECT coalesce(c.primary_key, '') AS key FROM change c
			     WHERE c.relation = ? AND c.operation = 'B' AND c.committed_at < ?::timestamptz AND c.committed_at > '-infinity'
			     ORDER BY c.primary_key LIMIT ?) x
			""";

	private static final String REMOVE_FOUND = Removal.removing(
			"""
					DELETE FROM change c
					 WHERE c.relation = ? AND c.operation = 'B' AND c.committed_at < ?::timestamptz AND c.committed_at > '-infinity'
					   AND (c.primary_key <= ? OR c.primary_key IS NULL)
					"""
					+ Removal.RETURNING);

	private final Connection connection;

	private final RetentionRun run;

	private final RetentionRuns runs;

	private final Commit commit;

	/**
	 * Prepares to delete.
	 * @param connection a connection without autocommit, whose search path has the store
	 * @param commit ends a transaction
	 */
	RowRemoval(Connection connection, RetentionRun run, RetentionRuns runs, Commit commit) {
		this.connection = connection;
		this.run = run;
		this.runs = runs;
		this.commit = commit;
	}

	/**
	 * Deletes what is left of a table whose months stay. What ends a record goes after
	 * what it ended.
	 * @return whether it is done
	 */
	boolean remove(int source, RecordedTable table) throws SQLException {
		for (long relation : table.versions()) {
			while (removeSomeFound(source, relation) || removeSome(source, relation)) {
				if (!this.commit.commit()) {
					return false;
				}
			}
		}
		return true;
	}

	private boolean removeSomeFound(int source, long relation) throws SQLException {
		String key;
		try (PreparedStatement statement = this.connection.prepareStatement(NEXT_FOUND)) {
			statement.setLong(1, relation);
			statement.setString(2, this.run.before().toString());
			statement.setInt(3, ROWS);
			try (ResultSet row = statement.executeQuery()) {
				row.next();
				key = row.getString(1);
			}
		}
		return key != null && remove(REMOVE_FOUND, source, relation, key, null);
	}

	private boolean removeSome(int source, long relation) throws SQLException {
		try (PreparedStatement statement = this.connection.prepareStatement(NEXT_ROWS)) {
			statement.setLong(1, relation);
			statement.setString(2, this.run.before().toString());
			statement.setInt(3, ROWS);
			try (ResultSet row = statement.executeQuery()) {
				return row.next() && remove(REMOVE_ROWS, source, relation, row.getString(1), row.getLong(2));
			}
		}
	}

	private boolean remove(String sql, int source, long relation, String upto, @Nullable Long ordinal)
			throws SQLException {
		Removal removal = Removal.of(this.connection, source);
		try (PreparedStatement statement = this.connection.prepareStatement(sql)) {
			statement.setLong(1, relation);
			statement.setString(2, this.run.before().toString());
			statement.setString(3, upto);
			int next = 4;
			if (ordinal != null) {
				statement.setLong(next++, ordinal);
			}
			statement.setInt(next, source);
			this.runs.count(this.run, 0, removal.run(statement, false));
			return true;
		}
	}

	/**
	 * The end of a transaction.
	 */
	@FunctionalInterface
	interface Commit {

		/**
		 * Ends it.
		 * @return whether to go on
		 */
		boolean commit() throws SQLException;

	}

}
