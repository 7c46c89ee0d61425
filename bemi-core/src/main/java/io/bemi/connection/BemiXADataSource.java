package io.bemi.connection;

import java.io.PrintWriter;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import java.util.logging.Logger;

import javax.sql.XAConnection;
import javax.sql.XADataSource;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;

import io.bemi.context.ContextWriter;
import org.jspecify.annotations.Nullable;

/**
 * An XA data source whose connections send the current context before their branch of a
 * distributed transaction ends: one round trip more, because a transaction manager
 * commits past the connection.
 */
public final class BemiXADataSource implements XADataSource {

	private final XADataSource delegate;

	private final Emissions shared;

	/**
	 * Wraps an XA data source.
	 * @param delegate where the connections come from
	 * @param writer builds the contexts
	 * @param autocommit what happens to writes outside of any transaction
	 */
	public BemiXADataSource(XADataSource delegate, ContextWriter writer, Autocommit autocommit) {
		if (delegate == null) {
			throw new IllegalArgumentException("'delegate' must not be null");
		}
		if (writer == null) {
			throw new IllegalArgumentException("'writer' must not be null");
		}
		if (autocommit == null) {
			throw new IllegalArgumentException("'autocommit' must not be null");
		}
		this.delegate = delegate;
		this.shared = new Emissions(writer, autocommit, true);
	}

	@Override
	public XAConnection getXAConnection() throws SQLException {
		return proxy(this.delegate.getXAConnection());
	}

	@Override
	public XAConnection getXAConnection(String user, String password) throws SQLException {
		return proxy(this.delegate.getXAConnection(user, password));
	}

	private XAConnection proxy(XAConnection connection) {
		return proxy(XAConnection.class, new ConnectionBranch(connection, this.shared));
	}

	private static <T> T proxy(Class<T> type, InvocationHandler handler) {
		return type
			.cast(Proxy.newProxyInstance(BemiXADataSource.class.getClassLoader(), new Class<?>[] { type }, handler));
	}

	@Override
	public @Nullable PrintWriter getLogWriter() throws SQLException {
		return this.delegate.getLogWriter();
	}

	@Override
	public void setLogWriter(@Nullable PrintWriter writer) throws SQLException {
		this.delegate.setLogWriter(writer);
	}

	@Override
	public void setLoginTimeout(int seconds) throws SQLException {
		this.delegate.setLoginTimeout(seconds);
	}

	@Override
	public int getLoginTimeout() throws SQLException {
		return this.delegate.getLoginTimeout();
	}

	@Override
	public Logger getParentLogger() {
		return Logger.getLogger(Logger.GLOBAL_LOGGER_NAME);
	}

	/**
	 * A physical connection, which has one resource and hands out one connection at a
	 * time.
	 */
	private static final class ConnectionBranch implements InvocationHandler {

		private final XAConnection connection;

		private final Emissions shared;

		private @Nullable Connection current;

		private ConnectionBranch(XAConnection connection, Emissions shared) {
			this.connection = connection;
			this.shared = shared;
		}

		@Override
		public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
				throws Throwable {
			if (method.getName().equals("getConnection")) {
				handOver(false);
			}
			Object result = JdbcCall.invoke(this.connection, method, arguments);
			if (result instanceof Connection connection) {
				this.current = ConnectionHandler.proxy(connection, this.shared);
				return this.current;
			}
			return (result instanceof XAResource resource) ? proxy(XAResource.class, new ResourceBranch(resource, this))
					: result;
		}

		private void handOver(boolean last) throws SQLException {
			Connection ending = this.current;
			Emission emission = (ending != null) ? ConnectionHandler.emission(ending) : null;
			if (emission != null) {
				emission.handOver(last);
			}
		}

	}

	/**
	 * What the transaction manager holds.
	 *
	 * @param resource the driver's
	 * @param branch the connection that it belongs to
	 */
	private record ResourceBranch(XAResource resource, ConnectionBranch branch) implements InvocationHandler {

		@Override
		public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
				throws Throwable {
			switch (method.getName()) {
				case "end" -> {
					if (!Integer.valueOf(XAResource.TMFAIL).equals(Objects.requireNonNull(arguments)[1])) {
						end();
					}
				}
				case "equals", "isSameRM" -> {
					return JdbcCall.invoke(this.resource, method, driver(Objects.requireNonNull(arguments)[0]));
				}
				default -> {
				}
			}
			return JdbcCall.invoke(this.resource, method, arguments);
		}

		private void end() throws XAException {
			try {
				this.branch.handOver(true);
			}
			catch (SQLException ex) {
				throw (XAException) new XAException(XAException.XAER_RMERR).initCause(ex);
			}
		}

		private static @Nullable Object[] driver(@Nullable Object other) {
			boolean ours = other != null && Proxy.isProxyClass(other.getClass());
			return new @Nullable Object[] { (ours && Proxy.getInvocationHandler(other) instanceof ResourceBranch that)
					? that.resource() : other };
		}

	}

}
