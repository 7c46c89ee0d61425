package io.bemi.connection;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
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

	/**
	 * What a proxied connection owes, if it was used at all.
	 */
	static @Nullable Emission emission(Connection proxy) {
		ConnectionHandler handler = (ConnectionHandler) Proxy.getInvocationHandler(proxy);
		synchronized (handler) {
			return handler.emission;
		}
	}

	@Override
	public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
			throws Throwable {
		return switch (method.getName()) {
			case "equals" -> isSame(Objects.requireNonNull(arguments)[0]);
			case "createStatement", "prepareStatement", "prepareCall" ->
				statement((Connection) proxy, method, arguments);
			case "commit", "rollback", "setSavepoint", "releaseSavepoint", "setAutoCommit" ->
				transact((Connection) proxy, method, arguments);
			case "isWrapperFor" ->
				Carrier.class == Objects.requireNonNull(arguments)[0] || Boolean.TRUE.equals(call(method, arguments));
			case "unwrap" -> unwrap((Connection) proxy, method, arguments);
			case "getMetaData" -> metaData((Connection) proxy, method);
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

	private @Nullable Object unwrap(Connection proxy, Method method, @Nullable Object @Nullable [] arguments)
			throws Throwable {
		Object unwrapped = call(method, arguments);
		// What runs on the driver's own connection is part of the transaction too.
		Emission active = resolve(proxy);
		if (active != null && unwrapped instanceof Connection) {
			active.bypass();
		}
		return unwrapped;
	}

	private @Nullable Object metaData(Connection proxy, Method method) throws Throwable {
		Object metaData = call(method, null);
		if (!(metaData instanceof DatabaseMetaData data) || resolve(proxy) == null) {
			return metaData;
		}
		return Proxy.newProxyInstance(ConnectionHandler.class.getClassLoader(),
				new Class<?>[] { DatabaseMetaData.class }, (self, called, parameters) -> switch (called.getName()) {
					case "getConnection" -> proxy;
					case "equals" -> self == Objects.requireNonNull(parameters)[0];
					default -> JdbcCall.invoke(data, called, parameters);
				});
	}

	private @Nullable Object statement(Connection proxy, Method method, @Nullable Object @Nullable [] arguments)
			throws Throwable {
		Object statement = call(method, arguments);
		Emission active = resolve(proxy);
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

	private synchronized @Nullable Emission resolve(Connection proxy) {
		if (!this.resolved) {
			boolean passedOn = leadsToAnotherProxy();
			BaseConnection server = passedOn ? null : this.shared.check().server(this.connection);
			this.emission = (server != null) ? new Emission(this.connection, proxy, server, this.shared) : null;
			// A server that could not be asked now, in a failed transaction, may be
			// later.
			this.resolved = passedOn || this.shared.check().done();
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

	private @Nullable Object transact(Connection proxy, Method method, @Nullable Object @Nullable [] arguments)
			throws Throwable {
		Emission active = emission(proxy);
		if (active == null) {
			return call(method, arguments);
		}
		Object argument = (arguments != null && arguments.length > 0) ? arguments[0] : null;
		switch (method.getName()) {
			case "commit" -> active.commit();
			case "setAutoCommit" -> active.setAutoCommit(Boolean.TRUE.equals(argument));
			case "releaseSavepoint" -> active.releaseSavepoint((Savepoint) argument);
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
