package io.bemi.connection;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what a provider does on a connection apart from the business transaction that is
 * open on it: a query that fails must not take the transaction with it.
 */
final class ProviderGuard {

	private static final Logger logger = LoggerFactory.getLogger(ProviderGuard.class);

	private static final String NAME = "bemi_provider";

	private final Connection connection;

	private final BaseConnection server;

	private boolean set;

	ProviderGuard(Connection connection, BaseConnection server) {
		this.connection = connection;
		this.server = server;
	}

	/**
	 * Makes a call of the provider. After one that fails the transaction is as it was
	 * before the provider's first.
	 */
	@Nullable Object run(JdbcCall call) throws Throwable {
		TransactionState state = this.server.getTransactionState();
		// With autocommit off the provider's first query begins the business transaction.
		if (!this.set && (state == TransactionState.OPEN
				|| (state == TransactionState.IDLE && !this.connection.getAutoCommit()))) {
			execute("SAVEPOINT " + NAME);
			this.set = true;
		}
		try {
			return call.run();
		}
		finally {
			if (this.set && this.server.getTransactionState() == TransactionState.FAILED) {
				rollback();
			}
		}
	}

	/**
	 * Takes back what the provider has done up to now.
	 */
	void rollback() throws SQLException {
		if (this.set && this.server.getTransactionState() != TransactionState.IDLE) {
			execute("ROLLBACK TO SAVEPOINT " + NAME);
		}
	}

	/**
	 * Lets the transaction go on, with what the provider has done.
	 */
	void release() {
		if (!this.set) {
			return;
		}
		this.set = false;
		try {
			if (this.server.getTransactionState() == TransactionState.OPEN) {
				execute("RELEASE SAVEPOINT " + NAME);
			}
		}
		catch (SQLException ex) {
			logger.debug("Could not release the savepoint of a provider's query", ex);
		}
	}

	/**
	 * The transaction is over, and the savepoint with it.
	 */
	void forget() {
		this.set = false;
	}

	private void execute(String sql) throws SQLException {
		try (Statement statement = this.connection.createStatement()) {
			statement.execute(sql);
		}
	}

}
