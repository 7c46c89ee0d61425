package io.bemi.test;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import javax.sql.DataSource;

import io.bemi.change.Position;
import org.jspecify.annotations.Nullable;

/**
 * A transaction in which nobody else writes to the tables, and values are printed so that
 * they can be read again.
 */
final class StateTransaction {

	/**
	 * Gives up before the server looks for deadlocks, of which it would make an
	 * application the victim.
	 */
	private static final String BEGIN = """
			SET TRANSACTION ISOLATION LEVEL READ COMMITTED, READ WRITE;
			SET LOCAL lock_timeout = 500;
			SET LOCAL search_path = '';
			SET LOCAL TimeZone = 'UTC';
			SET LOCAL DateStyle = 'ISO, MDY';
			SET LOCAL IntervalStyle = 'postgres';
			SET LOCAL bytea_output = 'hex';
			SET LOCAL extra_float_digits = 1;
			SET LOCAL xmloption = 'content';
			SET LOCAL quote_all_identifiers = off;
			SET LOCAL row_security = off;
			SET LOCAL standard_conforming_strings = on;
			SET LOCAL session_replication_role = replica
			""";

	private static final String DATABASE = """
			SELECT d.oid::pg_catalog.text || ' ' || (SELECT s.system_identifier FROM pg_catalog.pg_control_system() s), d.datname
			  FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()
			""";

	private static final String WRITERS = """
			SELECT pg_catalog.format('process %s (%s, %s), which holds %s: %s', a.pid, a.application_name, a.state,
			           pg_catalog.string_agg(DISTINCT pg_catalog.concat_ws('.', n.nspname, c.relname), ', '), pg_catalog.left(a.query, 100))
			  FROM pg_catalog.pg_locks l
			  JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
			  JOIN pg_catalog.pg_class c ON c.oid = l.relation
			  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
			 WHERE l.relation = ANY (?::pg_catalog.oid[]) AND l.granted AND a.pid <> pg_catalog.pg_backend_pid()
			   AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())
			   AND l.mode NOT IN ('AccessShareLock', 'RowShareLock')
			 GROUP BY a.pid, a.application_name, a.state, a.query
			 ORDER BY a.pid
			""";

	private static final String LOCK_NOT_AVAILABLE = "55P03";

	private static final String DEADLOCK = "40P01";

	private static final String UNDEFINED_TABLE = "42P01";

	private static final String UNDEFINED_SCHEMA = "3F000";

	private static final String INSUFFICIENT_PRIVILEGE = "42501";

	private final Duration patience;

	private List<StateTable> known = List.of();

	StateTransaction(Duration patience) {
		this.patience = patience;
	}

	<T> T run(DataSource dataSource, Work<T> work) {
		long deadline = System.nanoTime() + this.patience.toNanos();
		try (Connection connection = dataSource.getConnection()) {
			boolean autoCommit = connection.getAutoCommit();
			connection.setAutoCommit(false);
			try {
				while (true) {
					try {
						Session session = begin(connection);
						if (session != null) {
							T result = work.run(session);
							connection.commit();
							return result;
						}
						connection.rollback();
					}
					catch (SQLException ex) {
						connection.rollback();
						if (isOutdated(ex)) {
							continue;
						}
						boolean again = LOCK_NOT_AVAILABLE.equals(ex.getSQLState())
								|| DEADLOCK.equals(ex.getSQLState());
						if (!again || System.nanoTime() - deadline >= 0) {
							throw again ? busy(connection, ex) : translate(connection, ex);
						}
					}
					catch (RuntimeException ex) {
						connection.rollback();
						throw ex;
					}
				}
			}
			finally {
				connection.setAutoCommit(autoCommit);
			}
		}
		catch (SQLException ex) {
			throw new TestStateException("The database cannot be asked: " + ex.getMessage(), ex);
		}
	}

