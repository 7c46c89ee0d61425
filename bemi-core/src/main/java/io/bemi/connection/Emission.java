package io.bemi.connection;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientException;
import java.sql.SQLWarning;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

import io.bemi.connection.MessageEmitter.Message;
import io.bemi.connection.Savepoints.Debt;
import io.bemi.context.ContextException;
import io.bemi.context.ContextSnapshot;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;
import org.postgresql.jdbc.PgConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one connection still owes the server: the context of the statements that have run
 * since the last message. It pays with the COMMIT, and earlier only where the context
 * changes in between.
 */
final class Emission {

	private static final Logger logger = LoggerFactory.getLogger(Emission.class);

	private static final String INSUFFICIENT_PRIVILEGE = "42501";

	private static final String GUARD = "bemi_provider";

	private final Connection connection;

	private final Connection proxy;

	private final BaseConnection server;

	private final Emissions shared;

	private final MessageEmitter emitter;

	private final ReentrantLock lock = new ReentrantLock();

	private final Savepoints savepoints = new Savepoints();

	private @Nullable ContextSnapshot pending;

	private boolean emitted;

	private boolean building;

	private boolean guarded;

	Emission(Connection connection, Connection proxy, BaseConnection server, Emissions shared) {
		this.connection = connection;
		this.proxy = proxy;
		this.server = server;
		this.shared = shared;
		this.emitter = new MessageEmitter(connection);
	}

	@Nullable Object execute(Execution execution) throws Throwable {
		this.lock.lock();
		try {
			if (this.building) {
				guard();
				return execution.call().run();
			}
			if (this.server.getTransactionState() == TransactionState.IDLE && this.connection.getAutoCommit()) {
				return executeInAutocommit(execution);
			}
			return executeInTransaction(execution);
		}
		finally {
			this.lock.unlock();
		}
	}

	private @Nullable Object executeInAutocommit(Execution execution) throws Throwable {
		if (!execution.kind().isWrite()) {
			try {
				return execution.call().run();
			}
			finally {
				// It may have been a BEGIN.
				settle(ContextSnapshot.current());
			}
		}
		ContextSnapshot current = ContextSnapshot.current();
		// pgjdbc does not apply setReadOnly in autocommit: such a write succeeds, and
		// would
		// fail in a transaction.
		if (current == ContextSnapshot.NONE || this.shared.autocommit() == Autocommit.OFF
				|| this.connection.isReadOnly()) {
			return runUnwrapped(execution);
		}
		return new AutocommitWrap(this, this.connection, this.server).run(execution, message(current));
	}

	/**
	 * Runs an autocommit write without a context, so the trigger has to speak for it.
	 */
	@Nullable Object runUnwrapped(Execution execution) throws Throwable {
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
		return execution.call().run();
	}

	private @Nullable Object executeInTransaction(Execution execution) throws Throwable {
		ContextSnapshot current = ContextSnapshot.current();
		ContextSnapshot owed = this.pending;
		if (isOpen()) {
			switch (execution.kind()) {
				case COMMIT -> pay((owed != null) ? owed : current, true);
				// The text does not say to which savepoint a later ROLLBACK goes.
				case SAVEPOINT -> pay(owed, false);
				default -> pay((owed != null && !owed.equals(current)) ? owed : null, false);
			}
		}
		try {
			return execution.call().run();
		}
		finally {
			settle(switch (execution.kind()) {
				case COMMIT, SAVEPOINT -> null;
				case ROLLBACK -> restore(this.savepoints.named(execution.sql()));
				default -> current;
			});
		}
	}

	/**
	 * The application is about to use the driver's own connection: what it writes there
	 * (COPY, above all) belongs to the context of this moment.
	 */
	void unwrapped() throws SQLException {
		this.lock.lock();
		try {
			if (this.building || this.server.getTransactionState() == TransactionState.FAILED
					|| (!isOpen() && this.connection.getAutoCommit())) {
				return;
			}
			ContextSnapshot current = ContextSnapshot.current();
			ContextSnapshot owed = this.pending;
			pay((isOpen() && owed != null && !owed.equals(current)) ? owed : null, false);
			this.pending = current;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void settle(@Nullable ContextSnapshot current) {
		TransactionState state = this.server.getTransactionState();
		this.pending = (state == TransactionState.OPEN) ? current : null;
		if (state == TransactionState.IDLE) {
			this.emitted = false;
			this.savepoints.clear();
		}
	}

	private void pay(@Nullable ContextSnapshot owed, boolean last) throws SQLException {
		if (owed == null || this.server.hintReadOnly()) {
			return;
		}
		// Nobody may attribute to an earlier or a later context what was written without.
		Message message = (owed != ContextSnapshot.NONE) ? message(owed)
				: (last && !this.emitted) ? Message.session() : Message.noContext();
		this.emitter.emit(message);
		this.emitted = true;
		this.pending = null;
	}

	void commit() throws SQLException {
		this.lock.lock();
		try {
			sendWithCommit();
			// FAILED: this is the real thing. Otherwise no traffic, but every wrapper in
			// between sees the commit.
			this.connection.commit();
		}
		finally {
			settle(this.building ? this.pending : null);
			this.lock.unlock();
		}
	}

	void setAutoCommit(boolean autoCommit) throws SQLException {
		this.lock.lock();
		try {
			if (autoCommit) {
				sendWithCommit();
			}
			this.connection.setAutoCommit(autoCommit);
		}
		finally {
			settle(this.pending);
			this.lock.unlock();
		}
	}

	private void sendWithCommit() throws SQLException {
		if (this.building || !isOpen() || this.connection.getAutoCommit() || this.server.hintReadOnly()) {
			return;
		}
		ContextSnapshot owed = (this.pending != null) ? this.pending : ContextSnapshot.current();
		Message message;
		if (owed != ContextSnapshot.NONE) {
			message = message(owed);
		}
		else {
			message = this.emitted ? Message.noContext() : Message.session();
		}
		sendWithCommit(message, this::addWarning);
	}

	void sendWithCommit(Message message, Consumer<SQLWarning> warnings) throws SQLException {
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
				logger.warn("The server did not take a context; the transaction commits without.", again);
			}
		}
		finally {
			this.pending = null;
		}
	}

