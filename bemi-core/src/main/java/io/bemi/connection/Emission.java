package io.bemi.connection;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;

import io.bemi.connection.MessageEmitter.Message;
import io.bemi.context.ContextException;
import io.bemi.context.ContextSnapshot;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;

/**
 * What one connection still owes the server: the context of the statements that have run
 * since the last message. It pays with the COMMIT, and earlier only where the context
 * changes in between.
 */
final class Emission {

	private final Connection connection;

	private final BaseConnection server;

	private final Emissions shared;

	private final CommitFlight flight;

	private final AutocommitWrap wrap;

	private final ProviderGuard guard;

	private final Lender lender;

	private final ReentrantLock lock = new ReentrantLock();

	private final Debts debt = new Debts();

	Emission(Connection connection, Connection proxy, BaseConnection server, Emissions shared) {
		this.connection = connection;
		this.server = server;
		this.shared = shared;
		this.flight = new CommitFlight(connection, server, shared);
		this.wrap = new AutocommitWrap(this.flight, connection, server);
		this.guard = new ProviderGuard(connection, server);
		this.lender = new Lender(proxy, server, shared, this.guard);
	}

	@Nullable Object execute(Execution execution) throws Throwable {
		this.lock.lock();
		try {
			if (execution.statement().isClosed()) {
				// With its pooled connection, perhaps, which somebody else has by now.
				return execution.call().run();
			}
			if (ContextSnapshot.isSuspended()) {
				return this.guard.run(execution.call());
			}
			ReadScope.refuseOthers();
			this.guard.release();
			TransactionState state = this.server.getTransactionState();
			return (state == TransactionState.IDLE && this.connection.getAutoCommit()) ? executeInAutocommit(execution)
					: executeInTransaction(execution, state);
		}
		finally {
			this.lock.unlock();
		}
	}

	private boolean isAutocommit() throws SQLException {
		return this.server.getTransactionState() == TransactionState.IDLE && this.connection.getAutoCommit();
	}

	private @Nullable Object executeInAutocommit(Execution execution) throws Throwable {
		ContextSnapshot current = ContextSnapshot.current();
		if (!execution.kind().isWrite()) {
			try {
				return (execution.kind() == StatementKind.MIXED) ? this.wrap.runUnwrapped(execution)
						: execution.call().run();
			}
			finally {
				// It may have been a BEGIN.
				settle(current);
			}
		}
		// pgjdbc does not apply setReadOnly in autocommit: such a write succeeds, and
		// would fail in a transaction.
		if (current == ContextSnapshot.NONE || this.shared.autocommit() == Autocommit.OFF
				|| (execution.kind() == StatementKind.PROCEDURE && !execution.repeatable())
				|| !this.shared.check().permits(this.server) || this.connection.isReadOnly()) {
			return this.wrap.runUnwrapped(execution);
		}
		return this.wrap.run(execution, message(current));
	}

	/**
	 * Somebody cancels a statement, on another thread.
	 */
	void cancel(Statement statement) throws SQLException {
		this.wrap.cancel(statement);
	}

	/**
	 * The application has got hold of a connection behind the proxy. What it writes there
	 * in a transaction (COPY, above all) belongs to the context of this moment; outside
	 * of one the trigger has to speak from now on.
	 */
	void bypass() throws SQLException {
		this.lender.bypass();
		if (!this.lock.tryLock()) {
			// A statement runs on another thread; this one may be about to cancel it.
			return;
		}
		try {
			if (this.server.isClosed() || ContextSnapshot.isSuspended()
					|| this.server.getTransactionState() == TransactionState.FAILED) {
				return;
			}
			if (isAutocommit()) {
				this.flight.unflag();
				return;
			}
			this.guard.release();
			ContextSnapshot current = ContextSnapshot.current();
			ContextSnapshot owed = this.debt.pending();
			pay((isOpen() && owed != null && !owed.equals(current)) ? owed : null, false);
			this.debt.owe(current);
		}
		finally {
			this.lock.unlock();
		}
	}

