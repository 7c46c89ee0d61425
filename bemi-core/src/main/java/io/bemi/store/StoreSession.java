package io.bemi.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import java.util.concurrent.TimeUnit;

import io.bemi.ingestion.SinkException;
import io.bemi.replication.DirectConnections;
import io.bemi.replication.SourceIdentity;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The session that writes the history of a source: there is one at a time. Whoever holds
 * the slot ends that of an instance which has lost it, which may be stopped, or out of
 * reach, with a transaction open.
 */
public final class StoreSession {

	private static final Logger logger = LoggerFactory.getLogger(StoreSession.class);

	/** Longer than any statement takes, shorter than TCP waits for a lost answer. */
	private static final int ANSWER_MILLIS = (int) TimeUnit.MINUTES.toMillis(2);

	private static final int LOGIN_SECONDS = 30;

	private static final String LOCK = """
			SELECT pg_catalog.pg_advisory_lock(k) FROM pg_catalog.hashtextextended(pg_catalog.concat_ws(' ', 'bemi source', ?, ?, ?), 0) AS k
			""";

	private static final String TRY_LOCK = LOCK.replace("pg_advisory_lock", "pg_try_advisory_lock");

	private static final String END_HOLDER = """
			SELECT pg_catalog.pg_terminate_backend(l.pid) FROM pg_catalog.pg_locks l,
			       pg_catalog.hashtextextended(pg_catalog.concat_ws(' ', 'bemi source', ?, ?, ?), 0) AS k
			 WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND l.pid <> pg_catalog.pg_backend_pid()
			   AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
			   AND (l.classid::bigint << 32) | l.objid::bigint = k
			""";

	private StoreSession() {
	}

	/**
	 * Opens a session, in autocommit mode.
	 * @param settings where the store is, and who connects
	 * @return the session, whose search path has the store
	 * @throws SQLException when there is no connection
	 * @throws SinkException when nothing can be stored there
	 */
	public static Connection open(StoreSettings settings) throws SQLException {
		Connection opened = DirectConnections.open(settings.url(), properties(settings), "bemi.store.url");
		try (Statement statement = opened.createStatement()) {
			if (DirectConnections.isStandby(opened)) {
				throw new SinkException("The store cannot be used: its server is a hot standby, on which nothing is"
						+ " written. Name the primary server in 'bemi.store.url'", null);
			}
			// What is confirmed to the slot must survive a crash of the store.
			statement.execute("SET synchronous_commit = on; SET statement_timeout = 0; SET lock_timeout = 0;"
					+ " SET idle_in_transaction_session_timeout = 0; SET idle_session_timeout = 0;"
					+ " SET default_transaction_isolation = 'read committed'; SET default_transaction_read_only = off;"
					+ " SET TimeZone = 'UTC'; SET search_path = " + quoted(settings.schema()) + ", pg_catalog");
			if (opened.getMetaData().getDatabaseMajorVersion() >= 17) {
				statement.execute("SET transaction_timeout = 0");
			}
			// Takes a fraction of the time that pglz takes, where the server was built
			// with
			// it.
			statement.execute("SELECT pg_catalog.set_config('default_toast_compression', 'lz4', false)"
					+ " FROM pg_catalog.pg_settings WHERE name = 'default_toast_compression' AND 'lz4' = ANY (enumvals)");
			// A schema may take its time to be migrated.
			opened.setNetworkTimeout(Runnable::run, 0);
			return opened;
		}
		catch (SQLException | RuntimeException ex) {
			opened.close();
			throw ex;
		}
	}

	private static Properties properties(StoreSettings settings) {
		Properties properties = new Properties();
		if (settings.username() != null) {
			PGProperty.USER.set(properties, settings.username());
		}
		if (settings.password() != null) {
			PGProperty.PASSWORD.set(properties, settings.password());
		}
		PGProperty.APPLICATION_NAME.set(properties, "bemi-store");
		PGProperty.TCP_KEEP_ALIVE.set(properties, true);
		PGProperty.CONNECT_TIMEOUT.set(properties, 10);
		PGProperty.SOCKET_TIMEOUT.set(properties, LOGIN_SECONDS);
		return properties;
	}

	private static String quoted(String identifier) {
		return '"' + identifier.replace("\"", "\"\"") + '"';
	}

	/**
	 * Makes a session the only one that writes the history of a source. What another one
	 * was about to commit is stored when this returns, or never will be.
	 * @param connection the session, in autocommit mode
	 */
	static void takeOver(Connection connection, SourceIdentity source) throws SQLException {
		connection.setNetworkTimeout(Runnable::run, ANSWER_MILLIS);
		if (Boolean.TRUE.equals(ask(connection, TRY_LOCK, source))) {
			return;
		}
		logger.info("Ending the session of another instance that has lost the slot '{}' and is still in the store",
				source.slot());
		ask(connection, END_HOLDER, source);
		try (Statement statement = connection.createStatement()) {
			statement.execute("SET lock_timeout = '10s'");
			ask(connection, LOCK, source);
			statement.execute("SET lock_timeout = 0");
		}
	}

	private static @Nullable Boolean ask(Connection connection, String sql, SourceIdentity source) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(sql)) {
			statement.setString(1, source.systemIdentifier());
			statement.setString(2, source.database());
			statement.setString(3, source.slot());
			try (ResultSet row = statement.executeQuery()) {
				return (row.next() && row.getObject(1) instanceof Boolean answer) ? answer : null;
			}
		}
	}

}