	/**
	 * @return {@code null} when the tables were not those that were locked
	 */
	private @Nullable Session begin(Connection connection) throws SQLException {
		List<StateTable> expected = this.known;
		execute(connection, expected.isEmpty() ? BEGIN : BEGIN + ";" + StateTables.lock(expected));
		List<StateTable> tables = StateTables.read(connection);
		this.known = tables;
		if (!tables.equals(expected)) {
			return null;
		}
		if (tables.isEmpty()) {
			throw new TestStateException("No table is tracked in the database " + connection.getCatalog()
					+ ": see bemi.tracking.include and exclude");
		}
		try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(DATABASE)) {
			row.next();
			return new Session(connection, tables, row.getString(1), row.getString(2));
		}
	}

	/**
	 * Whether tables are gone that were known, which are forgotten then.
	 */
	private boolean isOutdated(SQLException ex) {
		boolean outdated = !this.known.isEmpty()
				&& (UNDEFINED_TABLE.equals(ex.getSQLState()) || UNDEFINED_SCHEMA.equals(ex.getSQLState()));
		if (outdated) {
			this.known = List.of();
		}
		return outdated;
	}

	private TestStateException busy(Connection connection, SQLException cause) throws SQLException {
		List<String> writers = new ArrayList<>();
		try (PreparedStatement statement = connection.prepareStatement(WRITERS)) {
			statement.setArray(1, connection.createArrayOf("bigint", StateTables.oids(this.known)));
			try (ResultSet row = statement.executeQuery()) {
				while (row.next()) {
					writers.add(row.getString(1));
				}
			}
		}
		connection.rollback();
		return new TestStateException("Others are still writing to the tables after " + this.patience.toMillis()
				+ " ms, and have to commit or roll back first: "
				+ (writers.isEmpty() ? cause.getMessage() : String.join("; ", writers)), cause);
	}

	private static TestStateException translate(Connection connection, SQLException cause) throws SQLException {
		String database = "The state of the database " + connection.getCatalog();
		String message = String.valueOf(cause.getMessage());
		if ((UNDEFINED_TABLE.equals(cause.getSQLState()) || UNDEFINED_SCHEMA.equals(cause.getSQLState()))
				&& message.contains("bemi")) {
			return new TestStateException(
					database + " is not known, for nothing is tracked there: start the application"
							+ " with bemi.enabled first, or call Tracking.track (" + message + ")",
					cause);
		}
		if (INSUFFICIENT_PRIVILEGE.equals(cause.getSQLState())) {
			return new TestStateException(
					database + " cannot be moved by the role " + role(connection) + ", because " + message
							+ ". Let the tests connect as a superuser, or, on PostgreSQL 15 and later, as the owner of"
							+ " the tables after a superuser typed: GRANT SET ON PARAMETER session_replication_role TO "
							+ Sql.identifier(role(connection)) + ";",
					cause);
		}
		return new TestStateException(database + " cannot be read or moved: " + message, cause);
	}

	private static String role(Connection connection) throws SQLException {
		try (Statement statement = connection.createStatement();
				ResultSet row = statement.executeQuery("SELECT current_user")) {
			row.next();
			String role = row.getString(1);
			connection.rollback();
			return role;
		}
	}

	static void execute(Connection connection, String sql) throws SQLException {
		try (Statement statement = connection.createStatement()) {
			statement.setEscapeProcessing(false);
			statement.execute(sql);
		}
	}

	/**
	 * What is done within it.
	 *
	 * @param <T> what comes of it
	 */
	@FunctionalInterface
	interface Work<T> {

		T run(Session session) throws SQLException;

	}

	/**
	 * The transaction while it runs.
	 *
	 * @param connection its connection
	 * @param tables the tables, which nobody else writes to
	 * @param database identifies the database
	 * @param databaseName its name
	 */
	record Session(Connection connection, List<StateTable> tables, String database, String databaseName) {

		private static final String MOMENT = """
				SELECT pg_catalog.pg_current_wal_insert_lsn()::pg_catalog.text,
				       coalesce(pg_catalog.pg_current_xact_id_if_assigned()::pg_catalog.text, '-1')
				""";

		Moment moment() throws SQLException {
			try (Statement statement = this.connection.createStatement();
					ResultSet row = statement.executeQuery(MOMENT)) {
				row.next();
				return new Moment(Position.parse(row.getString(1)), Long.parseLong(row.getString(2)));
			}
		}

	}

}
