package io.bemi.connection;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;

import io.bemi.testsupport.TestDatabase;
import org.postgresql.PGConnection;
import org.postgresql.core.BaseConnection;

/**
 * Conversations with autocommit off, from what EMISSION measured.
 */
final class TransactionScenarios {

	static final Map<String, Scenario> ALL = all();

	private TransactionScenarios() {
	}

	private static Map<String, Scenario> all() {
		Map<String, Scenario> all = new LinkedHashMap<>();
		all.put("commit nothing and commit twice", (connection, trace, database) -> {
			trace.step("commit", connection::commit);
			trace.execute("INSERT INTO item VALUES (1, 'a')");
			trace.step("commit", connection::commit);
			trace.step("commit", connection::commit);
		});
		all.put("commit in autocommit mode", (connection, trace, database) -> {
			connection.setAutoCommit(true);
			trace.step("commit", connection::commit);
			trace.step("rollback", connection::rollback);
			trace.call("savepoint", connection::setSavepoint);
		});
		all.put("failed transaction, then commit", (connection, trace, database) -> {
			trace.execute("INSERT INTO item VALUES (1, 'a')");
			trace.execute("SELECT 1 / 0");
			trace.execute("SELECT 1");
			trace.step("commit", connection::commit);
			trace.execute("INSERT INTO item VALUES (2, 'b')");
			trace.step("commit", connection::commit);
		});
		all.put("failed transaction, then setAutoCommit", (connection, trace, database) -> {
			trace.execute("SELECT 1 / 0");
			trace.step("auto", () -> connection.setAutoCommit(true));
			trace.execute("INSERT INTO item VALUES (2, 'b')");
		});
		all.put("deferred foreign key fails at commit", (connection, trace, database) -> {
			trace.execute("INSERT INTO child VALUES (1, 99)");
			trace.step("commit", connection::commit);
			trace.execute("INSERT INTO parent VALUES (99)");
			trace.step("commit", connection::commit);
		});
		all.put("deferred trigger raises at commit", (connection, trace, database) -> {
			trace.execute("INSERT INTO watched VALUES ('raise')");
			trace.step("commit", connection::commit);
			trace.warnings();
		});
		all.put("deferred trigger warns at commit", (connection, trace, database) -> {
			trace.execute("INSERT INTO watched VALUES ('warn')");
			trace.step("commit", connection::commit);
			trace.warnings();
		});
		all.put("deferred trigger warns at setAutoCommit", (connection, trace, database) -> {
			trace.execute("INSERT INTO watched VALUES ('warn')");
			trace.step("auto", () -> connection.setAutoCommit(true));
			trace.warnings();
		});
		all.put("deferred trigger writes at commit", (connection, trace, database) -> {
			trace.execute("INSERT INTO watched VALUES ('write')");
			trace.step("commit", connection::commit);
		});
		all.put("statement_timeout in deferred trigger", (connection, trace, database) -> {
			trace.execute("SET LOCAL statement_timeout = '300ms'");
			trace.execute("INSERT INTO watched VALUES ('sleep')");
			trace.step("commit", connection::commit);
		});
		all.put("statement_timeout in statement", (connection, trace, database) -> {
			trace.execute("INSERT INTO item VALUES (1, 'a')");
			trace.execute("SET LOCAL statement_timeout = '300ms'");
			trace.execute("SELECT pg_sleep(5)");
			trace.step("commit", connection::commit);
		});
		all.put("serialization failure at commit", TransactionScenarios::writeSkew);
		all.put("backend killed before commit", (connection, trace, database) -> {
			trace.execute("INSERT INTO item VALUES (1, 'a')");
			kill(connection, database);
			trace.step("commit", connection::commit);
			trace.step("rollback", connection::rollback);
			trace.call("closed", connection::isClosed);
		});
		all.put("backend killed before statement", (connection, trace, database) -> {
			trace.execute("INSERT INTO item VALUES (1, 'a')");
			kill(connection, database);
			trace.execute("INSERT INTO item VALUES (2, 'b')");
			trace.step("commit", connection::commit);
			trace.step("auto", () -> connection.setAutoCommit(true));
		});
		all.put("read only transaction", (connection, trace, database) -> {
			connection.setReadOnly(true);
			trace.execute("SELECT count(*) FROM item");
			trace.step("commit", connection::commit);
			trace.execute("INSERT INTO item VALUES (1, 'a')");
			trace.step("commit", connection::commit);
			trace.execute("CREATE TEMP TABLE own (id int)");
			trace.step("rollback", connection::rollback);
			connection.setReadOnly(false);
			trace.execute("CREATE TEMP TABLE own (id int)");
			trace.step("commit", connection::commit);
			connection.setReadOnly(true);
			trace.execute("INSERT INTO own VALUES (1)");
			trace.step("commit", connection::commit);
		});
		all.put("read only after a write", (connection, trace, database) -> {
			trace.execute("INSERT INTO item VALUES (1, 'a')");
			trace.step("read only", () -> connection.setReadOnly(true));
			trace.execute("SET TRANSACTION READ ONLY");
			trace.execute("INSERT INTO item VALUES (2, 'b')");
			trace.step("commit", connection::commit);
			trace.execute("INSERT INTO item VALUES (3, 'c')");
			trace.execute("SET TRANSACTION READ ONLY");
			trace.step("commit", connection::commit);
		});
		all.put("cursors", TransactionScenarios::cursors);
		all.put("session state thrown away between commits", (connection, trace, database) -> {
			try (PreparedStatement insert = connection.prepareStatement("INSERT INTO item VALUES (?, 'a')")) {
				for (int i = 0; i < 14; i++) {
					insert.setInt(1, i);
					trace.call("insert", insert::executeUpdate);
					trace.step("commit", connection::commit);
					if (i == 7) {
						trace.execute("DEALLOCATE ALL");
						trace.step("commit", connection::commit);
						connection.setAutoCommit(true);
						trace.execute("DISCARD ALL");
						connection.setAutoCommit(false);
					}
				}
			}
		});
		all.put("table altered between commits", (connection, trace, database) -> {
			try (PreparedStatement insert = connection
				.prepareStatement("INSERT INTO item VALUES (?, 'a') RETURNING *")) {
				for (int i = 0; i < 12; i++) {
					insert.setInt(1, i);
					trace.call("insert", insert::executeQuery);
					trace.step("commit", connection::commit);
					if (i == 7) {
						database.execute("ALTER TABLE item ADD COLUMN added int");
					}
				}
			}
		});
		all.put("hostile search_path", (connection, trace, database) -> {
			trace.execute("SET search_path = hostile, pg_catalog, public");
			trace.execute("INSERT INTO item VALUES (1, 'a')");
			trace.step("commit", connection::commit);
		});
		all.put("commit as text", (connection, trace, database) -> {
			for (String end : new String[] { "COMMIT", "END", "COMMIT AND CHAIN", "/* x */ commit", "ROLLBACK", "ABORT",
					"PREPARE TRANSACTION 'x'", "PREPARE q AS SELECT 1" }) {
				trace.execute("INSERT INTO item VALUES (" + end.length() + ", 'a') ON CONFLICT DO NOTHING");
				trace.execute(end);
				trace.warnings();
			}
			trace.step("commit", connection::commit);
		});
		all.put("savepoints", TransactionScenarios::savepoints);
		all.put("savepoints as text", (connection, trace, database) -> {
			trace.execute("INSERT INTO item VALUES (1, 'a')");
			trace.execute("SAVEPOINT x");
			trace.execute("INSERT INTO item VALUES (1, 'a')");
			trace.execute("ROLLBACK TO x");
			trace.execute("INSERT INTO item VALUES (2, 'b')");
			trace.execute("RELEASE SAVEPOINT x");
			trace.execute("SAVEPOINT y");
			trace.step("commit", connection::commit);
		});
		all.put("batches", TransactionScenarios::batches);
		all.put("results of every kind", TransactionScenarios::results);
		all.put("rollback and close", (connection, trace, database) -> {
			trace.execute("INSERT INTO item VALUES (1, 'a')");
			trace.step("rollback", connection::rollback);
			trace.execute("INSERT INTO item VALUES (2, 'a')");
			trace.step("close", connection::close);
			trace.step("commit", connection::commit);
			trace.call("create", connection::createStatement);
		});
		all.put("copy within a transaction", (connection, trace, database) -> {
			trace.call("copy",
					() -> connection.unwrap(PGConnection.class)
						.getCopyAPI()
						.copyIn("COPY item FROM STDIN", new java.io.StringReader("1\ta\n2\tb\n")));
			trace.step("commit", connection::commit);
		});
		all.put("aborted connection", (connection, trace, database) -> {
			trace.execute("INSERT INTO item VALUES (1, 'a')");
			trace.step("abort", () -> connection.abort(Runnable::run));
			trace.step("commit", connection::commit);
		});
		return all;
	}

