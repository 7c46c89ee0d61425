package io.bemi.connection;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

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

	private @Nullable String searchPath;

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
				if (!this.closed) {
					this.closed = true;
					restoreSearchPath();
				}
				return null;
			case "setSchema":
				rememberSearchPath();
				break;
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

	private void rememberSearchPath() throws SQLException {
		if (this.searchPath == null) {
			try (Statement statement = this.owner.createStatement();
					ResultSet rows = statement.executeQuery("SELECT pg_catalog.current_setting('search_path')")) {
				rows.next();
				this.searchPath = rows.getString(1);
			}
		}
	}

	// As a pool does when it takes a connection back.
	private void restoreSearchPath() throws SQLException {
		if (this.searchPath != null) {
			try (PreparedStatement statement = this.owner
				.prepareStatement("SELECT pg_catalog.set_config('search_path', ?, false)")) {
				statement.setString(1, this.searchPath);
				statement.execute();
			}
		}
	}

}
