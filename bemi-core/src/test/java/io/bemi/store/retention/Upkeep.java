package io.bemi.store.retention;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.function.BooleanSupplier;

import io.bemi.store.Chain;
import io.bemi.store.Partitions;
import io.bemi.store.StoreSettings;
import io.bemi.store.chain.ChainReport;
import io.bemi.testsupport.TestDatabase;

import static org.assertj.core.api.Assertions.assertThat;

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

	/**
	 * Makes the chain anew, over a history whose times were changed.
	 */
	public static void chain(TestDatabase store) throws SQLException {
		store.execute("SET search_path = bemi; SET TimeZone = 'UTC'; BEGIN;"
				+ " SELECT set_config('bemi.rewriting', pg_current_xact_id()::text, true);"
				+ " DELETE FROM link; UPDATE source SET link = NULL, digest = NULL, sealed = false;"
				+ " UPDATE relation SET link = NULL; UPDATE gap SET link = NULL; UPDATE quarantine SET link = NULL;"
				+ " SELECT switch_chain(1, true, '0/0');"
				+ " CREATE TEMPORARY TABLE places ON COMMIT DROP AS SELECT committed_at, position, min(transaction_id) AS transaction_id,"
				+ "        row_number() OVER (ORDER BY position, committed_at) AS n"
				+ "   FROM (SELECT committed_at, position, transaction_id FROM change"
				+ "          UNION SELECT committed_at, position, transaction_id FROM context) x GROUP BY committed_at, position;"
				+ " UPDATE change c SET link = 1 + p.n, salt = uuid_send(gen_random_uuid()) FROM places p"
				+ "  WHERE (p.committed_at, p.position) = (c.committed_at, c.position);"
				+ " UPDATE context c SET link = 1 + p.n, salt = uuid_send(gen_random_uuid()) FROM places p"
				+ "  WHERE (p.committed_at, p.position) = (c.committed_at, c.position);"
				+ " SELECT seal(1, array_agg(committed_at ORDER BY n), array_agg(position ORDER BY n), array_agg(transaction_id ORDER BY n), true)"
				+ "   FROM places; COMMIT");
	}

	/**
	 * What is wrong with the chain.
	 */
	public static String broken(TestDatabase store) {
		return new Chain(store).verifyBroken("tampered with").kind().name();
	}

	/**
	 * Verifies the chain in both ways.
	 */
	public static ChainReport verify(TestDatabase store) {
		ChainReport report = new Chain(store).verify();
		assertThat(report.broken()).isNull();
		return report;
	}

}
