package io.bemi.connection;

import java.io.ByteArrayOutputStream;
import java.io.StringReader;
import java.sql.Blob;
import java.sql.ClientInfoStatus;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import io.bemi.testsupport.TestDatabase;
import org.awaitility.Awaitility;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.postgresql.core.BaseConnection;
import org.postgresql.jdbc.PgConnection;
import org.postgresql.largeobject.LargeObject;
import org.postgresql.largeobject.LargeObjectManager;

/**
 * What connections can do, with autocommit off and on.
 */
final class ConnectionScenarios {

	static final Map<String, Scenario> ALL = all();

	private ConnectionScenarios() {
	}

	private static Map<String, Scenario> all() {
		Map<String, Scenario> all = new LinkedHashMap<>();
		Scenario.both(all, "copy", ConnectionScenarios::copy);
		Scenario.both(all, "large objects", ConnectionScenarios::largeObjects);
		Scenario.both(all, "driver's own connection", ConnectionScenarios::unwrapped);
		Scenario.both(all, "updatable results", ConnectionScenarios::updatable);
		Scenario.both(all, "cancel", ConnectionScenarios::cancel);
		Scenario.both(all, "network time-out", ConnectionScenarios::networkTimeout);
		Scenario.both(all, "abort while a statement runs", ConnectionScenarios::abort);
		Scenario.both(all, "notifications", ConnectionScenarios::notifications);
		Scenario.both(all, "session state thrown away", (connection, trace, database) -> {
			for (String sql : new String[] { "DISCARD ALL", "DISCARD PLANS", "DISCARD TEMP", "DEALLOCATE ALL",
					"RESET ALL", "UNLISTEN *", "CLOSE ALL" }) {
				trace.execute("INSERT INTO item VALUES (" + sql.hashCode() + ", 'a')");
				trace.execute(sql);
				if (!connection.getAutoCommit()) {
					trace.step("commit", connection::commit);
				}
			}
		});
		Scenario.both(all, "end of transactions as text", (connection, trace, database) -> {
			for (String sql : new String[] { "BEGIN", "COMMIT AND NO CHAIN", "BEGIN ISOLATION LEVEL SERIALIZABLE",
					"ROLLBACK AND CHAIN", "END WORK", "START TRANSACTION READ ONLY", "ABORT", "commit prepared 'x'",
					"PREPARE TRANSACTION 'x'", "BEGIN", "COMMIT AND CHAIN", "COMMIT TRANSACTION" }) {
				trace.execute("INSERT INTO item VALUES (" + sql.hashCode() + ", 'a')");
				trace.execute(sql);
			}
		});
		Scenario.both(all, "commit within a text", (connection, trace, database) -> {
			trace.execute("INSERT INTO item VALUES (1, 'a'); COMMIT");
			trace.execute("INSERT INTO item VALUES (2, 'a'); COMMIT; INSERT INTO item VALUES (3, 'a')");
			trace.execute("BEGIN; INSERT INTO item VALUES (4, 'a'); COMMIT; INSERT INTO item VALUES (5, 'a')");
			trace.execute("INSERT INTO item VALUES (6, 'a'); ROLLBACK; INSERT INTO item VALUES (7, 'a')");
		});
		Scenario.both(all, "properties of the connection", ConnectionScenarios::properties);
		Scenario.both(all, "client info", ConnectionScenarios::clientInfo);
		Scenario.both(all, "closed connection", ConnectionScenarios::closed);
		Scenario.both(all, "savepoints by name and id", ConnectionScenarios::savepoints);
		Scenario.both(all, "temporary tables", (connection, trace, database) -> {
			trace.execute("CREATE TEMP TABLE own (id int) ON COMMIT DELETE ROWS");
			trace.execute("INSERT INTO own VALUES (1)");
			trace.execute("SELECT count(*) FROM own");
			trace.execute("CREATE TEMP TABLE brief ON COMMIT DROP AS SELECT 1");
			trace.execute("INSERT INTO brief VALUES (2)");
			trace.execute("INSERT INTO item VALUES (1, 'a')");
		});
		Scenario.both(all, "settings", (connection, trace, database) -> {
			trace.execute("SET LOCAL lock_timeout = '1s'");
			trace.execute("SHOW lock_timeout");
			trace.execute("SET CONSTRAINTS ALL IMMEDIATE");
			trace.execute("INSERT INTO child VALUES (1, 99)");
			trace.execute("SELECT set_config('lock_timeout', '2s', true)");
			trace.execute("SHOW lock_timeout");
			trace.execute("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE");
			trace.execute("SHOW transaction_isolation");
			trace.execute("SELECT pg_advisory_xact_lock(1)");
			trace.execute("SET default_transaction_read_only = on");
			trace.execute("INSERT INTO item VALUES (1, 'a')");
			trace.execute("SET default_transaction_read_only = off");
			trace.execute("SET search_path = hostile, pg_catalog, public");
			trace.execute("INSERT INTO item VALUES (2, 'a')");
			trace.execute("SET standard_conforming_strings = off");
			trace.execute("INSERT INTO item VALUES (3, 'a\\\\b')");
		});
		Scenario.both(all, "definition of tables", (connection, trace, database) -> {
			trace.execute("CREATE TABLE made AS SELECT 1 AS id");
			trace.execute("SELECT 2 AS id INTO made_too");
			trace.execute("ALTER TABLE made ADD COLUMN more text DEFAULT 'm'");
			trace.execute(
					"EXPLAIN (ANALYZE, COSTS off, TIMING off, SUMMARY off, BUFFERS off) INSERT INTO item VALUES (1, 'a')");
			trace.execute("COMMENT ON TABLE made IS 'x'");
			trace.execute("DROP TABLE made_too");
		});
		Scenario.both(all, "deadlock", ConnectionScenarios::deadlock);
		Scenario.both(all, "lock time-out", (connection, trace, database) -> {
			Scenario.elsewhere(database, "INSERT INTO item VALUES (1, 'a')");
			trace.execute("SET lock_timeout = '50ms'");
			try (Connection other = database.connect(); Statement statement = other.createStatement()) {
				other.setAutoCommit(false);
				statement.execute("UPDATE item SET name = 'b' WHERE id = 1");
				trace.execute("UPDATE item SET name = 'c' WHERE id = 1");
				trace.execute("SELECT * FROM item WHERE id = 1 FOR UPDATE SKIP LOCKED");
				other.rollback();
			}
		});
		Scenario.both(all, "server forgets statements", (connection, trace, database) -> {
			try (PreparedStatement insert = connection.prepareStatement("INSERT INTO item VALUES (?, 'a')")) {
				for (int i = 0; i < 9; i++) {
					insert.setInt(1, i);
					trace.call("insert", insert::executeUpdate);
					if (!connection.getAutoCommit()) {
						trace.step("commit", connection::commit);
					}
				}
				trace.execute("SELECT forget_statements()");
				insert.setInt(1, 20);
				trace.call("insert", insert::executeUpdate);
				if (!connection.getAutoCommit()) {
					trace.step("commit", connection::commit);
				}
				insert.setInt(1, 21);
				trace.call("insert", insert::executeUpdate);
			}
		});
		all.put("server forgets statements before commit", (connection, trace, database) -> {
			for (int i = 0; i < 9; i++) {
				trace.execute("INSERT INTO item VALUES (" + i + ", 'a')");
				trace.step("commit", connection::commit);
			}
			trace.execute("INSERT INTO item VALUES (20, 'a')");
			trace.execute("SELECT forget_statements()");
			trace.step("commit", connection::commit);
			trace.execute("INSERT INTO item VALUES (21, 'a')");
			trace.step("commit", connection::commit);
		});
		all.put("auto: server forgets statements before a batch", (connection, trace, database) -> {
			try (PreparedStatement insert = connection.prepareStatement("INSERT INTO item VALUES (?, 'a')")) {
				for (int i = 0; i < 9; i++) {
					insert.setInt(1, i);
					insert.addBatch();
					trace.call("batch", insert::executeBatch);
				}
				trace.execute("SELECT forget_statements()");
				for (int i = 20; i < 23; i++) {
					insert.setInt(1, i);
					insert.addBatch();
				}
				trace.call("batch", insert::executeBatch);
			}
		});
		all.put("idle time-out of the transaction", (connection, trace, database) -> {
			trace.execute("INSERT INTO item VALUES (1, 'a')");
			trace.execute("SET idle_in_transaction_session_timeout = '50ms'");
			database.query("SELECT pg_sleep(0.3)");
			trace.step("commit", connection::commit);
			trace.call("closed", connection::isClosed);
		});
		all.put("autocommit switched in a transaction", (connection, trace, database) -> {
			trace.execute("INSERT INTO item VALUES (1, 'a')");
			trace.step("off", () -> connection.setAutoCommit(false));
			trace.step("on", () -> connection.setAutoCommit(true));
			trace.step("on", () -> connection.setAutoCommit(true));
			trace.execute("INSERT INTO item VALUES (2, 'a')");
			trace.step("off", () -> connection.setAutoCommit(false));
			trace.step("on", () -> connection.setAutoCommit(true));
			trace.step("off", () -> connection.setAutoCommit(false));
			trace.execute("INSERT INTO item VALUES (1, 'again')");
			trace.step("on", () -> connection.setAutoCommit(true));
			trace.execute("BEGIN");
			trace.execute("INSERT INTO item VALUES (3, 'a')");
			trace.step("on", () -> connection.setAutoCommit(true));
			trace.execute("COMMIT");
		});
		all.put("auto: failing batch of many", (connection, trace, database) -> {
			try (PreparedStatement insert = connection.prepareStatement("INSERT INTO item VALUES (?, 'b')")) {
				for (int i = 0; i < 300; i++) {
					insert.setInt(1, (i == 290) ? 0 : i);
					insert.addBatch();
				}
				trace.call("batch", insert::executeBatch);
			}
			trace.execute("SELECT count(*) FROM item");
			trace.execute("DELETE FROM item");
		});
		all.put("auto: failing batch with keys", (connection, trace, database) -> {
			try (PreparedStatement insert = connection.prepareStatement("INSERT INTO item VALUES (?, 'b')",
					new String[] { "id" })) {
				for (int id : new int[] { 1, 2, 1, 3 }) {
					insert.setInt(1, id);
					insert.addBatch();
				}
				trace.call("batch", insert::executeBatch);
				trace.call("keys", insert::getGeneratedKeys);
			}
		});
		return all;
	}

