package io.bemi.connection;

import java.lang.reflect.Array;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Set;

import io.bemi.connection.MessageEmitter.Message;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;
import org.postgresql.jdbc.PgStatement;

/**
 * Runs an autocommit write in a transaction of its own, so that its context can travel
 * with the COMMIT, and makes it look as if there had been none.
 */
final class AutocommitWrap {

	private static final String ACTIVE_TRANSACTION = "25001";

	// VACUUM and the like; a procedure that commits.
	private static final Set<String> NOT_IN_TRANSACTION = Set.of(ACTIVE_TRANSACTION, "2D000");

	// A statement that the driver heals by itself, but only outside of a transaction;
	// under autosave=conservative it hides that one behind the failed transaction.
	private static final Set<String> STALE_STATEMENT = Set.of("26000", "0A000", "25P02");

	private final CommitFlight flight;

	private final Connection connection;

	private final BaseConnection server;

	private volatile @Nullable Statement running;

	AutocommitWrap(CommitFlight flight, Connection connection, BaseConnection server) {
		this.flight = flight;
		this.connection = connection;
		this.server = server;
	}

	/**
	 * Runs it with a context.
	 */
	@Nullable Object run(Execution execution, Message message) throws Throwable {
		this.running = execution.statement();
		try {
			return attempt(execution, message, execution.repeatable());
		}
		catch (SQLException ex) {
			if (!execution.repeatable() || this.server.isClosed() || ex.getSQLState() == null) {
				throw ex;
			}
			if (NOT_IN_TRANSACTION.contains(ex.getSQLState())) {
				return runUnwrapped(execution);
			}
			if (STALE_STATEMENT.contains(ex.getSQLState())) {
				return attempt(execution, message, false);
			}
			throw ex;
		}
		finally {
			this.running = null;
		}
	}

	/**
	 * Runs it without a context, so the trigger has to speak for it.
	 */
	@Nullable Object runUnwrapped(Execution execution) throws Throwable {
		this.flight.unflag();
		return execution.call().run();
	}

	/**
	 * Somebody cancels a statement, on another thread: its commit is part of it.
	 */
	void cancel(Statement statement) throws SQLException {
		if (this.running == statement) {
			this.flight.cancel();
		}
	}

	private @Nullable Object attempt(Execution execution, Message message, boolean again) throws Throwable {
		Statement statement = execution.statement();
		int fetchSize = statement.getFetchSize();
		if (fetchSize != 0) {
			// A portal dies with its transaction: all rows have to come at once.
			statement.setFetchSize(0);
		}
		this.connection.setAutoCommit(false);
		try {
			Object result = execution.call().run();
			if (again && execution.cursor().getAsBoolean()) {
				// It would not be there any more.
				throw new SQLException("A cursor needs a transaction", ACTIVE_TRANSACTION);
			}
			commit(statement, message, result);
			return result;
		}
		catch (Throwable ex) {
			afterFailure(statement, message, ex, again);
			throw ex;
		}
		finally {
			restore(statement, fetchSize);
		}
	}

	private void commit(Statement statement, Message message, @Nullable Object result) throws SQLException {
		try {
			commit(statement, message);
		}
		catch (SQLException ex) {
			throw (result instanceof int[] || result instanceof long[]) ? failedBatch(Array.getLength(result), ex) : ex;
		}
	}

	// As the driver reports a constraint that is deferred to the end of the batch.
	private static BatchUpdateException failedBatch(int entries, SQLException cause) {
		int[] counts = new int[entries];
		Arrays.fill(counts, Statement.EXECUTE_FAILED);
		BatchUpdateException failure = new BatchUpdateException(
				"Batch entry " + entries + " <unknown> was aborted: " + cause.getMessage()
						+ "  Call getNextException to see other errors in the batch.",
				cause.getSQLState(), cause.getErrorCode(), counts, cause);
		failure.setNextException(cause);
		return failure;
	}

	private void commit(Statement statement, Message message) throws SQLException {
		if (isOpen()) {
			this.flight.commit(message, (warning) -> addWarning(statement, warning),
					statement.isClosed() ? 0 : statement.getQueryTimeout());
		}
		this.connection.commit();
	}

	private void afterFailure(Statement statement, Message message, Throwable failure, boolean again) {
		if (this.server.getTransactionState() == TransactionState.IDLE) {
			return;
		}
		try {
			if (this.server.isClosed()) {
				return;
			}
			if (isOpen() && !(again && isRepeated(failure))) {
				// The driver complains ("A result was returned"), the server does not:
				// without the transaction the row would be there.
				commit(statement, message);
			}
			else {
				this.connection.rollback();
			}
		}
		catch (SQLException ex) {
			failure.addSuppressed(ex);
		}
	}

	private static boolean isRepeated(Throwable failure) {
		return failure instanceof SQLException ex && ex.getSQLState() != null
				&& (STALE_STATEMENT.contains(ex.getSQLState()) || NOT_IN_TRANSACTION.contains(ex.getSQLState()));
	}

	private void restore(Statement statement, int fetchSize) throws SQLException {
		if (this.server.isClosed()) {
			return;
		}
		if (this.server.getTransactionState() != TransactionState.IDLE) {
			this.connection.rollback();
		}
		this.connection.setAutoCommit(true);
		if (fetchSize != 0 && !statement.isClosed()) {
			statement.setFetchSize(fetchSize);
		}
	}

	private static void addWarning(Statement statement, SQLWarning warning) {
		try {
			statement.unwrap(PgStatement.class).addWarning(warning);
		}
		catch (SQLException ex) {
			// The statement is closed, so nobody can ask for its warnings.
		}
	}

	private boolean isOpen() {
		return this.server.getTransactionState() == TransactionState.OPEN;
	}

}
