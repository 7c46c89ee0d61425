package io.bemi.kafka;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Properties;

import io.bemi.replication.DirectConnections;
import io.bemi.store.StoreSettings;
import io.bemi.tracking.SchemaMigrator;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGProperty;

/**
 * The tables of the store in which changes wait until their transaction is complete.
 */
final class Staging {

	private static final String FEED = """
			WITH added AS (INSERT INTO kafka_feed (prefix) VALUES (?) ON CONFLICT DO NOTHING RETURNING id)
			SELECT id FROM added UNION ALL SELECT id FROM kafka_feed WHERE prefix = ?
			""";

	/** How long the store may take to answer, before it is taken for gone. */
	private static final Duration SHORT = Duration.ofMinutes(2);

	private static final Duration LONG = Duration.ofHours(1);

	private final StoreSettings store;

	private final String prefix;

	Staging(StoreSettings store, String prefix) {
		this.store = store;
		this.prefix = prefix;
	}

	/**
	 * Opens a session for short statements, and creates the tables where they are
	 * missing.
	 * @return a connection in autocommit mode
	 */
	Connection connect() throws SQLException {
		return connect(SHORT);
	}

	/**
	 * The same for statements over whole transactions, which take longer the larger those
	 * are.
	 */
	Connection connectForLong() throws SQLException {
		return connect(LONG);
	}

	private Connection connect(Duration patience) throws SQLException {
		Connection connection = DirectConnections.open(this.store.url(), properties(patience), "bemi.store.url");
		try (Statement statement = connection.createStatement()) {
			new SchemaMigrator("kafka", this.store.schema(), List.of("V001__staging.sql", "V002__marker.sql"),
					Staging.class)
				.migrate(connection);
			// What Kafka need not send again must survive a crash of the store.
			statement.execute("SET synchronous_commit = on; SET statement_timeout = 0; SET lock_timeout = 0;"
					+ " SET idle_in_transaction_session_timeout = 0; SET idle_session_timeout = 0;"
					+ " SET default_transaction_isolation = 'read committed'; SET default_transaction_read_only = off;"
					+ " SET search_path = \"" + this.store.schema().replace("\"", "\"\"") + "\", pg_catalog");
			return connection;
		}
		catch (SQLException | RuntimeException ex) {
			connection.close();
			throw ex;
		}
	}

	private Properties properties(Duration patience) {
		Properties properties = new Properties();
		set(properties, PGProperty.USER, this.store.username());
		set(properties, PGProperty.PASSWORD, this.store.password());
		PGProperty.APPLICATION_NAME.set(properties, "bemi-kafka");
		PGProperty.TCP_KEEP_ALIVE.set(properties, true);
		PGProperty.CONNECT_TIMEOUT.set(properties, 10);
		PGProperty.SOCKET_TIMEOUT.set(properties, (int) patience.toSeconds());
		PGProperty.REWRITE_BATCHED_INSERTS.set(properties, true);
		return properties;
	}

	private static void set(Properties properties, PGProperty property, @Nullable String value) {
		if (value != null) {
			property.set(properties, value);
		}
	}

	/**
	 * The number of the connector.
	 */
	int feed(Connection connection) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(FEED)) {
			statement.setString(1, this.prefix);
			statement.setString(2, this.prefix);
			try (ResultSet row = statement.executeQuery()) {
				// Another one may be adding it at this very moment.
				return row.next() ? row.getInt(1) : feed(connection);
			}
		}
	}

}
