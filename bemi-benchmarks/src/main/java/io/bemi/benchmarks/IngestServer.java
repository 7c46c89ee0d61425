package io.bemi.benchmarks;

import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

/**
 * The server that has both the log which is drained and the stores.
 */
final class IngestServer implements AutoCloseable {

	private static final String PROCESS = "SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)";

	private final EmbeddedPostgres server;

	private long pid;

	private IngestServer(EmbeddedPostgres server) {
		this.server = server;
	}

	static IngestServer start() throws IOException {
		return new IngestServer(EmbeddedPostgres.builder()
			.setServerConfig("wal_level", "logical")
			.setServerConfig("fsync", "on")
			.setServerConfig("synchronous_commit", "on")
			.setServerConfig("shared_buffers", "512MB")
			.setServerConfig("max_wal_size", "8GB")
			.setServerConfig("max_slot_wal_keep_size", "20GB")
			.setServerConfig("max_replication_slots", "20")
			.start());
	}

	Connection connect(String database) throws SQLException {
		return this.server.getDatabase("postgres", database).getConnection();
	}

	String url(String database) {
		return this.server.getJdbcUrl("postgres", database);
	}

	/**
	 * The process whose children serve the connections.
	 */
	long pid() throws SQLException {
		if (this.pid == 0) {
			this.pid = Long.parseLong(query("postgres", PROCESS));
		}
		return this.pid;
	}

	void execute(String database, String... statements) throws SQLException {
		try (Connection connection = connect(database); Statement statement = connection.createStatement()) {
			for (String sql : statements) {
				statement.execute(sql);
			}
		}
	}

	String query(String database, String question) throws SQLException {
		try (Connection connection = connect(database); Statement statement = connection.createStatement()) {
			return query(statement, question);
		}
	}

	static String query(Statement statement, String question) throws SQLException {
		try (ResultSet row = statement.executeQuery(question)) {
			row.next();
			return String.valueOf(row.getString(1));
		}
	}

	/**
	 * Writes what is to be drained.
	 * @param all writes all transactions but the last, and commits each
	 * @param last writes the last one, which is committed here
	 * @return a position that is not after the last commit, and after the one before
	 */
	String write(String database, String all, String last) throws SQLException {
		try (Connection connection = connect(database); Statement statement = connection.createStatement()) {
			// The last COMMIT waits for all of them.
			statement.execute("SET synchronous_commit = off");
			statement.execute(all);
			statement.execute("SET synchronous_commit = on");
			connection.setAutoCommit(false);
			statement.execute(last);
			String position = query(statement, "SELECT pg_current_wal_insert_lsn()");
			connection.commit();
			return position;
		}
	}

	void createSlot(String database, String slot) throws SQLException {
		execute(database, "SELECT pg_create_logical_replication_slot('" + slot + "', 'pgoutput')");
	}

	void copySlot(String database, String from, String to) throws SQLException {
		execute(database, "SELECT pg_copy_logical_replication_slot('" + from + "', '" + to + "')");
	}

	/**
	 * Drops slots; one that has just been used may be so for a moment still.
	 */
	void dropSlots(String pattern) throws SQLException {
		execute("postgres",
				"SELECT pg_terminate_backend(active_pid, 10000) FROM pg_replication_slots WHERE active_pid IS NOT NULL",
				"SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name LIKE '" + pattern
						+ "'");
	}

	/**
	 * Makes a store anew.
	 * @param from the store of which it becomes a copy
	 * @param to its database
	 */
	void copyStore(String from, String to) throws SQLException {
		execute("postgres", "DROP DATABASE IF EXISTS " + to + " WITH (FORCE)",
				"CREATE DATABASE " + to + " TEMPLATE " + from);
	}

	@Override
	public void close() throws IOException {
		this.server.close();
	}

}
