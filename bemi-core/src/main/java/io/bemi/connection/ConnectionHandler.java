package io.bemi.connection;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;

/**
 * The connection that the application holds. It looks for the server only when the
 * application first uses it, because a pool may hand out connections that are not made
 * yet.
 */
final class ConnectionHandler implements InvocationHandler {

	private final Connection connection;

	private final Emissions shared;

	private boolean resolved;

	private @Nullable Emission emission;

	private ConnectionHandler(Connection connection, Emissions shared) {
		this.connection = connection;
		this.shared = shared;
	}

	static Connection proxy(Connection connection, Emissions shared) {
		return (Connection) Proxy.newProxyInstance(ConnectionHandler.class.getClassLoader(),
				new Class<?>[] { Connection.class, Carrier.class }, new ConnectionHandler(connection, shared));
	}

	static boolean isProxy(@Nullable Object object) {
		return object != null && Proxy.isProxyClass(object.getClass())
				&& Proxy.getInvocationHandler(object) instanceof ConnectionHandler;
	}

	@Override
	public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
			throws Throwable {
		return switch (method.getName()) {
			case "equals" -> isSame(Objects.requireNonNull(arguments)[0]);
			case "createStatement", "prepareStatement", "prepareCall" ->
				statement((Connection) proxy, method, arguments);
			case "commit", "rollback", "setSavepoint", "releaseSavepoint", "setAutoCommit" ->
				transact(method, arguments);
			case "isWrapperFor" ->
				Carrier.class == Objects.requireNonNull(arguments)[0] || Boolean.TRUE.equals(call(method, arguments));
			case "unwrap" -> {
				Object unwrapped = call(method, arguments);
				// What runs on the driver's own connection is part of the transaction
				// too.
				Emission active = emission((Connection) proxy);
				if (active != null) {
					active.unwrapped();
				}
				yield unwrapped;
			}
			default -> call(method, arguments);
		};
	}

	private boolean isSame(@Nullable Object other) {
		return other != null && isProxy(other)
				&& ((ConnectionHandler) Proxy.getInvocationHandler(other)).connection.equals(this.connection);
	}

	private @Nullable Object call(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
		return JdbcCall.invoke(this.connection, method, arguments);
	}

	private @Nullable Object statement(Connection proxy, Method method, @Nullable Object @Nullable [] arguments)
			throws Throwable {
		Object statement = call(method, arguments);
		Emission active = emission(proxy);
		if (active == null || statement == null) {
			return statement;
		}
		String sql = (arguments != null && arguments.length > 0 && arguments[0] instanceof String text) ? text : null;
		if (statement instanceof CallableStatement) {
			return StatementHandler.proxy(CallableStatement.class, (Statement) statement, proxy, active, sql);
		}
		if (statement instanceof PreparedStatement && sql != null) {
			return StatementHandler.proxy(PreparedStatement.class, (Statement) statement, proxy, active, sql);
		}
		return StatementHandler.proxy(Statement.class, (Statement) statement, proxy, active, null);
	}

	private synchronized @Nullable Emission emission(Connection proxy) {
		if (!this.resolved) {
			BaseConnection server = leadsToAnotherProxy() ? null : this.shared.check().server(this.connection);
			this.emission = (server != null) ? new Emission(this.connection, proxy, server, this.shared) : null;
			this.resolved = true;
		}
		return this.emission;
	}

	/**
	 * Whether another proxy further inside sends the context, as when a routing data
	 * source leads to a lazy one.
	 */
	private boolean leadsToAnotherProxy() {
		try {
			return this.connection.isWrapperFor(Carrier.class);
		}
		catch (SQLException ex) {
			// The application is about to see the same, from its own statement.
			return false;
		}
	}

	private @Nullable Object transact(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
		Emission active;
		synchronized (this) {
			active = this.emission;
		}
		if (active == null) {
			return call(method, arguments);
		}
		Object argument = (arguments != null && arguments.length > 0) ? arguments[0] : null;
		switch (method.getName()) {
			case "commit" -> active.commit();
			case "setAutoCommit" -> active.setAutoCommit(Boolean.TRUE.equals(argument));
			case "releaseSavepoint" -> {
				call(method, arguments);
				active.forget(Objects.requireNonNull((Savepoint) argument));
			}
			case "rollback" -> rollback(active, (Savepoint) argument, arguments != null && arguments.length > 0);
			default -> {
				return active.setSavepoint(() -> call(method, arguments));
			}
		}
		return null;
	}

	private static void rollback(Emission active, @Nullable Savepoint savepoint, boolean toSavepoint)
			throws SQLException {
		if (toSavepoint) {
			active.rollback(savepoint);
		}
		else {
			active.rollback();
		}
	}

	/**
	 * A connection that sends contexts, whatever wraps it.
	 */
	private interface Carrier {

	}

}
