package io.bemi.connection;

import java.sql.Connection;
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
 * Sends messages, above all together with COMMIT, and sees to it that only what would
 * have failed anyway fails. Knows the session's flag.
 */
final class CommitFlight {

	private static final Logger logger = LoggerFactory.getLogger(CommitFlight.class);

	private static final String INSUFFICIENT_PRIVILEGE = "42501";

	private final BaseConnection server;

	private final Emissions shared;

	private final Session session;

	private final MessageEmitter emitter;

	/**
	 * Creates one.
	 * @param connection what to send over
	 * @param server the driver's connection behind it
	 * @param shared what the connections of the data source share
	 */
	CommitFlight(Connection connection, BaseConnection server, Emissions shared) {
		this.server = server;
		this.shared = shared;
		this.session = shared.sessions().of(server);
		this.emitter = new MessageEmitter(connection, server, this.session, shared.writer().meter());
	}

	/**
	 * Sends a message before the transaction goes on.
	 */
	void emit(Message message) throws SQLException {
		send(() -> {
			this.emitter.emit(message);
			return false;
		});
	}

	/**
	 * Commits; the warnings of the commit become the connection's.
	 */
	void commit(Message message) throws SQLException {
		commit(message, (warning) -> {
			if (this.server instanceof PgConnection connection) {
				connection.addWarning(warning);
			}
		}, 0);
	}

	/**
	 * Commits, unless the server does not take the message: then the transaction is open
	 * still, and without it.
	 * @param message what to send along
	 * @param warnings takes the warnings of the commit
	 * @param timeout how many seconds it may take, 0 for any time
	 */
	void commit(Message message, Consumer<SQLWarning> warnings, int timeout) throws SQLException {
		if (send(() -> this.emitter.commit(message, warnings, timeout)) && message.isContext()) {
			this.session.flag(message.flags());
		}
	}

	/**
	 * Cancels the commit that is running, on another thread.
	 */
	void cancel() throws SQLException {
		this.emitter.cancel();
	}

	private boolean send(Flight flight) throws SQLException {
		try {
			return flight.send();
		}
		catch (SQLException ex) {
			if (!survives(ex)) {
				throw ex;
			}
			if (isRefusal(ex)) {
				refused(ex);
				return false;
			}
		}
		try {
			// The driver prepares it anew.
			return flight.send();
		}
		catch (SQLException ex) {
			if (!survives(ex)) {
				throw ex;
			}
			refused(ex);
			return false;
		}
	}

	/**
	 * Whether the transaction can go on. Where it has failed with the message, it is made
	 * what it was before.
	 */
	private boolean survives(SQLException ex) throws SQLException {
		// The state stays OPEN on a dead connection, hence the first question.
		if (this.server.isClosed()) {
			return false;
		}
		if (this.server.getTransactionState() == TransactionState.FAILED) {
			try {
				this.emitter.takeBack();
				this.session.flag(false);
			}
			catch (SQLException again) {
				// It had failed before the message came to its turn.
				ex.addSuppressed(again);
			}
		}
		return this.server.getTransactionState() == TransactionState.OPEN;
	}

	private void refused(SQLException ex) {
		this.shared.writer().meter().failed();
		if (isRefusal(ex)) {
			this.shared.check().refused(this.server);
		}
		else {
			logger.warn("The server did not take a context; the transaction goes on without.", ex);
		}
	}

	private static boolean isRefusal(SQLException ex) {
		return INSUFFICIENT_PRIVILEGE.equals(ex.getSQLState());
	}

	/**
	 * Lets the trigger speak for this session again, if it was told to be silent.
	 */
	void unflag() {
		if (this.session.isFlagged()) {
			try {
				this.emitter.unflag();
				this.session.flag(false);
			}
			catch (SQLException ex) {
				// The application's own statement is about to meet the same.
				logger.debug("Could not unflag a session", ex);
			}
		}
	}

	/**
	 * Sends something.
	 */
	private interface Flight {

		boolean send() throws SQLException;

	}

}