	private static void copy(Connection connection, Trace trace, TestDatabase database) throws Exception {
		var copies = connection.unwrap(PGConnection.class).getCopyAPI();
		trace.call("in", () -> copies.copyIn("COPY item FROM STDIN", new StringReader("1\ta\n2\tb\n")));
		trace.call("out", () -> {
			ByteArrayOutputStream out = new ByteArrayOutputStream();
			return copies.copyOut("COPY (SELECT * FROM item ORDER BY id) TO STDOUT", out) + " " + out;
		});
		trace.step("cancelled", () -> {
			var in = copies.copyIn("COPY item FROM STDIN");
			in.writeToCopy("3\tc\n".getBytes(java.nio.charset.StandardCharsets.UTF_8), 0, 4);
			in.cancelCopy();
		});
		if (!connection.getAutoCommit()) {
			trace.step("commit", connection::commit);
		}
		trace.execute("INSERT INTO item VALUES (10, 'a')");
		trace.call("bad", () -> copies.copyIn("COPY item FROM STDIN", new StringReader("x\ta\n")));
		trace.call("no copy", () -> copies.copyIn("SELECT 1", new StringReader("")));
	}

	private static void largeObjects(Connection connection, Trace trace, TestDatabase database) throws Exception {
		trace.call("api", () -> {
			LargeObjectManager manager = connection.unwrap(PGConnection.class).getLargeObjectAPI();
			long oid = manager.createLO();
			try (LargeObject object = manager.open(oid)) {
				object.write(new byte[] { 1, 2, 3, 4 });
				object.seek(1);
				object.truncate(3);
				return java.util.Arrays.toString(object.read(10)) + object.size64();
			}
		});
		try (PreparedStatement insert = connection.prepareStatement("INSERT INTO document VALUES (?, ?)")) {
			insert.setInt(1, 1);
			trace.step("blob", () -> {
				Blob blob = connection.createBlob();
				blob.setBytes(1, new byte[] { 7, 8, 9 });
				insert.setBlob(2, blob);
			});
			trace.call("insert", insert::executeUpdate);
		}
		try (Statement statement = connection.createStatement()) {
			trace.call("read", () -> {
				try (ResultSet rows = statement.executeQuery("SELECT content FROM document")) {
					return rows.next() ? java.util.Arrays.toString(rows.getBlob(1).getBytes(1, 10)) : "none";
				}
			});
		}
		trace.execute("SELECT lo_from_bytea(4242, 'abc')");
		trace.execute("SELECT lo_unlink(4242)");
	}