	private void send(Message message, Consumer<SQLWarning> warnings) throws SQLException {
		if (this.emitter.commit(message, warnings) && message.flags()) {
			this.shared.flags().flag(this.server);
		}
	}

	// The state stays OPEN on a dead connection, hence the first question.
	private void rethrowUnlessOpen(SQLException ex) throws SQLException {
		if (this.server.isClosed() || !isOpen()) {
			if (INSUFFICIENT_PRIVILEGE.equals(ex.getSQLState())) {
				this.shared.check().refused();
			}
			throw ex;
		}
	}

	private void addWarning(SQLWarning warning) {
		if (this.server instanceof PgConnection connection) {
			connection.addWarning(warning);
		}
	}

	void rollback() throws SQLException {
		this.lock.lock();
		try {
			this.connection.rollback();
		}
		finally {
			settle(null);
			this.lock.unlock();
		}
	}

	Savepoint setSavepoint(JdbcCall call) throws Throwable {
		this.lock.lock();
		try {
			if (!isOpen()) {
				// The application has unwrapped the connection, but not used it.
				this.pending = null;
			}
			Savepoint savepoint = (Savepoint) Objects.requireNonNull(call.run());
			this.savepoints.add(savepoint, new Debt(this.pending, this.emitted));
			return savepoint;
		}
		finally {
			this.lock.unlock();
		}
	}

	void forget(Savepoint savepoint) {
		this.savepoints.remove(savepoint);
	}

	void rollback(@Nullable Savepoint savepoint) throws SQLException {
		this.lock.lock();
		try {
			this.connection.rollback(savepoint);
			Debt debt = this.savepoints.get(savepoint);
			if (debt != null) {
				this.pending = restore(debt);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private @Nullable ContextSnapshot restore(@Nullable Debt debt) {
		if (debt == null) {
			return null;
		}
		this.emitted = debt.emitted();
		return debt.pending();
	}

	private Message message(ContextSnapshot context) throws SQLException {
		Emission outer = this.shared.lender().get();
		this.shared.lender().set(this);
		this.building = true;
		try {
			return Message.context(this.shared.writer().write(context));
		}
		catch (ContextException ex) {
			if (isOpen() && !this.connection.getAutoCommit()) {
				this.connection.rollback();
			}
			throw new SQLNonTransientException(ex.getMessage(), ex);
		}
		finally {
			this.building = false;
			if (outer != null) {
				this.shared.lender().set(outer);
			}
			else {
				this.shared.lender().remove();
			}
			releaseGuard();
		}
	}

	// A provider's query must not take the business transaction with it when it fails.
	private void guard() throws SQLException {
		if (!this.guarded && isOpen()) {
			executeQuietly("SAVEPOINT " + GUARD);
			this.guarded = true;
		}
	}

	private void releaseGuard() {
		if (!this.guarded) {
			return;
		}
		this.guarded = false;
		try {
			if (this.server.getTransactionState() == TransactionState.FAILED) {
				executeQuietly("ROLLBACK TO SAVEPOINT " + GUARD);
			}
			if (isOpen()) {
				executeQuietly("RELEASE SAVEPOINT " + GUARD);
			}
		}
		catch (SQLException ex) {
			logger.debug("Could not return to the state before a provider's query", ex);
		}
	}

	private void executeQuietly(String sql) throws SQLException {
		try (Statement statement = this.connection.createStatement()) {
			statement.execute(sql);
		}
	}

	boolean isOpen() {
		return this.server.getTransactionState() == TransactionState.OPEN;
	}

	/**
	 * A connection for the provider that runs on behalf of this one: the pool may have no
	 * other.
	 */
	Connection lend() {
		return LentConnection.of(this.proxy);
	}

}
