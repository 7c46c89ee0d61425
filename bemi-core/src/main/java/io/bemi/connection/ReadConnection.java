package io.bemi.connection;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;
import org.postgresql.util.PSQLException;

/**
 * A connection that was taken within a {@link ReadScope}. Its driver's connection is
 * never in autocommit, so that every statement runs in a transaction that was opened as
 * the scope wants it; all of them are rolled back or committed before it is given back.
 */
final class ReadConnection implements InvocationHandler {

	/** What the server says of writes, by SQLSTATE. */
	private static final Map<String, String> REFUSALS = Map.of("25006", "nothing is written within", "55000",
			"nothing is written within", "42809", "nothing is written within", "42501",
			"only tables that are recorded can be read, by names that no other schema claims, within");

	/** With what the SQLSTATE of the store's functions begins. */
	private static final String UNKNOWN = "BEMI";

	private final Connection connection;

	private final BaseConnection server;

	private final ReadScope scope;

	private final boolean autoCommitBefore;

	private boolean autoCommit;

	private boolean opened;

	private boolean closed;

	private @Nullable String schema;

	private ReadConnection(Connection connection, BaseConnection server, ReadScope scope) throws SQLException {
		this.connection = connection;
		this.server = server;
		this.scope = scope;
		this.autoCommitBefore = connection.getAutoCommit();
		this.autoCommit = this.autoCommitBefore;
		connection.setAutoCommit(false);
	}

	static Connection proxy(Connection connection, BaseConnection server, ReadScope scope) throws SQLException {
		return (Connection) Proxy.newProxyInstance(ReadConnection.class.getClassLoader(),
				new Class<?>[] { Connection.class }, new ReadConnection(connection, server, scope));
	}

	@Override
	public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
			throws Throwable {
		switch (method.getName()) {
			case "equals":
				return arguments != null && proxy == arguments[0];
			case "hashCode":
				return System.identityHashCode(proxy);
			case "createStatement", "prepareStatement", "prepareCall":
				return statement((Connection) proxy, method, arguments);
			case "getAutoCommit":
				return this.autoCommit;
			case "setAutoCommit":
				setAutoCommit(Boolean.TRUE.equals(Objects.requireNonNull(arguments)[0]));
				return null;
			case "commit", "rollback", "setReadOnly", "setTransactionIsolation":
				return transact(method, arguments);
			case "setSavepoint", "unwrap":
				// What runs on the driver's own connection is part of the transaction,
				// too.
				open();
				break;
			case "setSchema":
				this.schema = (String) Objects.requireNonNull(arguments)[0];
				this.opened = false;
				return null;
			case "getSchema":
				return (this.schema != null) ? this.schema : this.connection.getSchema();
			case "close":
				close();
				return null;
			default:
				break;
		}
		return JdbcCall.invoke(this.connection, method, arguments);
	}

	private void setAutoCommit(boolean autoCommit) throws SQLException {
		if (autoCommit != this.autoCommit) {
			this.connection.commit();
			this.opened = false;
			this.autoCommit = autoCommit;
		}
	}

	private @Nullable Object transact(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
		if (method.getName().startsWith("set") && this.autoCommit) {
			// The application is in no transaction.
			this.connection.rollback();
		}
		boolean toSavepoint = arguments != null && method.getName().equals("rollback");
		this.opened &= toSavepoint;
		return JdbcCall.invoke(this.connection, method, arguments);
	}

	private Object statement(Connection proxy, Method method, @Nullable Object @Nullable [] arguments)
			throws Throwable {
		if (arguments != null && arguments.length > 0 && arguments[0] instanceof String sql) {
			refuse(sql);
			arguments[0] = this.scope.mark(sql);
		}
		Object statement = Objects.requireNonNull(JdbcCall.invoke(this.connection, method, arguments));
		Class<?> type = (statement instanceof CallableStatement) ? CallableStatement.class
				: (statement instanceof PreparedStatement) ? PreparedStatement.class : Statement.class;
		return Proxy.newProxyInstance(ReadConnection.class.getClassLoader(), new Class<?>[] { type },
				(self, called, parameters) -> call(proxy, self, (Statement) statement, called, parameters));
	}

	private @Nullable Object call(Connection proxy, Object self, Statement statement, Method method,
			@Nullable Object @Nullable [] arguments) throws Throwable {
		switch (method.getName()) {
			case "equals":
				return arguments != null && self == arguments[0];
			case "hashCode":
				return System.identityHashCode(self);
			case "getConnection":
				JdbcCall.invoke(statement, method, arguments);
				return proxy;
			default:
				break;
		}
		boolean execution = method.getName().startsWith("execute");
		if ((execution || method.getName().equals("addBatch")) && arguments != null && arguments.length > 0
				&& arguments[0] instanceof String sql) {
			refuse(sql);
			arguments[0] = this.scope.mark(sql);
		}
		if (!execution) {
			return JdbcCall.invoke(statement, method, arguments);
		}
		open();
		try {
			return JdbcCall.invoke(statement, method, arguments);
		}
		catch (SQLException ex) {
			throw explained(ex);
		}
	}

	/**
	 * What is refused is no {@link SQLException}: Hibernate's {@code find} takes one in a
	 * transaction for nothing found.
	 */
	private SQLException explained(SQLException ex) {
		String state = String.valueOf(ex.getSQLState());
		String refusal = REFUSALS.get(state);
		if (refusal != null) {
			throw this.scope.refusal(ex.getMessage() + " - " + refusal + " " + this.scope, ex);
		}
		if (state.startsWith(UNKNOWN) && ex instanceof PSQLException server && server.getServerErrorMessage() != null) {
			throw this.scope.refusal(String.valueOf(server.getServerErrorMessage().getMessage()), ex);
		}
		return ex;
	}

	/**
	 * What the server would understand in another way, or only complain about in words
	 * that say nothing of the scope.
	 */
	private void refuse(String sql) throws SQLException {
		StatementKind kind = StatementKind.of(sql);
		if (kind == StatementKind.MIXED) {
			throw new SQLException("No transaction is begun or ended by a text of several statements within "
					+ this.scope + ": " + sql, "25006");
		}
		if (kind == StatementKind.WRITE && !"with".equals(SqlText.firstWord(sql))) {
			throw new SQLException("Nothing is written within " + this.scope + ": " + sql, "25006");
		}
	}

	/**
	 * Sees to it that the transaction is as the scope wants it.
	 */
	private void open() throws SQLException {
		TransactionState state = this.server.getTransactionState();
		if (state == TransactionState.FAILED && this.autoCommit) {
			this.connection.rollback();
			state = TransactionState.IDLE;
		}
		if (state == TransactionState.FAILED || (this.opened && state == TransactionState.OPEN)) {
			return;
		}
		try (PreparedStatement statement = this.connection.prepareStatement(this.scope.opening())) {
			int number = 1;
			for (String parameter : this.scope.parameters()) {
				statement.setString(number++, parameter);
			}
			statement.setString(number, this.schema);
			statement.execute();
		}
		this.opened = true;
	}

	private void close() throws SQLException {
		if (this.closed) {
			return;
		}
		this.closed = true;
		try {
			if (!this.connection.isClosed()) {
				this.connection.rollback();
				this.connection.setAutoCommit(this.autoCommitBefore);
			}
		}
		finally {
			this.connection.close();
		}
	}

}
