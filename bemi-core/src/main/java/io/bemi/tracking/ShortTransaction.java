package io.bemi.tracking;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * A transaction that waits at most two seconds for a lock and then tries again: while DDL
 * waits for a long transaction everybody else queues behind it, so it must let go.
 */
final class ShortTransaction {

	private static final int ATTEMPTS = 5;

	private static final long PAUSE_MILLIS = 200;

	private ShortTransaction() {
	}

	static <T> T call(Connection connection, Work<T> work) throws SQLException {
		boolean autoCommit = connection.getAutoCommit();
		connection.setAutoCommit(false);
		try {
			for (int attempt = 1;; attempt++) {
				try {
					return once(connection, work);
				}
				catch (SQLException ex) {
					if (attempt == ATTEMPTS || !isLockConflict(ex)) {
						throw ex;
					}
				}
				pause();
			}
		}
		finally {
			if (!connection.isClosed()) {
				connection.setAutoCommit(autoCommit);
			}
		}
	}

	private static <T> T once(Connection connection, Work<T> work) throws SQLException {
		boolean done = false;
		try (Statement statement = connection.createStatement()) {
			statement.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED; SET LOCAL lock_timeout = '2s'");
			T result = work.apply(connection);
			connection.commit();
			done = true;
			return result;
		}
		finally {
			if (!done && !connection.isClosed()) {
				connection.rollback();
			}
		}
	}

	private static boolean isLockConflict(SQLException ex) {
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