	private static void writeSkew(Connection connection, Trace trace, TestDatabase database) throws SQLException {
		Scenario.elsewhere(database, "INSERT INTO item VALUES (1, 'a'), (2, 'b')");
		connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
		trace.execute("SELECT count(*) FROM item");
		try (Connection other = database.connect(); Statement statement = other.createStatement()) {
			other.setAutoCommit(false);
			other.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
			statement.executeQuery("SELECT count(*) FROM item").close();
			statement.executeUpdate("UPDATE item SET name = 'x' WHERE id = 1");
			trace.execute("UPDATE item SET name = 'y' WHERE id = 2");
			statement.execute("SELECT pg_logical_emit_message(true, 'elsewhere', '')");
			other.commit();
		}
		trace.step("commit", connection::commit);
	}

	private static void cursors(Connection connection, Trace trace, TestDatabase database) throws SQLException {
		Scenario.elsewhere(database, "INSERT INTO item SELECT i, 'x' FROM generate_series(1, 25) i");
		try (Statement statement = connection.createStatement()) {
			statement.setFetchSize(10);
			ResultSet rows = statement.executeQuery("SELECT id FROM item ORDER BY id");
			rows.next();
			trace.execute("UPDATE item SET name = 'y' WHERE id = 1");
			trace.call("rest", () -> rows);
			ResultSet cut = statement.executeQuery("SELECT id FROM item ORDER BY id");
			cut.next();
			trace.step("commit", connection::commit);
			trace.call("cut", () -> cut);
		}
		try (Statement statement = connection.createStatement(ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_READ_ONLY,
				ResultSet.HOLD_CURSORS_OVER_COMMIT)) {
			statement.setFetchSize(10);
			ResultSet held = statement.executeQuery("SELECT id FROM item ORDER BY id");
			trace.step("commit", connection::commit);
			trace.call("held", () -> held);
		}
		trace.execute("DECLARE c CURSOR WITH HOLD FOR SELECT id FROM item ORDER BY id");
		trace.step("commit", connection::commit);
		trace.execute("FETCH 2 FROM c");
		trace.step("commit", connection::commit);
	}

