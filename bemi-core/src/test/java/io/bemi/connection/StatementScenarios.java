package io.bemi.connection;

import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.sql.Types;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import org.postgresql.PGStatement;

/**
 * What statements can do, with autocommit off and on.
 */
final class StatementScenarios {

	static final Map<String, Scenario> ALL = all();

	private StatementScenarios() {
	}

	private static Map<String, Scenario> all() {
		Map<String, Scenario> all = new LinkedHashMap<>();
		Scenario.both(all, "generated keys", (connection, trace, database) -> {
			generatedKeysOfStatement(connection, trace);
			generatedKeysOfPreparedStatement(connection, trace);
		});
		Scenario.both(all, "returning", (connection, trace, database) -> {
			for (String sql : new String[] { "INSERT INTO item VALUES (1, 'a'), (2, 'b') RETURNING *",
					"UPDATE item SET name = 'c' RETURNING id, name", "DELETE FROM item WHERE id = 1 RETURNING name",
					"INSERT INTO item VALUES (2, 'x') ON CONFLICT (id) DO UPDATE SET name = 'y' RETURNING name",
					"WITH gone AS (DELETE FROM item RETURNING id) INSERT INTO item SELECT id + 10 FROM gone RETURNING id",
					"MERGE INTO item USING (VALUES (12)) v (id) ON item.id = v.id WHEN MATCHED THEN UPDATE SET name = 'm'" }) {
				try (Statement statement = connection.createStatement()) {
					trace.call(sql, () -> statement.executeQuery(sql));
					trace.call("count", statement::getUpdateCount);
				}
			}
		});
		Scenario.both(all, "large counts", (connection, trace, database) -> {
			try (Statement statement = connection.createStatement()) {
				trace.call("large", () -> statement
					.executeLargeUpdate("INSERT INTO item SELECT i, 'x' FROM generate_series(1, 9) i"));
				trace.call("count", statement::getLargeUpdateCount);
				trace.call("keys", () -> statement.executeLargeUpdate("INSERT INTO numbered (name) VALUES ('l')",
						Statement.RETURN_GENERATED_KEYS));
				trace.call("keys", statement::getGeneratedKeys);
				trace.step("large maximum", () -> statement.setLargeMaxRows(4));
				statement.setMaxRows(4);
				trace.call("rows", () -> statement.executeQuery("SELECT id FROM item ORDER BY id"));
				statement.addBatch("UPDATE item SET name = 'y' WHERE id < 3");
				statement.addBatch("DELETE FROM item WHERE id > 5");
				trace.call("batch", statement::executeLargeBatch);
			}
			try (PreparedStatement update = connection.prepareStatement("UPDATE item SET name = ? WHERE id > ?")) {
				update.setString(1, "z");
				update.setInt(2, 3);
				trace.call("large", update::executeLargeUpdate);
				update.addBatch();
				trace.call("batch", update::executeLargeBatch);
			}
		});
		Scenario.both(all, "batch that can be rewritten", (connection, trace, database) -> {
			try (PreparedStatement insert = connection.prepareStatement("INSERT INTO item (id, name) VALUES (?, ?)")) {
				for (int round = 0; round < 3; round++) {
					for (int i = 0; i < 133; i++) {
						insert.setInt(1, 1000 * round + i);
						insert.setString(2, "r" + i);
						insert.addBatch();
					}
					trace.call("batch", insert::executeBatch);
				}
			}
			try (PreparedStatement insert = connection.prepareStatement("INSERT INTO numbered (name) VALUES (?)",
					Statement.RETURN_GENERATED_KEYS)) {
				for (int i = 0; i < 5; i++) {
					insert.setString(1, "k" + i);
					insert.addBatch();
				}
				trace.call("batch", insert::executeLargeBatch);
				trace.call("keys", insert::getGeneratedKeys);
			}
		});
		Scenario.both(all, "batches of every kind", (connection, trace, database) -> {
			try (Statement statement = connection.createStatement()) {
				statement.addBatch("INSERT INTO item VALUES (1, 'a')");
				statement.addBatch("CALL put_item(2)");
				statement.addBatch("DO $$ BEGIN INSERT INTO item VALUES (3, 'd'); END $$");
				statement.addBatch("SELECT add_item(4)");
				trace.call("with a query", statement::executeBatch);
				trace.step("two in one",
						() -> statement.addBatch("UPDATE item SET name = 'u'; UPDATE item SET name = 'v'"));
				statement.addBatch("TRUNCATE watched");
				trace.call("batch", statement::executeBatch);
				trace.step("no text", () -> statement.addBatch(null));
			}
			try (PreparedStatement prepared = connection.prepareStatement("UPDATE item SET name = ?")) {
				trace.step("missing parameter", prepared::addBatch);
				trace.step("text", () -> prepared.addBatch("SELECT 1"));
				prepared.setString(1, "w");
				prepared.addBatch();
				prepared.clearParameters();
				trace.call("batch", prepared::executeBatch);
			}
			try (PreparedStatement returning = connection
				.prepareStatement("INSERT INTO item VALUES (?, 'q') RETURNING id")) {
				returning.setInt(1, 50);
				returning.addBatch();
				trace.call("returning", returning::executeBatch);
			}
			try (PreparedStatement call = connection.prepareStatement("CALL put_item(?)")) {
				for (int id = 60; id < 63; id++) {
					call.setInt(1, id);
					call.addBatch();
				}
				trace.call("calls", call::executeBatch);
			}
		});
		Scenario.both(all, "callables of every kind", (connection, trace, database) -> callables(connection, trace));
		Scenario.both(all, "cursor of a function", (connection, trace, database) -> {
			trace.execute("INSERT INTO item VALUES (1, 'a')");
			for (int type : new int[] { Types.REF_CURSOR, Types.OTHER }) {
				try (CallableStatement call = connection.prepareCall("{? = call open_items()}")) {
					call.registerOutParameter(1, type);
					trace.call("call", call::execute);
					trace.call("cursor", () -> call.getObject(1));
				}
			}
		});
		Scenario.both(all, "procedure that commits, as a callable", (connection, trace, database) -> {
			try (CallableStatement call = connection.prepareCall("CALL put_and_commit(?)")) {
				call.setInt(1, 91);
				trace.call("commits", call::execute);
			}
		});
		Scenario.both(all, "statement of a result", (connection, trace, database) -> {
			try (Statement statement = connection.createStatement();
					ResultSet rows = statement.executeQuery("SELECT 1")) {
				trace.call("same statement", () -> rows.getStatement() == statement);
				trace.call("same connection", () -> rows.getStatement().getConnection() == connection);
				trace.call("same result", () -> statement.getResultSet() == rows);
				trace.call("result again", () -> statement.getResultSet().equals(rows));
				rows.close();
				trace.call("of a closed result", rows::getStatement);
			}
			try (PreparedStatement insert = connection.prepareStatement("INSERT INTO item VALUES (?, 'a')",
					Statement.RETURN_GENERATED_KEYS)) {
				insert.setInt(1, 1);
				trace.call("insert", insert::executeUpdate);
				trace.call("statement of keys", () -> insert.getGeneratedKeys().getStatement() == insert);
				try (ResultSet rows = connection.getMetaData().getTables(null, null, "item", null)) {
					trace.call("metadata", () -> rows.getStatement().getConnection() != null);
				}
			}
		});
		Scenario.both(all, "several statements in one text", (connection, trace, database) -> {
			trace.execute("INSERT INTO item VALUES (1, 'a'); SELECT 1; SELECT 2; DELETE FROM item");
			trace.execute("SELECT 1; INSERT INTO item VALUES (2, 'b') RETURNING id");
			trace.execute("INSERT INTO item VALUES (3, 'c');;; -- end");
			trace.execute("SELECT ';'; INSERT INTO item VALUES (4, E'\\';')");
			try (PreparedStatement two = connection
				.prepareStatement("INSERT INTO item VALUES (?, 'd'); UPDATE item SET name = ? WHERE id = ?")) {
				for (int i = 10; i < 17; i++) {
					two.setInt(1, i);
					two.setString(2, "n" + i);
					two.setInt(3, i);
					trace.call("two", two::executeUpdate);
					trace.call("more", two::getMoreResults);
					trace.call("count", two::getUpdateCount);
				}
			}
			trace.execute("SELECT 1; SELECT 1 / 0; INSERT INTO item VALUES (20, 'x')");
		});
		Scenario.both(all, "failures in the middle", (connection, trace, database) -> {
			trace.execute("INSERT INTO item VALUES (1, 'a')");
			trace.execute("INSERT INTO item VALUES (2, 'b'); INSERT INTO item VALUES (1, 'again')");
			trace.execute("INSERT INTO item VALUES (3, 'c')");
			try (PreparedStatement insert = connection.prepareStatement("INSERT INTO item VALUES (?, ?)")) {
				trace.step("not a number", () -> insert.setObject(1, "x", Types.INTEGER));
				trace.step("no such parameter", () -> insert.setInt(3, 1));
				trace.call("no parameters", insert::executeUpdate);
				insert.setInt(1, 1);
				insert.setString(2, "\u0000");
				trace.call("duplicate", insert::executeUpdate);
				insert.setInt(1, 9);
				insert.setString(2, "ok");
				trace.call("insert", insert::executeUpdate);
			}
		});
		Scenario.both(all, "options of statements", (connection, trace, database) -> options(connection, trace));
		Scenario.both(all, "values of every type", (connection, trace, database) -> values(connection, trace));
		Scenario.both(all, "escapes", (connection, trace, database) -> {
			try (Statement statement = connection.createStatement()) {
				trace.call("function", () -> statement.executeQuery("SELECT {fn ucase('a')}, {d '2020-01-01'}"));
				statement.setEscapeProcessing(false);
				trace.call("no escapes", () -> statement.executeQuery("SELECT '{fn x}'"));
				trace.call("quoted", () -> statement.enquoteIdentifier("a b", true) + statement.enquoteLiteral("a'b")
						+ statement.isSimpleIdentifier("a"));
			}
			trace.call("native", () -> connection.nativeSQL("INSERT {fn now()}"));
			trace.execute("/* x /* y */ */ -- z\n (SELECT 1)");
			trace.execute("/* x */ INSERT INTO item VALUES (1, '/* Bemi {} Bemi*/') /*Bemi {\"a\":1} Bemi*/");
		});
		return all;
	}

