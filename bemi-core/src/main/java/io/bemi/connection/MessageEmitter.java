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
import org.postgresql.core.BaseConnection;
import org.postgresql.jdbc.AutoSave;
import org.postgresql.jdbc.PreferQueryMode;

/**
 * Sends the messages of one connection. Each is one text and one flight, and the server
 * keeps it only if the transaction has written.
 */
final class MessageEmitter {

	private static final String SAVEPOINT = "SAVEPOINT bemi_message; ";

	private static final String RELEASE = "; RELEASE SAVEPOINT bemi_message";

	// The driver sets no savepoint of its own before a text that begins with one.
	private static final String NOTHING = "SELECT WHERE false; ";

	private static final String TAKE_BACK = """
			ROLLBACK TO SAVEPOINT bemi_message; \
			RELEASE SAVEPOINT bemi_message; \
			SELECT pg_catalog.set_config('bemi.proxy', '', false)""";

	private static final String EMIT = """
			SELECT pg_catalog.pg_logical_emit_message(true, '_bemi', CAST(? AS pg_catalog.text)), \
			pg_catalog.set_config('bemi.proxy', \
			pg_catalog.concat('on:', pg_catalog.current_setting('application_name')), false) \
			WHERE pg_catalog.pg_current_xact_id_if_assigned() IS NOT NULL""";

	private static final String EMIT_AND_UNFLAG = """
			SELECT pg_catalog.pg_logical_emit_message(true, '_bemi', CAST(? AS pg_catalog.text)), \
			pg_catalog.set_config('bemi.proxy', '', false) \
			WHERE pg_catalog.pg_current_xact_id_if_assigned() IS NOT NULL""";

	// Who the database says it is: what the trigger would have said in a session that is
	// not flagged. In ASCII, because the message is in the encoding of the database.
	private static final String SESSION = """
			pg_catalog.json_build_object('db', pg_catalog.json_strip_nulls(pg_catalog.json_build_object(\
			'user', pg_catalog.regexp_replace(CAST(session_user AS pg_catalog.text), '[^ -~]', '?', 'g'), \
			'application', pg_catalog.regexp_replace(pg_catalog.current_setting('application_name'), '[^ -~]', '?', 'g'), \
			'address', pg_catalog.host(pg_catalog.inet_client_addr()))))""";

	// Strictly between contexts: what was written without one belongs to none of them.
	private static final String EMIT_NO_CONTEXT = "SELECT pg_catalog.pg_logical_emit_message(true, '_bemi', CAST("
			+ "pg_catalog.json_build_object('_bemi', " + SESSION
			+ ") AS pg_catalog.text)) WHERE pg_catalog.pg_current_xact_id_if_assigned() IS NOT NULL";

	private static final String EMIT_SESSION = "SELECT pg_catalog.pg_logical_emit_message(true, '_bemi_session', CAST("
			+ SESSION + """
					 AS pg_catalog.text)) WHERE pg_catalog.pg_current_xact_id_if_assigned() IS NOT NULL \
					AND pg_catalog.current_setting('bemi.proxy', true) \
					= pg_catalog.concat('on:', pg_catalog.current_setting('application_name'))""";

	private static final String UNFLAG = "SELECT pg_catalog.set_config('bemi.proxy', '', false)";

	private static final String COMMIT = "; COMMIT";

	private final Connection connection;

	private final BaseConnection server;

	private final Session session;

	private final ContextMeter meter;

	private volatile @Nullable Statement committing;

	/**
	 * Creates one.
	 * @param connection what to send over
	 * @param server the driver's connection behind it
	 * @param session what is known of its session
	 * @param meter what counts
	 */
	MessageEmitter(Connection connection, BaseConnection server, Session session, ContextMeter meter) {
		this.connection = connection;
		this.server = server;
		this.session = session;
		this.meter = meter;
	}

	/**
	 * Sends the message for what was written up to now.
	 * @return whether the server has kept it
	 */
	boolean emit(Message message) throws SQLException {
		return send(message,
				this.session.isPrepared(message.content) ? message.content.emit : message.content.emitWithin, null, 0);
	}

	/**
	 * Sends the message and COMMIT in one flight.
	 * @param warnings takes the warnings of the commit
	 * @param timeout how many seconds it may take, 0 for any time
	 * @return whether the server has kept the message
	 */
	boolean commit(Message message, Consumer<SQLWarning> warnings, int timeout) throws SQLException {
		return send(message,
				this.session.isPrepared(message.content) ? message.content.commit : message.content.commitWithin,
				warnings, timeout);
	}

	/**
	 * Cancels the COMMIT that is running, on another thread.
	 */
	void cancel() throws SQLException {
		Statement statement = this.committing;
		if (statement != null) {
			statement.cancel();
		}
	}

	/**
	 * Makes the transaction what it was before a message that the server has refused, and
	 * lets the trigger speak for this session again.
	 */
	void takeBack() throws SQLException {
		execute(TAKE_BACK);
	}

