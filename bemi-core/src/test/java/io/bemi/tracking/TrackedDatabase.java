package io.bemi.tracking;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;

/**
 * A database with tracking, roles of its own, and a slot to read the WAL with.
 */
final class TrackedDatabase implements AutoCloseable {

	private final TestDatabase database;

	private final List<String> roles = new ArrayList<>();

	TrackedDatabase(int version) {
		this.database = PostgresServer.version(version).createDatabase();
		// A slot shows what is on disk; test servers run without.
		execute("ALTER DATABASE " + this.database.name() + " SET synchronous_commit = on");
	}

	TestDatabase database() {
		return this.database;
	}

	TrackingReport track() {
		return track(TrackingSettings.everything("app"));
	}

	TrackingReport track(TrackingSettings settings) {
		try (Connection connection = this.database.connect()) {
			return new Tracking(settings).track(connection);
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	void execute(String... statements) {
		this.database.execute(statements);
	}

	List<String> query(String sql) {
		return this.database.query(sql);
	}

	List<String> publishedTables() {
		return query("SELECT schemaname || '.' || tablename FROM pg_publication_tables WHERE pubname = 'bemi'").stream()
			.sorted()
			.toList();
	}

	List<String> tablesWithTrigger() {
		return query("SELECT tgrelid::regclass FROM pg_trigger WHERE tgname = '_bemi_session'").stream()
			.sorted()
			.toList();
	}

	String createRole(String suffix, String attributes) {
		String role = "Rôle " + suffix + " " + this.database.name();
		execute("CREATE ROLE \"" + role + "\" LOGIN PASSWORD 'secret' " + attributes);
		this.roles.add(role);
		return role;
	}

	Connection connectAs(String role) throws SQLException {
		return DriverManager.getConnection(this.database.url(), role, "secret");
	}

	void executeAs(String role, String... statements) throws SQLException {
		try (Connection connection = connectAs(role); Statement statement = connection.createStatement()) {
			for (String sql : statements) {
				statement.execute(sql);
			}
		}
	}

	void createSlot() {
		query("SELECT pg_create_logical_replication_slot('" + slot() + "', 'test_decoding')");
	}

	/**
	 * What was written since the slot was made or last read: rows and messages.
	 */
	List<String> readSlot() {
		return query("SELECT data FROM pg_logical_slot_get_changes('" + slot()
				+ "', NULL, NULL, 'skip-empty-xacts', '1', 'include-xids', '0')");
	}

	List<String> readMessages() {
		return readSlot().stream()
			.filter((line) -> line.startsWith("message:"))
			.map((line) -> line.substring(line.indexOf("content:") + "content:".length()))
			.toList();
	}

	private String slot() {
		return "read_" + this.database.name();
	}

	@Override
	public void close() {
		for (String role : this.roles) {
			execute("DROP OWNED BY \"" + role + "\" CASCADE", "DROP ROLE \"" + role + "\"");
		}
		this.database.close();
	}

}