	private static void generatedKeysOfStatement(Connection connection, Trace trace) throws Exception {
		String sql = "INSERT INTO numbered (name) VALUES ('a'), ('b')";
		try (Statement statement = connection.createStatement()) {
			trace.call("flag", () -> statement.execute(sql, Statement.RETURN_GENERATED_KEYS));
			trace.call("keys", statement::getGeneratedKeys);
			trace.call("no flag", () -> statement.executeUpdate(sql, Statement.NO_GENERATED_KEYS));
			trace.call("keys", statement::getGeneratedKeys);
			trace.call("names", () -> statement.executeUpdate(sql, new String[] { "name", "id" }));
			trace.call("keys", statement::getGeneratedKeys);
			trace.call("indexes", () -> statement.executeUpdate(sql, new int[] { 1 }));
			trace.call("large names", () -> statement.executeLargeUpdate(sql, new String[] { "id" }));
			trace.call("keys", statement::getGeneratedKeys);
			trace.call("execute names", () -> statement.execute(sql, new String[] { "id" }));
			trace.call("execute indexes", () -> statement.execute(sql, new int[] { 1 }));
			trace.call("update", () -> statement.executeUpdate("UPDATE numbered SET name = 'u' WHERE id < 3",
					new String[] { "name" }));
			trace.call("keys", statement::getGeneratedKeys);
			trace.call("of a query", () -> statement.execute("SELECT 1", Statement.RETURN_GENERATED_KEYS));
		}
	}