	private static void savepoints(Connection connection, Trace trace, TestDatabase database) throws SQLException {
		trace.execute("INSERT INTO item VALUES (1, 'a')");
		Savepoint first = connection.setSavepoint();
		trace.execute("INSERT INTO item VALUES (2, 'b')");
		Savepoint second = connection.setSavepoint("named");
		trace.call("name", second::getSavepointName);
		trace.execute("INSERT INTO item VALUES (1, 'again')");
		trace.step("rollback", () -> connection.rollback(second));
		trace.execute("INSERT INTO item VALUES (3, 'c')");
		trace.step("release", () -> connection.releaseSavepoint(second));
		trace.step("rollback", () -> connection.rollback(first));
		trace.execute("INSERT INTO item VALUES (4, 'd')");
		trace.step("gone", () -> connection.rollback(second));
		trace.step("rollback", () -> connection.rollback(first));
		trace.step("commit", connection::commit);
		trace.step("gone", () -> connection.rollback(first));
		trace.step("null", () -> connection.rollback(null));
	}

	private static void batches(Connection connection, Trace trace, TestDatabase database) throws SQLException {
		try (PreparedStatement insert = connection.prepareStatement("INSERT INTO item VALUES (?, ?)")) {
			for (int i = 0; i < 30; i++) {
				insert.setInt(1, i);
				insert.setString(2, "b");
				insert.addBatch();
			}
			trace.call("batch", insert::executeBatch);
			trace.call("empty", insert::executeBatch);
			trace.step("commit", connection::commit);
			insert.setInt(1, 5);
			insert.addBatch();
			trace.call("duplicate", insert::executeLargeBatch);
			trace.step("commit", connection::commit);
		}
		try (Statement statement = connection.createStatement()) {
			statement.addBatch("INSERT INTO item VALUES (100, 'a')");
			statement.addBatch("UPDATE item SET name = 'z'");
			trace.call("batch", statement::executeBatch);
			statement.addBatch("DELETE FROM item");
			statement.clearBatch();
			trace.call("cleared", statement::executeBatch);
			trace.step("commit", connection::commit);
		}
	}

	private static void results(Connection connection, Trace trace, TestDatabase database) throws SQLException {
		trace.execute("INSERT INTO item VALUES (1, 'a') RETURNING id, name");
		trace.execute("INSERT INTO item VALUES (2, 'b'); SELECT 3; UPDATE item SET name = 'c'");
		try (Statement statement = connection.createStatement()) {
			trace.call("keys",
					() -> statement.executeUpdate("INSERT INTO item VALUES (3, 'c')", new String[] { "id" }));
			trace.call("generated", statement::getGeneratedKeys);
			trace.call("large", () -> statement.executeLargeUpdate("UPDATE item SET name = 'd'"));
			trace.call("query", () -> statement.executeQuery("UPDATE item SET name = 'e'"));
			trace.call("update", () -> statement.executeUpdate("UPDATE item SET name = 'f' RETURNING id"));
			trace.call("same connection", () -> statement.getConnection() == connection);
		}
		try (var call = connection.prepareCall("{? = call add_item(?)}")) {
			call.registerOutParameter(1, java.sql.Types.INTEGER);
			call.setInt(2, 50);
			trace.call("call", call::execute);
			trace.call("result", () -> call.getInt(1));
		}
		trace.step("commit", connection::commit);
	}

	static void kill(Connection connection, TestDatabase database) throws SQLException {
		int pid = connection.unwrap(BaseConnection.class).getBackendPID();
		database.query("SELECT pg_terminate_backend(" + pid + ", 5000)");
	}

}
