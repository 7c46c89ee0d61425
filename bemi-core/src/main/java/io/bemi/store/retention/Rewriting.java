package io.bemi.store.retention;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * What is recorded is not changed, unless a transaction says that it means to.
 */
final class Rewriting {

	private static final String ALLOW = "SELECT set_config('bemi.rewriting', pg_current_xact_id()::text, true)";

	private Rewriting() {
	}

	/**
	 * Says so.
	 * @param connection a connection in a transaction, at the end of which that ends
	 */
	static void allow(Connection connection) throws SQLException {
		try (Statement statement = connection.createStatement()) {
			statement.execute(ALLOW);
		}
	}

}