	private static void generatedKeysOfPreparedStatement(Connection connection, Trace trace) throws Exception {
		try (PreparedStatement insert = connection.prepareStatement("INSERT INTO numbered (name) VALUES (?)",
				new String[] { "id", "name" })) {
			for (int i = 0; i < 7; i++) {
				insert.setString(1, "p" + i);
				trace.call("insert", insert::executeUpdate);
				trace.call("keys", insert::getGeneratedKeys);
			}
		}
		trace.call("indexes", () -> {
			try (PreparedStatement insert = connection.prepareStatement("INSERT INTO numbered (name) VALUES ('i')",
					new int[] { 1 })) {
				return insert.executeUpdate();
			}
		});
		try (PreparedStatement insert = connection.prepareStatement("INSERT INTO numbered (name) VALUES ('x')",
				new String[] { "nowhere" })) {
			trace.call("no such column", insert::executeUpdate);
		}
	}

	private static void callables(Connection connection, Trace trace) throws Exception {
		try (CallableStatement call = connection.prepareCall("{call both_ways(?, ?)}")) {
			call.setInt(1, 5);
			call.registerOutParameter(1, Types.INTEGER);
			call.registerOutParameter(2, Types.VARCHAR);
			for (int i = 0; i < 6; i++) {
				trace.call("call", call::execute);
				trace.call("out", () -> call.getInt(1) + call.getString(2) + call.getObject(1) + call.wasNull());
				trace.call("by name", () -> call.getInt("a"));
			}
			call.registerOutParameter(1, Types.VARCHAR);
			trace.call("wrong type", call::execute);
		}
		try (CallableStatement call = connection.prepareCall("CALL put_and_tell(?)")) {
			call.setInt(1, 21);
			call.registerOutParameter(1, Types.INTEGER);
			trace.call("call", call::execute);
			trace.call("out", () -> call.getInt(1));
			call.setInt(1, 22);
			trace.call("update", call::executeUpdate);
		}
		try (CallableStatement call = connection.prepareCall("{call add_item(?)}")) {
			for (int i = 80; i < 83; i++) {
				call.setInt(1, i);
				call.addBatch();
			}
			trace.call("batch", call::executeBatch);
		}
		try (CallableStatement call = connection.prepareCall("INSERT INTO item VALUES (?, 'c')")) {
			call.setInt(1, 90);
			trace.call("insert", call::executeUpdate);
		}
	}

