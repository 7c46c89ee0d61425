package io.bemi.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.function.BooleanSupplier;

import io.bemi.testsupport.TestDatabase;

/**
 * Looks after a store as its upkeep does, for tests of other packages.
 */
public final class Upkeep {

	private Upkeep() {
	}

	public static StoreSettings settings(TestDatabase store) {
		return new StoreSettings(store.url(), store.server().username(), store.server().password(), "bemi");
	}

	/**
	 * Looks once.
	 * @param stopped asked after each transaction
	 */
	public static void look(TestDatabase store, RetentionSettings retention, BooleanSupplier stopped) throws Exception {
		try (StoreUpkeep upkeep = new StoreUpkeep(settings(store), retention)) {
			upkeep.look(stopped);
		}
	}

	/**
	 * Has what was recorded between two positions happen earlier than it did.
	 */
	public static void age(TestDatabase store, String after, String upto, int days) throws SQLException {
		try (Connection connection = store.connect(); Statement statement = connection.createStatement()) {
			connection.setAutoCommit(false);
			statement.execute("SET search_path = bemi, pg_catalog");
			Rewriting.allow(connection);
			new Partitions().ensure(connection, Instant.now().minusSeconds(days * 86_400L));
			for (String table : new String[] { "change", "context" }) {
				statement
					.execute("UPDATE %s SET committed_at = committed_at - interval '%d days'".formatted(table, days)
							+ " WHERE position > '%s' AND position <= '%s'".formatted(after, upto));
			}
			statement.execute("UPDATE baseline SET committed_at = committed_at - interval '%d days'".formatted(days)
					+ " WHERE since > '%s' AND since <= '%s'".formatted(after, upto));
			connection.commit();
		}
	}

}