	/**
	 * Lets the trigger speak for this session again.
	 */
	void unflag() throws SQLException {
		execute(UNFLAG);
	}

	private void execute(String sql) throws SQLException {
		try (Statement statement = this.connection.createStatement()) {
			statement.execute(sql);
		}
	}

	private boolean send(Message message, String sql, @Nullable Consumer<SQLWarning> warnings, int timeout)
			throws SQLException {
		if (message.isContext()) {
			this.meter.sent();
		}
		String text = (this.server.getAutosave() != AutoSave.NEVER) ? NOTHING + sql : sql;
		boolean kept = (this.server.getPreferQueryMode() == PreferQueryMode.SIMPLE)
				? sendText(text, message.json, warnings, timeout) : sendPrepared(text, message.json, warnings, timeout);
		this.session.sent(message.content);
		if (kept && message.isContext()) {
			this.meter.kept();
		}
		return kept;
	}

	private boolean sendPrepared(String sql, @Nullable String json, @Nullable Consumer<SQLWarning> warnings,
			int timeout) throws SQLException {
		try (PreparedStatement statement = this.connection.prepareStatement(sql)) {
			if (json != null) {
				statement.setString(1, json);
			}
			return run(statement, warnings, timeout, statement::execute);
		}
	}

	// A prepared text would be a query for each of its statements here, and the server
	// would go on to COMMIT when one of them fails. The driver quotes the value, as
	// it does itself in this mode.
	private boolean sendText(String sql, @Nullable String json, @Nullable Consumer<SQLWarning> warnings, int timeout)
			throws SQLException {
		try (Statement statement = this.connection.createStatement()) {
			statement.setEscapeProcessing(false);
			String text = (json != null) ? sql.replace("?", "'" + this.server.escapeString(json) + "'") : sql;
			return run(statement, warnings, timeout, () -> statement.execute(text));
		}
	}

	private boolean run(Statement statement, @Nullable Consumer<SQLWarning> warnings, int timeout, Sending sending)
			throws SQLException {
		// A default fetch size would leave a portal behind in each transaction.
		statement.setFetchSize(0);
		if (timeout != 0) {
			statement.setQueryTimeout(timeout);
		}
		this.committing = (warnings != null) ? statement : null;
		try {
			return isKept(statement, sending.execute());
		}
		finally {
			this.committing = null;
			// A trigger that is deferred to COMMIT may warn: with success or failure.
			SQLWarning warning = (warnings != null) ? statement.getWarnings() : null;
			if (warnings != null && warning != null) {
				warnings.accept(warning);
			}
		}
	}

	// The guard's SELECT has no row, the message's has one if it was kept.
	private static boolean isKept(Statement statement, boolean first) throws SQLException {
		boolean kept = false;
		boolean rows = first;
		while (rows || statement.getUpdateCount() != -1) {
			if (rows) {
				try (ResultSet row = statement.getResultSet()) {
					kept |= row.next();
				}
			}
			rows = statement.getMoreResults();
		}
		return kept;
	}

	private interface Sending {

		boolean execute() throws SQLException;

	}

	/**
	 * What a message says. The server may refuse it, because somebody has revoked the
	 * privilege, and must not fail the transaction then (docs/decisions/0005).
	 */
	enum Content {

		CONTEXT(EMIT), CONTEXT_WITHOUT_FLAG(EMIT_AND_UNFLAG), NO_CONTEXT(EMIT_NO_CONTEXT), SESSION(EMIT_SESSION);

		// Within a savepoint: certain, but it costs an id of the transaction more.
		private final String emitWithin;

		private final String commitWithin;

		// After a savepoint with the same call that is not made: the server checks the
		// privilege for it, too.
		private final String emit;

		private final String commit;

		Content(String sql) {
			this.emitWithin = SAVEPOINT + sql + RELEASE;
			this.commitWithin = SAVEPOINT + sql + COMMIT;
			// The driver sends a varchar. A condition that the planner sees through would
			// spare it the look-ups, and each is a chance to hear of a REVOKE in between.
			this.emit = SAVEPOINT + sql.replace("CAST(?", "CAST(CAST('' AS varchar)")
					+ " AND pg_catalog.pg_current_xact_id_if_assigned() IS NULL" + RELEASE + "; " + sql;
			this.commit = this.emit + COMMIT;
		}

	}

	/**
	 * A message to send.
	 *
	 * @param content what it says
	 * @param json its text where the server does not make it
	 */
	record Message(Content content, @Nullable String json) {

		/**
		 * The application's context.
		 * @param flag whether the trigger is to be silent from now on
		 */
		static Message context(String json, boolean flag) {
			return new Message(flag ? Content.CONTEXT : Content.CONTEXT_WITHOUT_FLAG, json);
		}

		static Message noContext() {
			return new Message(Content.NO_CONTEXT, null);
		}

		static Message session() {
			return new Message(Content.SESSION, null);
		}

		boolean isContext() {
			return this.json != null;
		}

		boolean flags() {
			return this.content == Content.CONTEXT;
		}

	}

}
