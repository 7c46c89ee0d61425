package io.bemi.connection;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;

import org.jspecify.annotations.Nullable;

/**
 * A connection that is busy with a commit, lent to the provider that the commit has to
 * ask. It can query; the transaction and the connection itself are not its own, so it
 * neither ends nor changes them.
 */
final class LentConnection implements InvocationHandler {

	private final Connection owner;

	private boolean autoCommit = true;

	private boolean closed;

	private LentConnection(Connection owner) {
		this.owner = owner;
	}

	static Connection of(Connection owner) {
		return (Connection) Proxy.newProxyInstance(LentConnection.class.getClassLoader(),
				new Class<?>[] { Connection.class }, new LentConnection(owner));
	}

	@Override
	public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
			throws Throwable {
		switch (method.getName()) {
			case "equals":
				return arguments != null && proxy == arguments[0];
			case "hashCode":
				return System.identityHashCode(proxy);
			case "close", "abort":
				this.closed = true;
				return null;
			case "isClosed":
				return this.closed;
			case "getAutoCommit":
				return this.autoCommit;
			case "setAutoCommit":
				this.autoCommit = arguments != null && Boolean.TRUE.equals(arguments[0]);
				return null;
			case "commit", "setReadOnly", "setTransactionIsolation", "setHoldability":
				return null;
			case "rollback":
				if (arguments == null || arguments.length == 0) {
					return null;
				}
				break;
			default:
				break;
		}
		return JdbcCall.invoke(this.owner, method, arguments);
	}

}
