package io.bemi.connection;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.function.Consumer;

import io.bemi.context.ContextMeter;
import org.jspecify.annotations.Nullable;

/**
 * Sends the messages of one connection. Each is one prepared text and one flight, and the
 * server keeps it only if the transaction has written.
 */
final class MessageEmitter {

	private static final String EMIT = """
			SELECT pg_catalog.pg_logical_emit_message(true, '_bemi', CAST(? AS text)), \
			pg_catalog.set_config('bemi.proxy', \
			pg_catalog.concat('on:', pg_catalog.current_setting('application_name')), false) \
			WHERE pg_catalog.pg_current_xact_id_if_assigned() IS NOT NULL""";

	private static final String EMIT_AND_UNFLAG = """
			SELECT pg_catalog.pg_logical_emit_message(true, '_bemi', CAST(? AS text)), \
			pg_catalog.set_config('bemi.proxy', '', false) \
			WHERE pg_catalog.pg_current_xact_id_if_assigned() IS NOT NULL""";

	// Who the database says it is: what the trigger would have said in a session that is
	// not flagged. In ASCII, because the message is in the encoding of the database.
	private static final String SESSION = """
			pg_catalog.json_build_object('db', pg_catalog.json_strip_nulls(pg_catalog.json_build_object(\
			'user', pg_catalog.regexp_replace(CAST(session_user AS text), '[^ -~]', '?', 'g'), \
			'application', pg_catalog.regexp_replace(pg_catalog.current_setting('application_name'), '[^ -~]', '?', 'g'), \
			'address', pg_catalog.host(pg_catalog.inet_client_addr()))))""";

	// Strictly between contexts: what was written without one belongs to none of them.
	private static final String EMIT_NO_CONTEXT = "SELECT pg_catalog.pg_logical_emit_message(true, '_bemi', CAST("
			+ "pg_catalog.json_build_object('_bemi', " + SESSION
			+ ") AS text)) WHERE pg_catalog.pg_current_xact_id_if_assigned() IS NOT NULL";

	private static final String EMIT_SESSION = "SELECT pg_catalog.pg_logical_emit_message(true, '_bemi_session', CAST("
			+ SESSION + """
					 AS text)) WHERE pg_catalog.pg_current_xact_id_if_assigned() IS NOT NULL \
					AND pg_catalog.current_setting('bemi.proxy', true) \
					= pg_catalog.concat('on:', pg_catalog.current_setting('application_name'))""";

	private static final String UNFLAG = "SELECT pg_catalog.set_config('bemi.proxy', '', false)";

	private static final String COMMIT = "; COMMIT";

	private final Connection connection;

	private final ContextMeter meter;

	MessageEmitter(Connection connection, ContextMeter meter) {
		this.connection = connection;
		this.meter = meter;
	}

	/**
	 * Sends the message for what was written up to now.
	 * @return whether the server has kept it
	 */
	boolean emit(Message message) throws SQLException {
		return send(message, message.sql, null);
	}

	/**
	 * Sends the message and COMMIT in one flight.
	 * @return whether the server has kept the message
	 */
	boolean commit(Message message, Consumer<SQLWarning> warnings) throws SQLException {
		return send(message, message.sql + COMMIT, warnings);
	}

	/**
	 * Lets the trigger speak for this session again.
	 */
	void unflag() throws SQLException {
		try (Statement statement = this.connection.createStatement()) {
			statement.execute(UNFLAG);
		}
	}

	private boolean send(Message message, String sql, @Nullable Consumer<SQLWarning> warnings) throws SQLException {
		if (!message.isContext()) {
			return send(sql, null, warnings);
		}
		this.meter.sent();
		boolean kept = send(sql, message.json, warnings);
		if (kept) {
			this.meter.kept();
		}
		return kept;
	}

	private boolean send(String sql, @Nullable String json, @Nullable Consumer<SQLWarning> warnings)
			throws SQLException {
		try (PreparedStatement statement = this.connection.prepareStatement(sql)) {
			// A default fetch size would leave a portal behind in each transaction.
			statement.setFetchSize(0);
			if (json != null) {
				statement.setString(1, json);
			}
			try {
				return execute(statement);
			}
			finally {
				// A trigger that is deferred to COMMIT may warn: with success or failure.
				SQLWarning warning = (warnings != null) ? statement.getWarnings() : null;
				if (warnings != null && warning != null) {
					warnings.accept(warning);
				}
			}
		}
	}

	private static boolean execute(PreparedStatement statement) throws SQLException {
		if (!statement.execute()) {
			return false;
		}
		try (ResultSet rows = statement.getResultSet()) {
			return rows.next();
		}
	}

	/**
	 * A message to send.
	 *
	 * @param sql what emits it
	 * @param json its content where the server does not make it
	 */
	record Message(String sql, @Nullable String json) {

		/**
		 * The application's context.
		 * @param flag whether the trigger is to be silent from now on
		 */
		static Message context(String json, boolean flag) {
			return new Message(flag ? EMIT : EMIT_AND_UNFLAG, json);
		}

		static Message noContext() {
			return new Message(EMIT_NO_CONTEXT, null);
		}

		static Message session() {
			return new Message(EMIT_SESSION, null);
		}

		boolean isContext() {
			return this.json != null;
		}

		boolean flags() {
			return this.sql.equals(EMIT);
		}

	}

}
