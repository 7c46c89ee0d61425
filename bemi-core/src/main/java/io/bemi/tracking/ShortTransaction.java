package io.bemi.tracking;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * A transaction that waits for a lock only briefly and then lets go: while DDL waits for
 * a long transaction everybody else queues behind it.
 */
final class ShortTransaction {

	static final int LOCK_TIMEOUT_MILLIS = 2000;

	private static final int ATTEMPTS = 5;

	private static final long PAUSE_MILLIS = 200;

	private ShortTransaction() {
	}

	/**
	 * Runs the work, and again when a lock was not to be had.
	 */
	static <T> T call(Connection connection, Work<T> work) throws SQLException {
		for (int attempt = 1;; attempt++) {
			try {
				return once(connection, LOCK_TIMEOUT_MILLIS, work);
			}
			catch (SQLException ex) {
				if (attempt == ATTEMPTS || !isLockConflict(ex)) {
					throw ex;
				}
			}
			pause();
		}
	}

	/**
	 * Runs the work once, in a transaction of its own; the autocommit mode is kept.
	 */
	static <T> T once(Connection connection, int lockTimeoutMillis, Work<T> work) throws SQLException {
		boolean autoCommit = connection.getAutoCommit();
		connection.setAutoCommit(false);
		boolean done = false;
		try (Statement statement = connection.createStatement()) {
			statement.execute(
					"SET TRANSACTION ISOLATION LEVEL READ COMMITTED; SET LOCAL lock_timeout = " + lockTimeoutMillis);
			T result = work.apply(connection);
			connection.commit();
			done = true;
			return result;
		}
		finally {
			if (!connection.isClosed()) {
				if (!done) {
					connection.rollback();
				}
				connection.setAutoCommit(autoCommit);
			}
		}
	}

	static boolean isLockConflict(SQLException ex) {
		return SqlStates.LOCK_NOT_AVAILABLE.equals(ex.getSQLState())
				|| SqlStates.DEADLOCK_DETECTED.equals(ex.getSQLState());
	}

	private static void pause() throws SQLException {
		try {
			Thread.sleep(PAUSE_MILLIS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new SQLException("Interrupted while waiting for a lock", SqlStates.LOCK_NOT_AVAILABLE, ex);
		}
	}

	/**
	 * What runs in the transaction, perhaps several times.
	 *
	 * @param <T> its result
	 */
	@FunctionalInterface
	interface Work<T> {

		T apply(Connection connection) throws SQLException;

	}

}
