package io.bemi.connection;

import java.sql.SQLException;
import java.sql.SQLWarning;
import java.util.function.Consumer;

import io.bemi.connection.MessageEmitter.Message;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;
import org.postgresql.jdbc.PgConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends a message and COMMIT together, and sees to it that only what would have failed
 * anyway fails. Knows the session's flag.
 */
final class CommitFlight {

	private static final Logger logger = LoggerFactory.getLogger(CommitFlight.class);

	private static final String INSUFFICIENT_PRIVILEGE = "42501";

	private final BaseConnection server;

	private final Emissions shared;

	private final MessageEmitter emitter;

	CommitFlight(BaseConnection server, Emissions shared, MessageEmitter emitter) {
		this.server = server;
		this.shared = shared;
		this.emitter = emitter;
	}

	/**
	 * Commits; the warnings of the commit become the connection's.
	 */
	void commit(Message message) throws SQLException {
		commit(message, (warning) -> {
			if (this.server instanceof PgConnection connection) {
				connection.addWarning(warning);
			}
		});
	}

	/**
	 * Commits.
	 * @param message what to send along
	 * @param warnings takes the warnings of the commit
	 */
	void commit(Message message, Consumer<SQLWarning> warnings) throws SQLException {
		try {
			send(message, warnings);
		}
		catch (SQLException ex) {
			rethrowUnlessOpen(ex);
			try {
				// The driver prepares it anew.
				send(message, warnings);
			}
			catch (SQLException again) {
				rethrowUnlessOpen(again);
				this.shared.writer().meter().failed();
				logger.warn("The server did not take a context; the transaction commits without.", again);
			}
		}
	}

	private void send(Message message, Consumer<SQLWarning> warnings) throws SQLException {
		if (this.emitter.commit(message, warnings) && message.isContext()) {
			if (message.flags()) {
				this.shared.flags().flag(this.server);
			}
			else {
				this.shared.flags().unflag(this.server);
			}
		}
	}

	// The state stays OPEN on a dead connection, hence the first question.
	private void rethrowUnlessOpen(SQLException ex) throws SQLException {
		if (this.server.isClosed() || this.server.getTransactionState() != TransactionState.OPEN) {
			if (isRefusal(ex)) {
				this.shared.writer().meter().failed();
				this.shared.check().refused(this.server);
			}
			throw ex;
		}
	}

	/**
	 * Whether the server may have failed the commit because of the message.
	 */
	static boolean isRefusal(SQLException ex) {
		return INSUFFICIENT_PRIVILEGE.equals(ex.getSQLState());
	}

	/**
	 * Lets the trigger speak for this session again, if it was told to be silent.
	 */
	void unflag() {
		if (this.shared.flags().isFlagged(this.server)) {
			try {
				this.emitter.unflag();
				this.shared.flags().unflag(this.server);
			}
			catch (SQLException ex) {
				// The application's own statement is about to meet the same.
				logger.debug("Could not unflag a session", ex);
			}
		}
	}

}