	private static void unwrapped(Connection connection, Trace trace, TestDatabase database) throws Exception {
		trace.call("wrapper", () -> connection.isWrapperFor(PGConnection.class) + " "
				+ connection.isWrapperFor(PgConnection.class) + " " + connection.isWrapperFor(String.class));
		trace.call("wrong", () -> connection.unwrap(String.class));
		PgConnection driver = connection.unwrap(PgConnection.class);
		trace.step("own execution", () -> driver.execSQLUpdate("INSERT INTO item VALUES (1, 'x')"));
		try (Statement statement = driver.createStatement()) {
			trace.call("own statement", () -> statement.executeUpdate("INSERT INTO item VALUES (2, 'x')"));
		}
		trace.call("mode", driver::getPreferQueryMode);
		trace.call("threshold", driver::getPrepareThreshold);
		trace.call("array", () -> driver.createArrayOf("int4", new int[] { 1, 2 }));
		trace.call("quoted", () -> driver.escapeLiteral("a'b"));
		trace.execute("INSERT INTO item VALUES (3, 'a')");
	}

	private static void updatable(Connection connection, Trace trace, TestDatabase database) throws Exception {
		Scenario.elsewhere(database, "INSERT INTO item VALUES (1, 'a'), (2, 'b'), (3, 'c')");
		try (Statement statement = connection.createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE,
				ResultSet.CONCUR_UPDATABLE);
				ResultSet rows = statement.executeQuery("SELECT id, name FROM item ORDER BY id")) {
			trace.call("concurrency", rows::getConcurrency);
			rows.next();
			rows.updateString("name", "z");
			trace.step("update", rows::updateRow);
			trace.call("updated", () -> rows.getString(2));
			rows.moveToInsertRow();
			rows.updateInt(1, 9);
			rows.updateString(2, "i");
			trace.step("insert", rows::insertRow);
			trace.step("duplicate", rows::insertRow);
			rows.moveToCurrentRow();
			trace.step("absolute", () -> rows.absolute(2));
			trace.step("delete", rows::deleteRow);
			trace.step("refresh", () -> {
				rows.absolute(1);
				rows.refreshRow();
			});
			trace.call("same statement", () -> rows.getStatement().equals(statement));
			trace.step("cancel", rows::cancelRowUpdates);
		}
		try (PreparedStatement statement = connection.prepareStatement("SELECT id, name FROM item WHERE id = ?",
				ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_UPDATABLE)) {
			statement.setInt(1, 3);
			trace.call("execute", statement::execute);
			trace.step("update", () -> {
				ResultSet rows = statement.getResultSet();
				rows.next();
				rows.updateString(2, "y");
				rows.updateRow();
			});
		}
	}

	private static void cancel(Connection connection, Trace trace, TestDatabase database) throws Exception {
		trace.execute("INSERT INTO item VALUES (1, 'a')");
		try (Statement statement = connection.createStatement()) {
			for (String sql : new String[] { "SELECT pg_sleep(20)",
					"WITH x AS (SELECT pg_sleep(20)) INSERT INTO item SELECT 2, 'a' FROM x",
					"INSERT INTO watched VALUES ('sleep long')" }) {
				if (sql.contains("watched") && !connection.getAutoCommit()) {
					continue;
				}
				int pid = connection.unwrap(BaseConnection.class).getBackendPID();
				CompletableFuture<Void> canceller = CompletableFuture.runAsync(() -> {
					awaitSleep(database, pid);
					try {
						statement.cancel();
					}
					catch (SQLException ex) {
						throw new IllegalStateException(ex);
					}
				});
				trace.call(sql, () -> statement.execute(sql));
				canceller.join();
				if (!connection.getAutoCommit()) {
					trace.step("rollback", connection::rollback);
				}
			}
			trace.step("nothing to cancel", statement::cancel);
		}
		trace.execute("INSERT INTO item VALUES (3, 'a')");
	}

	private static void awaitSleep(TestDatabase database, int pid) {
		Awaitility.await()
			.pollInterval(Duration.ofMillis(20))
			.until(() -> !database.query("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND pid = " + pid)
				.isEmpty());
	}

	private static void networkTimeout(Connection connection, Trace trace, TestDatabase database) throws Exception {
		trace.execute("INSERT INTO item VALUES (1, 'a')");
		int pid = connection.unwrap(BaseConnection.class).getBackendPID();
		trace.step("set", () -> connection.setNetworkTimeout(Runnable::run, 100));
		trace.call("get", connection::getNetworkTimeout);
		trace.execute("INSERT INTO item SELECT 2, 'b' FROM pg_sleep(0.3)");
		trace.call("closed", connection::isClosed);
		trace.execute("INSERT INTO item VALUES (3, 'a')");
		awaitEnd(database, pid);
	}

	// Without a client the server goes on for a while.
	private static void awaitEnd(TestDatabase database, int pid) {
		Awaitility.await()
			.pollInterval(Duration.ofMillis(20))
			.until(() -> database.query("SELECT 1 FROM pg_stat_activity WHERE pid = " + pid).isEmpty());
	}

	private static void abort(Connection connection, Trace trace, TestDatabase database) throws Exception {
		trace.execute("INSERT INTO item VALUES (1, 'a')");
		int pid = connection.unwrap(BaseConnection.class).getBackendPID();
		CompletableFuture<Void> aborter = CompletableFuture.runAsync(() -> {
			awaitSleep(database, pid);
			try {
				connection.abort(Runnable::run);
			}
			catch (SQLException ex) {
				throw new IllegalStateException(ex);
			}
		});
		trace.execute("INSERT INTO item SELECT 2, 'b' FROM pg_sleep(1)");
		aborter.join();
		awaitEnd(database, pid);
		trace.call("closed", connection::isClosed);
		trace.step("again", () -> connection.abort(Runnable::run));
		trace.step("rollback", connection::rollback);
	}

	private static void notifications(Connection connection, Trace trace, TestDatabase database) throws Exception {
		trace.execute("LISTEN channel");
		if (!connection.getAutoCommit()) {
			trace.step("commit", connection::commit);
		}
		trace.execute("NOTIFY channel, 'own'");
		trace.execute("SELECT pg_notify('channel', 'function')");
		trace.execute("INSERT INTO item VALUES (1, 'a')");
		if (!connection.getAutoCommit()) {
			trace.step("commit", connection::commit);
		}
		database.execute("NOTIFY channel, 'other'");
		trace.call("notifications", () -> {
			StringBuilder received = new StringBuilder();
			Awaitility.await().until(() -> {
				PGNotification[] some = connection.unwrap(PGConnection.class).getNotifications(100);
				for (PGNotification one : (some != null) ? some : new PGNotification[0]) {
					received.append(one.getName()).append(' ').append(one.getParameter()).append(';');
				}
				return received.indexOf("other") >= 0;
			});
			return received;
		});
	}

	private static void properties(Connection connection, Trace trace, TestDatabase database) throws Exception {
		trace.call("valid", () -> connection.isValid(1));
		trace.step("invalid", () -> connection.isValid(-1));
		trace.call("schema", connection::getSchema);
		trace.step("schema", () -> connection.setSchema("hostile"));
		trace.call("schema", connection::getSchema);
		trace.step("schema", () -> connection.setSchema("public"));
		trace.call("catalog", () -> connection.getCatalog().equals(database.name()));
		trace.step("catalog", () -> connection.setCatalog("x"));
		trace.call("isolation", connection::getTransactionIsolation);
		trace.step("isolation", () -> connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ));
		trace.call("isolation", connection::getTransactionIsolation);
		trace.step("isolation", () -> connection.setTransactionIsolation(99));
		trace.call("read only", connection::isReadOnly);
		trace.step("read only", () -> connection.setReadOnly(true));
		trace.call("read only", connection::isReadOnly);
		trace.step("read only", () -> connection.setReadOnly(false));
		trace.call("holdability", connection::getHoldability);
		trace.step("holdability", () -> connection.setHoldability(ResultSet.HOLD_CURSORS_OVER_COMMIT));
		trace.call("types", connection::getTypeMap);
		trace.call("struct", () -> connection.createStruct("x", new Object[0]));
		trace.call("clob", connection::createClob);
		trace.call("xml", () -> connection.createSQLXML().getClass());
		trace.step("request", connection::beginRequest);
		trace.step("request", connection::endRequest);
		trace.step("sharding", () -> connection.setShardingKey(null));
		trace.step("clear", connection::clearWarnings);
		trace.call("statement", () -> connection.prepareStatement(null));
		trace.call("statement", () -> connection.prepareStatement("SELECT 1", 5, 5));
		trace.call("equal", () -> Set.of(connection).contains(connection));
		trace.execute("INSERT INTO item VALUES (1, 'a')");
	}

	private static void clientInfo(Connection connection, Trace trace, TestDatabase database) throws Exception {
		trace.execute("INSERT INTO item VALUES (1, 'a')");
		trace.step("name", () -> connection.setClientInfo("ApplicationName", "mine"));
		trace.call("name", () -> connection.getClientInfo("ApplicationName"));
		trace.execute("INSERT INTO item VALUES (2, 'a')");
		trace.step("unknown", () -> connection.setClientInfo("Unknown", "x"));
		trace.warnings();
		Properties properties = new Properties();
		properties.put("ApplicationName", "yours");
		properties.put("Other", "x");
		trace.step("properties", () -> connection.setClientInfo(properties));
		trace.call("properties", connection::getClientInfo);
		trace.execute("SHOW application_name");
		connection.close();
		trace.call("closed", () -> {
			try {
				connection.setClientInfo("ApplicationName", "x");
				return "none";
			}
			catch (SQLClientInfoException ex) {
				Map<String, ClientInfoStatus> failed = ex.getFailedProperties();
				return ex.getSQLState() + ex.getMessage() + failed;
			}
		});
	}

	private static void closed(Connection connection, Trace trace, TestDatabase database) throws Exception {
		trace.execute("INSERT INTO item VALUES (1, 'a')");
		Statement statement = connection.createStatement();
		PreparedStatement prepared = connection.prepareStatement("INSERT INTO item VALUES (2, 'a')");
		trace.step("close", connection::close);
		trace.step("close", connection::close);
		trace.call("closed", connection::isClosed);
		trace.call("valid", () -> connection.isValid(1));
		trace.call("statement", () -> statement.execute("SELECT 1"));
		trace.call("statement", () -> statement.executeUpdate("INSERT INTO item VALUES (3, 'a')"));
		trace.call("batch", () -> {
			statement.addBatch("INSERT INTO item VALUES (4, 'a')");
			return statement.executeBatch();
		});
		trace.call("prepared", prepared::executeUpdate);
		trace.call("statement closed", statement::isClosed);
		trace.call("create", connection::createStatement);
		trace.call("prepare", () -> connection.prepareStatement("SELECT 1"));
		trace.call("call", () -> connection.prepareCall("SELECT 1"));
		trace.step("commit", connection::commit);
		trace.step("rollback", connection::rollback);
		trace.step("auto", () -> connection.setAutoCommit(true));
		trace.call("auto", connection::getAutoCommit);
		trace.call("savepoint", connection::setSavepoint);
		trace.call("metadata", () -> connection.getMetaData().getURL().contains(database.name()));
		trace.step("schema", () -> connection.setSchema("x"));
		trace.call("wrapper", () -> connection.isWrapperFor(PGConnection.class));
		trace.step("abort", () -> connection.abort(Runnable::run));
	}

	private static void savepoints(Connection connection, Trace trace, TestDatabase database) throws Exception {
		trace.execute("INSERT INTO item VALUES (1, 'a')");
		if (connection.getAutoCommit()) {
			trace.call("none", connection::setSavepoint);
			trace.call("none", () -> connection.setSavepoint("x"));
			return;
		}
		Savepoint named = connection.setSavepoint("a \"b\"");
		trace.call("name", named::getSavepointName);
		trace.call("id", named::getSavepointId);
		trace.execute("INSERT INTO item VALUES (2, 'a')");
		Savepoint numbered = connection.setSavepoint();
		trace.call("name", numbered::getSavepointName);
		trace.call("id", numbered::getSavepointId);
		trace.execute("INSERT INTO item VALUES (3, 'a')");
		Savepoint inner = connection.setSavepoint("a \"b\"");
		trace.execute("INSERT INTO item VALUES (4, 'a')");
		trace.step("rollback", () -> connection.rollback(inner));
		trace.step("release", () -> connection.releaseSavepoint(inner));
		trace.step("twice", () -> connection.releaseSavepoint(inner));
		trace.step("released", () -> connection.rollback(inner));
		trace.execute("INSERT INTO item VALUES (5, 'a')");
		trace.step("outer", () -> connection.rollback(named));
		trace.execute("INSERT INTO item VALUES (6, 'a')");
		trace.step("gone", () -> connection.releaseSavepoint(numbered));
		trace.step("null", () -> connection.releaseSavepoint(null));
		trace.call("null", () -> connection.setSavepoint(null));
		trace.step("commit", connection::commit);
		trace.step("over", () -> connection.rollback(named));
		trace.step("rollback", connection::rollback);
	}

	private static void deadlock(Connection connection, Trace trace, TestDatabase database) throws Exception {
		Scenario.elsewhere(database, "INSERT INTO item VALUES (1, 'a'), (2, 'b')");
		trace.execute("SET deadlock_timeout = '20ms'");
		if (connection.getAutoCommit()) {
			trace.execute("BEGIN");
		}
		trace.execute("UPDATE item SET name = 'x' WHERE id = 1");
		try (Connection other = database.connect(); Statement statement = other.createStatement()) {
			int pid = other.unwrap(BaseConnection.class).getBackendPID();
			statement.execute("BEGIN; SET deadlock_timeout = '1min'; UPDATE item SET name = 'y' WHERE id = 2");
			CompletableFuture<Void> blocked = CompletableFuture.runAsync(() -> {
				try {
					statement.execute("UPDATE item SET name = 'z' WHERE id = 1");
				}
				catch (SQLException ex) {
					throw new IllegalStateException(ex);
				}
			});
			Awaitility.await()
				.until(() -> !database
					.query("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND pid = " + pid)
					.isEmpty());
			trace.call("deadlock", () -> {
				try (Statement update = connection.createStatement()) {
					return update.executeUpdate("UPDATE item SET name = 'w' WHERE id = 2");
				}
				catch (SQLException ex) {
					return ex.getClass() + " " + ex.getSQLState();
				}
			});
			trace.step("rollback", connection.getAutoCommit() ? () -> trace.execute("ROLLBACK") : connection::rollback);
			blocked.join();
			statement.execute("SELECT pg_logical_emit_message(true, 'elsewhere', ''); COMMIT");
		}
	}

}