	private @Nullable Object executeInTransaction(Execution execution, TransactionState state) throws Throwable {
		ContextSnapshot current = ContextSnapshot.current();
		if (state == TransactionState.IDLE) {
			// Somebody may have ended the last transaction past the proxy.
			settle(null);
		}
		ContextSnapshot owed = this.debt.pending();
		if (state == TransactionState.OPEN) {
			switch (execution.kind()) {
				case COMMIT, MIXED -> pay(owed(), true);
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
				case ROLLBACK -> this.debt.restore(execution.sql());
				default -> current;
			});
		}
	}

	private void settle(@Nullable ContextSnapshot current) {
		TransactionState state = this.server.getTransactionState();
		if (state == TransactionState.IDLE) {
			this.debt.clear();
			this.guard.forget();
			this.lender.unused();
		}
		else {
			this.lender.used();
			this.debt.owe((state == TransactionState.OPEN) ? current : null);
		}
	}

	private void pay(@Nullable ContextSnapshot owed, boolean last) throws SQLException {
		pay(owed, last, this.flight);
	}

	private void pay(@Nullable ContextSnapshot owed, boolean last, CommitFlight over) throws SQLException {
		if (owed == null || this.server.hintReadOnly() || !this.shared.check().permits(this.server)) {
			return;
		}
		over.emit(message(owed, last));
		this.debt.paid();
	}

	// Nobody may attribute to an earlier or a later context what was written without.
	private Message message(ContextSnapshot owed, boolean last) throws SQLException {
		if (owed != ContextSnapshot.NONE) {
			return message(owed);
		}
		return (last && !this.debt.emitted()) ? Message.session() : Message.noContext();
	}

	/**
	 * Pays before somebody else goes on with the transaction, over the driver's own
	 * connection, because the application may have closed this one.
	 * @param last whether that will be a commit
	 */
	void handOver(boolean last) throws SQLException {
		this.lock.lock();
		try {
			if (isOpen() && (last || this.debt.pending() != null)) {
				pay(owed(), last, new CommitFlight(this.server, this.server, this.shared));
			}
		}
		finally {
			this.debt.owe(null);
			this.lock.unlock();
		}
	}

	void commit() throws SQLException {
		this.lock.lock();
		try {
			if (!ContextSnapshot.isSuspended()) {
				sendWithCommit();
			}
			// FAILED: this is the real thing. Otherwise no traffic, but every wrapper in
			// between sees the commit.
			this.connection.commit();
		}
		finally {
			// It may have been refused.
			settle(this.debt.pending());
			this.lock.unlock();
		}
	}

	void setAutoCommit(boolean autoCommit) throws SQLException {
		this.lock.lock();
		try {
			if (autoCommit && !ContextSnapshot.isSuspended()) {
				sendWithCommit();
			}
			this.connection.setAutoCommit(autoCommit);
		}
		finally {
			settle(this.debt.pending());
			this.lock.unlock();
		}
	}

	private void sendWithCommit() throws SQLException {
		this.guard.release();
		if (!isOpen() || this.connection.getAutoCommit() || this.server.hintReadOnly()
				|| !this.shared.check().permits(this.server)) {
			return;
		}
		if (this.shared.distributed()) {
			// Within a branch the driver refuses a commit, but not the text of one.
			pay(owed(), true);
			return;
		}
		Message message = message(owed(), true);
		try {
			this.flight.commit(message);
		}
		finally {
			this.debt.owe(null);
		}
	}

	private ContextSnapshot owed() {
		ContextSnapshot pending = this.debt.pending();
		return (pending != null) ? pending : ContextSnapshot.current();
	}

	void rollback() throws SQLException {
		this.lock.lock();
		try {
			this.connection.rollback();
		}
		finally {
			settle(this.debt.pending());
			this.lock.unlock();
		}
	}

	Savepoint setSavepoint(JdbcCall call) throws Throwable {
		this.lock.lock();
		try {
			// Its release would take along all that come after it.
			this.guard.release();
			if (!isOpen()) {
				// The application has unwrapped the connection, but not used it.
				this.debt.owe(null);
			}
			Savepoint savepoint = (Savepoint) Objects.requireNonNull(call.run());
			this.debt.remember(savepoint);
			return savepoint;
		}
		finally {
			this.lock.unlock();
		}
	}

	void releaseSavepoint(@Nullable Savepoint savepoint) throws SQLException {
		this.lock.lock();
		try {
			this.guard.release();
			this.connection.releaseSavepoint(savepoint);
			this.debt.forget(savepoint);
		}
		finally {
			this.lock.unlock();
		}
	}

	void rollback(@Nullable Savepoint savepoint) throws SQLException {
		this.lock.lock();
		try {
			this.guard.release();
			this.connection.rollback(savepoint);
			this.debt.restore(savepoint);
		}
		finally {
			this.lock.unlock();
		}
	}

	private Message message(ContextSnapshot context) throws SQLException {
		try {
			return Message.context(this.lender.write(context), !this.lender.isBypassed());
		}
		catch (ContextException ex) {
			if (isOpen() && !this.connection.getAutoCommit()) {
				this.connection.rollback();
			}
			throw new SQLNonTransientException(ex.getMessage(), ex);
		}
	}

	private boolean isOpen() {
		return this.server.getTransactionState() == TransactionState.OPEN;
	}

}