	private static void options(Connection connection, Trace trace) throws Exception {
		try (Statement statement = connection.createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE,
				ResultSet.CONCUR_READ_ONLY, ResultSet.HOLD_CURSORS_OVER_COMMIT)) {
			trace.call("type", () -> statement.getResultSetType() + " " + statement.getResultSetConcurrency() + " "
					+ statement.getResultSetHoldability() + " " + statement.getFetchDirection());
			statement.executeUpdate("INSERT INTO item SELECT i, 'x' FROM generate_series(1, 6) i");
			ResultSet rows = statement.executeQuery("SELECT id FROM item ORDER BY id");
			trace.call("last", () -> rows.last() + " " + rows.getInt(1) + " " + rows.getRow());
			trace.call("absolute", () -> rows.absolute(2) + " " + rows.getInt(1) + rows.isFirst());
			trace.step("update", rows::updateRow);
			statement.setMaxFieldSize(3);
			statement.setPoolable(true);
			trace.call("poolable", statement::isPoolable);
			trace.step("cursor name", () -> statement.setCursorName("x"));
			trace.step("time-out", () -> statement.setQueryTimeout(-1));
			trace.step("fetch size", () -> statement.setFetchSize(-1));
			trace.call("wrapper", () -> statement.isWrapperFor(PGStatement.class));
			statement.unwrap(PGStatement.class).setPrepareThreshold(2);
			trace.call("threshold", () -> statement.unwrap(PGStatement.class).getPrepareThreshold());
			trace.call("wrong", () -> statement.unwrap(java.util.List.class));
			trace.execute("INSERT INTO watched VALUES ('notice')");
			trace.call("clear", () -> {
				statement.execute("INSERT INTO watched VALUES ('notice')");
				String before = Trace.warnings(statement.getWarnings());
				statement.clearWarnings();
				return before + Trace.warnings(statement.getWarnings());
			});
			trace.call("text", () -> statement.toString().replaceAll("@.*", ""));
			trace.call("equal", () -> Set.of(statement).contains(statement));
		}
		PreparedStatement prepared = connection.prepareStatement("INSERT INTO item VALUES (?, ?)");
		prepared.setInt(1, 70);
		prepared.setNull(2, Types.VARCHAR);
		trace.call("text", prepared::toString);
		trace.call("insert", prepared::executeUpdate);
		prepared.closeOnCompletion();
		trace.call("on completion", prepared::isCloseOnCompletion);
		prepared.close();
		prepared.close();
		trace.call("closed", prepared::isClosed);
		trace.call("closed", prepared::executeUpdate);
		trace.call("closed", prepared::executeBatch);
		trace.step("closed", prepared::addBatch);
		trace.step("closed", prepared::clearBatch);
		trace.call("closed", prepared::getConnection);
		trace.call("closed", prepared::getGeneratedKeys);
		trace.call("closed", prepared::getMetaData);
		trace.step("closed", prepared::cancel);
	}

	private static void values(Connection connection, Trace trace) throws Exception {
		try (PreparedStatement insert = connection
			.prepareStatement("INSERT INTO typed VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?,"
					+ " ?, ?, CAST(? AS jsonb), ?, CAST(? AS mood), CAST(? AS interval)) RETURNING *")) {
			for (int i = 0; i < 7; i++) {
				insert.setInt(1, i);
				insert.setShort(2, (short) -i);
				insert.setLong(3, Long.MAX_VALUE - i);
				insert.setBigDecimal(4, new java.math.BigDecimal("12345.678"));
				insert.setDouble(5, 0.1 + i);
				insert.setBoolean(6, i % 2 == 0);
				insert.setObject(7, java.time.LocalDate.of(2024, 2, 29));
				insert.setObject(8, java.time.OffsetDateTime.parse("2024-03-31T01:59:59.123456Z"));
				insert.setObject(9, java.time.LocalTime.of(23, 59, 1));
				insert.setBytes(10, new byte[] { 0, (byte) 0xff, '\\' });
				insert.setObject(11, new java.util.UUID(1, i));
				insert.setString(12, "{\"a\": [1, null, \"\u0142\"]}");
				insert.setArray(13, connection.createArrayOf("text", new String[] { "x,y", null, "\"" }));
				insert.setString(14, "happy");
				insert.setString(15, "1 day 02:00");
				trace.call("insert", insert::executeQuery);
			}
			for (int i = 1; i <= 15; i++) {
				insert.setNull(i, Types.NULL);
			}
			insert.setInt(1, 100);
			trace.call("nulls", insert::executeQuery);
		}
		try (Statement statement = connection.createStatement();
				ResultSet rows = statement.executeQuery("SELECT * FROM typed ORDER BY id LIMIT 1")) {
			trace.call("next", rows::next);
			for (int column = 1; column <= 15; column++) {
				int index = column;
				trace.call("object " + column, () -> {
					Object value = rows.getObject(index);
					return value.getClass().getName() + " "
							+ ((value instanceof byte[] bytes) ? java.util.Arrays.toString(bytes) : value);
				});
			}
			trace.call("array", () -> java.util.Arrays.toString((Object[]) rows.getArray("tags").getArray()));
			trace.call("array rows", () -> rows.getArray("tags").getResultSet());
			trace.call("wrong", () -> rows.getInt("tags"));
		}
	}

}
