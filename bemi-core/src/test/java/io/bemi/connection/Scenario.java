package io.bemi.connection;

import java.sql.Connection;
import java.util.Map;

import io.bemi.testsupport.TestDatabase;

/**
 * A conversation to hold twice, over a plain and over a proxied connection.
 */
@FunctionalInterface
interface Scenario {

	void run(Connection connection, Trace trace, TestDatabase database) throws Exception;

	/**
	 * Holds a conversation with autocommit off, then once more in autocommit.
	 */
	static void both(Map<String, Scenario> all, String name, Scenario scenario) {
		all.put(name, (connection, trace, database) -> {
			scenario.run(connection, trace, database);
			trace.step("commit", connection::commit);
			trace.warnings();
		});
		all.put("auto: " + name, (connection, trace, database) -> {
			scenario.run(connection, trace, database);
			trace.warnings();
		});
	}

	/**
	 * Has somebody else write, whose context is not looked for.
	 */
	static void elsewhere(TestDatabase database, String sql) {
		database.execute(sql + "; SELECT pg_logical_emit_message(true, 'elsewhere', '')");
	}

}
