package io.bemi.replication;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;

import org.postgresql.PGProperty;

/**
 * Opens connections to the source: never through the application's pool, nor through a
 * pooler, and in sessions whose values look the same whatever the server's, the role's
 * and the JVM's settings are.
 */
final class SourceConnections {

	private static final String SESSION = """
			SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET IntervalStyle = 'postgres'; SET bytea_output = 'hex';
			SET extra_float_digits = 1; SET search_path = ''; SET quote_all_identifiers = off;
			SET statement_timeout = 0; SET lock_timeout = 0; SET idle_in_transaction_session_timeout = 0; SET idle_session_timeout = 0;
			SET default_transaction_isolation = 'read committed'; SET default_transaction_read_only = off;
			SET tcp_keepalives_idle = 20; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3
			""";

	/**
	 * So long the server keeps the slot for an instance that does not answer. It may be
	 * set to for ever, or to a day.
	 */
	private static final String SENDER_TIMEOUT = """
			SELECT CASE WHEN setting::bigint NOT BETWEEN 1 AND 60000 THEN set_config(name, '60s', false) END
			  FROM pg_catalog.pg_settings WHERE name = 'wal_sender_timeout'
			""".strip();

	private final ReplicationSettings settings;

	SourceConnections(ReplicationSettings settings) {
		this.settings = settings;
	}

	Connection open() throws SQLException {
		return open(properties());
	}

	Connection openForReplication() throws SQLException {
		Properties properties = properties();
		PGProperty.REPLICATION.set(properties, "database");
		PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, "14");
		PGProperty.PREFER_QUERY_MODE.set(properties, "simple");
		// A factory that is named in the URL wins.
		PGProperty.SOCKET_FACTORY.set(properties, GuardedSocketFactory.class.getName());
		Connection connection = open(properties);
		try (Statement statement = connection.createStatement()) {
			statement.execute(SENDER_TIMEOUT);
			return connection;
		}
		catch (SQLException ex) {
			connection.close();
			throw ex;
		}
	}

	private Properties properties() {
		Properties properties = new Properties();
		if (this.settings.username() != null) {
			PGProperty.USER.set(properties, this.settings.username());
		}
		if (this.settings.password() != null) {
			PGProperty.PASSWORD.set(properties, this.settings.password());
		}
		PGProperty.APPLICATION_NAME.set(properties, "bemi-ingestion");
		PGProperty.BINARY_TRANSFER.set(properties, false);
		PGProperty.TCP_KEEP_ALIVE.set(properties, true);
		PGProperty.CONNECT_TIMEOUT.set(properties, 10);
		PGProperty.SOCKET_TIMEOUT.set(properties, 30);
		return properties;
	}

	private Connection open(Properties properties) throws SQLException {
		Connection connection = DirectConnections.open(this.settings.url(), properties, "bemi.replication.url");
		try (Statement statement = connection.createStatement()) {
			statement.execute(SESSION);
			if (connection.getMetaData().getDatabaseMajorVersion() >= 17) {
				statement.execute("SET transaction_timeout = 0");
			}
			// Some statements wait for others to end.
			connection.setNetworkTimeout(Runnable::run, 0);
			return connection;
		}
		catch (SQLException ex) {
			connection.close();
			throw ex;
		}
	}

}
