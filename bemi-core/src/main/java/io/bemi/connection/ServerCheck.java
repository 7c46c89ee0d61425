package io.bemi.connection;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;

import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether contexts can be sent over the connections of one data source, found out over
 * the first of them.
 */
final class ServerCheck {

	private static final Logger logger = LoggerFactory.getLogger(ServerCheck.class);

	private static final int OLDEST_VERSION = 140000;

	// The signature has grown in version 17.
	private static final String PRIVILEGE = """
			SELECT CAST(CAST(p.oid AS pg_catalog.regprocedure) AS text), current_user, \
			pg_catalog.has_function_privilege(p.oid, 'EXECUTE') FROM pg_catalog.pg_proc p \
			WHERE p.proname = 'pg_logical_emit_message' AND p.pronamespace = 'pg_catalog'::pg_catalog.regnamespace \
			AND p.proargtypes[2] = 'pg_catalog.text'::pg_catalog.regtype""";

	private volatile boolean foreign;

	private volatile boolean permitted;

	private volatile boolean forbidden;

	private volatile boolean doubts;

	// Those that have refused a message since they last were asked.
	private final Set<BaseConnection> doubtful = Collections
		.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

	/**
	 * Whether a connection was seen that is not pgjdbc's.
	 */
	boolean foreign() {
		return this.foreign;
	}

	/**
	 * Whether all is known that there is to know.
	 */
	boolean done() {
		return this.permitted || this.forbidden || this.foreign;
	}

	/**
	 * Whether a context may be sent now. Asks the server only if it has just refused one.
	 */
	boolean permits(BaseConnection server) {
		if (this.forbidden) {
			return false;
		}
		if (this.permitted && !isDoubtful(server)) {
			return true;
		}
		try {
			return check(server);
		}
		catch (SQLException ex) {
			logger.debug("Could not ask for the privilege; no context is sent", ex);
			return false;
		}
	}

	/**
	 * The driver's connection behind a connection.
	 * @return {@code null} when no context can be sent over it
	 */
	@Nullable BaseConnection server(Connection connection) {
		if (this.forbidden) {
			return null;
		}
		try {
			if (!connection.isWrapperFor(BaseConnection.class)) {
				rememberForeign(connection);
				return null;
			}
			BaseConnection server = connection.unwrap(BaseConnection.class);
			return (this.permitted || check(server)) ? server : null;
		}
		catch (SQLException ex) {
			// The application is about to see the same, from its own statement.
			logger.debug("Could not look behind a connection; it goes without a context", ex);
			return null;
		}
	}

	private void rememberForeign(Connection connection) {
		if (!this.foreign) {
			this.foreign = true;
			logger.info("{} is not a connection of the PostgreSQL driver and is left alone: its writes carry no"
					+ " context.", connection.getClass().getName());
		}
	}

	private boolean isDoubtful(BaseConnection server) {
		return this.doubts && this.doubtful.contains(server);
	}

	// Without a lock: a connection that does not answer must not keep the others waiting.
	private boolean check(BaseConnection server) throws SQLException {
		if (server.getTransactionState() == TransactionState.FAILED) {
			return false;
		}
		if (!server.haveMinimumServerVersion(OLDEST_VERSION)) {
			this.forbidden = true;
			logger.warn("PostgreSQL {} is older than 14: no context is sent.",
					server.getMetaData().getDatabaseProductVersion());
			return false;
		}
		// Does not begin a transaction, also with autocommit off.
		try (ResultSet rows = server.execSQLQuery(PRIVILEGE)) {
			boolean granted = rows.next() && rows.getBoolean(3);
			if (granted) {
				this.doubtful.remove(server);
				this.permitted = true;
			}
			else {
				forbid(rows.getString(1), rows.getString(2));
			}
			return granted;
		}
	}

	/**
	 * The server has just refused a message: do not let it refuse the next transaction.
	 */
	void refused(BaseConnection server) {
		// Another connection may be another role's.
		this.doubtful.add(server);
		this.doubts = true;
		if (this.permitted) {
			this.permitted = false;
			logger.warn("The server has refused a context message; the privilege is checked again.");
		}
	}

	private synchronized void forbid(String function, String role) {
		if (this.forbidden) {
			return;
		}
		this.forbidden = true;
		this.permitted = false;
		logger.warn(
				"Role '{}' may not call {}, so changes are recorded without the application's context."
						+ " Let a superuser run: GRANT EXECUTE ON FUNCTION pg_catalog.{} TO \"{}\"; then restart.",
				role, function, function, role.replace("\"", "\"\""));
	}

}
