package io.bemi.connection;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;

import io.bemi.testsupport.TestDatabase;

/**
 * Conversations in autocommit, from what EMISSION measured.
 */
final class AutocommitScenarios {

	static final Map<String, Scenario> ALL = all();

	private AutocommitScenarios() {
	}

	private static Map<String, Scenario> all() {
		Map<String, Scenario> all = new LinkedHashMap<>();
		all.put("auto: statements of every kind", (connection, trace, database) -> {
			for (String sql : new String[] { "INSERT INTO item VALUES (1, 'a'), (2, 'b')", "UPDATE item SET name = 'c'",
					"DELETE FROM item WHERE id = 2",
					"WITH x AS (SELECT 7 AS id) INSERT INTO item SELECT id, 'w' FROM x",
					"WITH x AS (SELECT 7) SELECT * FROM x", "(SELECT 1)", "CALL put_item(8)",
					"DO $$ BEGIN INSERT INTO item VALUES (9, 'do'); END $$",
					"PREPARE q AS INSERT INTO item VALUES (10, 'q')", "EXECUTE q", "COPY item FROM STDIN",
					"TRUNCATE item CASCADE", "SELECT add_item(11)", "CREATE TABLE made (id int)", "DROP TABLE made",
					"EXPLAIN ANALYZE VERBOSE nonsense", "INSERT INTO nowhere VALUES (1)", "INSERT nonsense", "", ";",
					"-- nothing" }) {
				trace.execute(sql);
			}
		});
		all.put("auto: several statements in one text", (connection, trace, database) -> {
			trace.execute("INSERT INTO item VALUES (1, 'a'); INSERT INTO item VALUES (2, 'b'); SELECT 1");
			trace.execute("INSERT INTO item VALUES (3, 'a'); INSERT INTO item VALUES (3, 'b')");
			trace.execute("SELECT 1; INSERT INTO item VALUES (4, 'b')");
		});
		all.put("auto: wrong method for the result", (connection, trace, database) -> {
			try (Statement statement = connection.createStatement()) {
				trace.call("update", () -> statement.executeUpdate("INSERT INTO item VALUES (1, 'a') RETURNING id"));
				trace.call("query", () -> statement.executeQuery("INSERT INTO item VALUES (2, 'a')"));
				trace.call("large",
						() -> statement.executeLargeUpdate("INSERT INTO item VALUES (3, 'a') RETURNING id"));
			}
			try (PreparedStatement insert = connection.prepareStatement("INSERT INTO item VALUES (?, 'p')")) {
				trace.call("no parameter", insert::executeUpdate);
				insert.setInt(1, 4);
				trace.call("query", insert::executeQuery);
				trace.call("text", () -> insert.executeUpdate("INSERT INTO item VALUES (5, 'a')"));
			}
		});
		all.put("auto: results", AutocommitScenarios::results);
		all.put("auto: batches", AutocommitScenarios::batches);
		all.put("auto: failing batch", (connection, trace, database) -> {
			try (PreparedStatement insert = connection.prepareStatement("INSERT INTO item VALUES (?, 'b')")) {
				for (int id : new int[] { 1, 2, 1, 3 }) {
					insert.setInt(1, id);
					insert.addBatch();
				}
				trace.call("batch", insert::executeBatch);
				trace.call("again", insert::executeBatch);
			}
		});
		all.put("auto: batch of what cannot run in a transaction", (connection, trace, database) -> {
			try (Statement statement = connection.createStatement()) {
				statement.addBatch("CALL put_and_commit(1)");
				statement.addBatch("CALL put_and_commit(2)");
				trace.call("batch", statement::executeBatch);
				statement.addBatch("VACUUM item");
				trace.call("vacuum", statement::executeBatch);
			}
			try (PreparedStatement call = connection.prepareStatement("CALL put_and_commit(?)")) {
				for (int id = 3; id < 6; id++) {
					call.setInt(1, id);
					call.addBatch();
				}
				trace.call("prepared", call::executeBatch);
			}
		});
		all.put("auto: callables", AutocommitScenarios::callables);
		all.put("auto: procedure that commits", (connection, trace, database) -> {
			trace.execute("CALL put_and_commit(1)");
			trace.execute(
					"DO $$ BEGIN INSERT INTO item VALUES (2, 'a'); COMMIT; INSERT INTO item VALUES (3, 'a'); END $$");
			trace.execute("DO $$ BEGIN INSERT INTO item VALUES (4, 'a'); COMMIT; PERFORM 1 / 0; END $$");
		});
		all.put("auto: what cannot run in a transaction", (connection, trace, database) -> {
			trace.execute("VACUUM item");
			trace.execute("CREATE INDEX CONCURRENTLY item_name ON item (name)");
			trace.execute("DROP INDEX CONCURRENTLY item_name");
			trace.execute("SAVEPOINT x");
			trace.execute("LOCK TABLE item");
			trace.execute("DECLARE c CURSOR FOR SELECT 1");
			trace.execute("COMMIT");
			trace.warnings();
		});
		all.put("auto: transaction as text", (connection, trace, database) -> {
			trace.execute("BEGIN");
			trace.execute("INSERT INTO item VALUES (1, 'a')");
			trace.execute("SAVEPOINT x");
			trace.execute("INSERT INTO item VALUES (1, 'a')");
			trace.execute("ROLLBACK TO SAVEPOINT x");
			trace.execute("COMMIT");
			trace.execute("BEGIN; INSERT INTO item VALUES (2, 'a'); COMMIT");
			trace.execute("START TRANSACTION");
			trace.execute("INSERT INTO item VALUES (3, 'a')");
			trace.execute("ROLLBACK");
			trace.execute("BEGIN");
			trace.execute("INSERT INTO item VALUES (4, 'a')");
			trace.step("off", () -> connection.setAutoCommit(false));
			trace.step("commit", connection::commit);
		});
		all.put("auto: fetch size", AutocommitScenarios::fetchSize);
		all.put("auto: read only", (connection, trace, database) -> {
			connection.setReadOnly(true);
			trace.execute("INSERT INTO item VALUES (1, 'a')");
			trace.execute("SELECT count(*) FROM item");
			connection.setReadOnly(false);
		});
		all.put("auto: constraints", (connection, trace, database) -> {
			trace.execute("INSERT INTO item VALUES (1, 'a')");
			trace.execute("INSERT INTO item VALUES (1, 'a')");
			trace.execute("INSERT INTO child VALUES (1, 99)");
			trace.execute("INSERT INTO watched VALUES ('raise')");
			trace.execute("INSERT INTO watched VALUES ('notice')");
			trace.execute("INSERT INTO watched VALUES ('write')");
			trace.execute("INSERT INTO watched VALUES ('warn')");
		});
		all.put("auto: time-outs", (connection, trace, database) -> {
			trace.execute("SET statement_timeout = '300ms'");
			trace.execute("WITH x AS (SELECT pg_sleep(5)) INSERT INTO item SELECT 1, 'a' FROM x");
			trace.execute("INSERT INTO watched VALUES ('sleep')");
			trace.execute("SET statement_timeout = 0");
			trace.execute("INSERT INTO item VALUES (2, 'a')");
		});
		all.put("auto: kept statement after ALTER TABLE", (connection, trace, database) -> {
			try (PreparedStatement insert = connection
				.prepareStatement("INSERT INTO item VALUES (?, 'a') RETURNING *")) {
				for (int i = 0; i < 12; i++) {
					insert.setInt(1, i);
					trace.call("insert", insert::executeQuery);
					if (i == 7) {
						database.execute("ALTER TABLE item ADD COLUMN added int");
					}
				}
			}
		});
		all.put("auto: kept statement after DISCARD ALL", (connection, trace, database) -> {
			try (PreparedStatement insert = connection.prepareStatement("INSERT INTO item VALUES (?, 'a')")) {
				for (int i = 0; i < 14; i++) {
					insert.setInt(1, i);
					trace.call("insert", insert::executeUpdate);
					if (i == 7) {
						trace.execute("DISCARD ALL");
					}
				}
			}
		});
		all.put("auto: backend killed", (connection, trace, database) -> {
			trace.execute("INSERT INTO item VALUES (1, 'a')");
			TransactionScenarios.kill(connection, database);
			trace.execute("INSERT INTO item VALUES (2, 'b')");
			trace.call("closed", connection::isClosed);
			trace.execute("INSERT INTO item VALUES (3, 'b')");
		});
		all.put("auto: statement life cycle", AutocommitScenarios::lifeCycle);
		all.put("auto: mixed with transactions", (connection, trace, database) -> {
			for (int i = 0; i < 8; i++) {
				trace.execute("INSERT INTO item VALUES (" + i + ", 'a')");
				trace.step("off", () -> connection.setAutoCommit(false));
				trace.execute("INSERT INTO item VALUES (" + (100 + i) + ", 'a')");
				trace.step("on", () -> connection.setAutoCommit(true));
			}
		});
		all.put("auto: updatable result set", (connection, trace, database) -> {
			Scenario.elsewhere(database, "INSERT INTO item VALUES (1, 'a')");
			try (Statement statement = connection.createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE,
					ResultSet.CONCUR_UPDATABLE); ResultSet rows = statement.executeQuery("SELECT * FROM item")) {
				rows.next();
				rows.updateString("name", "z");
				trace.step("update", rows::updateRow);
			}
		});
		return all;
	}

	private static void results(Connection connection, Trace trace, TestDatabase database) throws SQLException {
		trace.execute("INSERT INTO item VALUES (1, 'a') RETURNING id, name");
		try (Statement statement = connection.createStatement()) {
			trace.call("keys",
					() -> statement.executeUpdate("INSERT INTO item VALUES (2, 'c')", Statement.RETURN_GENERATED_KEYS));
			trace.call("generated", statement::getGeneratedKeys);
			trace.call("columns",
					() -> statement.executeUpdate("INSERT INTO item VALUES (3, 'c')", new String[] { "id" }));
			trace.call("generated", statement::getGeneratedKeys);
			trace.call("large", () -> statement.executeLargeUpdate("UPDATE item SET name = 'd'"));
			trace.call("execute", () -> statement.execute("UPDATE item SET name = 'e'"));
			trace.call("count", statement::getUpdateCount);
			trace.call("more", statement::getMoreResults);
			trace.call("count", statement::getUpdateCount);
		}
		try (PreparedStatement insert = connection.prepareStatement("INSERT INTO item VALUES (?, ?) RETURNING id")) {
			for (int i = 10; i < 20; i++) {
				insert.setInt(1, i);
				insert.setString(2, "x");
				trace.call("query", insert::executeQuery);
				trace.call("metadata", () -> insert.getParameterMetaData().getParameterCount());
			}
		}
	}

	private static void batches(Connection connection, Trace trace, TestDatabase database) throws SQLException {
		try (PreparedStatement insert = connection.prepareStatement("INSERT INTO item VALUES (?, 'b')",
				new String[] { "id" })) {
			for (int i = 0; i < 10; i++) {
				insert.setInt(1, i);
				insert.addBatch();
			}
			trace.call("batch", insert::executeBatch);
			trace.call("generated", insert::getGeneratedKeys);
			trace.call("empty", insert::executeBatch);
		}
		try (Statement statement = connection.createStatement()) {
			statement.addBatch("INSERT INTO item VALUES (100, 'a')");
			statement.addBatch("UPDATE item SET name = 'z'");
			trace.call("batch", statement::executeLargeBatch);
			statement.addBatch("SELECT 1");
			trace.call("select", statement::executeBatch);
			trace.call("empty", statement::executeBatch);
		}
	}

	private static void callables(Connection connection, Trace trace, TestDatabase database) throws SQLException {
		try (var call = connection.prepareCall("{? = call add_item(?)}")) {
			call.registerOutParameter(1, java.sql.Types.INTEGER);
			for (int i = 0; i < 7; i++) {
				call.setInt(2, i);
				trace.call("call", call::execute);
				trace.call("result", () -> call.getInt(1));
			}
		}
		try (var call = connection.prepareCall("{call add_item(?)}")) {
			call.setInt(1, 60);
			trace.call("call", call::execute);
			trace.call("rows", call::getResultSet);
		}
		try (var call = connection.prepareCall("CALL put_item(?)")) {
			call.setInt(1, 61);
			trace.call("call", call::execute);
		}
		try (var call = connection.prepareCall("CALL put_and_commit(?)")) {
			call.setInt(1, 62);
			trace.call("call", call::execute);
		}
	}

	private static void fetchSize(Connection connection, Trace trace, TestDatabase database) throws SQLException {
		Scenario.elsewhere(database, "INSERT INTO item SELECT i, 'x' FROM generate_series(1, 25) i");
		try (Statement statement = connection.createStatement()) {
			statement.setFetchSize(10);
			trace.call("select", () -> statement.executeQuery("SELECT id FROM item ORDER BY id"));
			trace.call("with",
					() -> statement.executeQuery("WITH x AS (SELECT id FROM item) SELECT * FROM x ORDER BY 1"));
			trace.call("returning", () -> statement.executeQuery("UPDATE item SET name = 'y' RETURNING name"));
			trace.call("size", statement::getFetchSize);
			statement.setMaxRows(3);
			trace.call("limited", () -> statement.executeQuery("UPDATE item SET name = 'y' RETURNING name"));
		}
	}

	private static void lifeCycle(Connection connection, Trace trace, TestDatabase database) throws SQLException {
		Statement statement = connection.createStatement();
		trace.step("on completion", statement::closeOnCompletion);
		ResultSet rows = statement.executeQuery("INSERT INTO item VALUES (1, 'a') RETURNING id");
		rows.close();
		trace.call("closed", statement::isClosed);
		trace.call("execute", () -> statement.execute("INSERT INTO item VALUES (2, 'a')"));
		trace.call("same connection", () -> statement.getConnection() == connection);
		Statement timed = connection.createStatement();
		timed.setQueryTimeout(1);
		trace.call("execute", () -> timed.execute("INSERT INTO item VALUES (3, 'a')"));
		trace.call("time-out", () -> timed.executeUpdate("WITH x AS (SELECT pg_sleep(5)) DELETE FROM item"));
		trace.call("time-out at commit", () -> timed.executeUpdate("INSERT INTO watched VALUES ('sleep long')"));
		connection.close();
		trace.call("execute", () -> timed.execute("INSERT INTO item VALUES (4, 'a')"));
		trace.call("create", connection::createStatement);
	}

}
