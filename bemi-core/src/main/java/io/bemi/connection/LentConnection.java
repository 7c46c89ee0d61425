package io.bemi.connection;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;

import org.jspecify.annotations.Nullable;

/**
 * A connection that is busy with a commit, lent to the provider that the commit has to
 * ask. It can query; the transaction and the connection itself are not its own, so it
 * neither ends nor changes them: its rollback takes back only what the provider has done.
 */
final class LentConnection implements InvocationHandler {

	private final Connection owner;

	private final ProviderGuard guard;

	private boolean autoCommit = true;

	private boolean closed;

	private LentConnection(Connection owner, ProviderGuard guard) {
		this.owner = owner;
		this.guard = guard;
	}

	static Connection of(Connection owner, ProviderGuard guard) {
		return (Connection) Proxy.newProxyInstance(LentConnection.class.getClassLoader(),
				new Class<?>[] { Connection.class }, new LentConnection(owner, guard));
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
			case "setReadOnly", "setTransactionIsolation", "setHoldability":
				return null;
			case "commit":
				// Out of reach of a later rollback of the provider's own.
				this.guard.release();
				return null;
			case "rollback":
				if (arguments == null || arguments.length == 0) {
					this.guard.rollback();
					return null;
				}
				break;
			default:
				break;
		}
		return JdbcCall.invoke(this.owner, method, arguments);
	}

}
