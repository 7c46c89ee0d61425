package io.bemi.connection;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.ConnectionBuilder;
import java.sql.SQLException;
import java.sql.ShardingKeyBuilder;
import java.util.logging.Logger;

import javax.sql.DataSource;

import io.bemi.context.ContextSnapshot;
import io.bemi.context.ContextWriter;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;

/**
 * A data source whose connections send the current context along with each COMMIT that
 * has something to commit. In every other way they are the connections of the data source
 * behind it, and {@link #unwrap} leads there. Connections that are not pgjdbc's are left
 * alone.
 */
public final class BemiDataSource implements DataSource {

	private final DataSource delegate;

	private final Emissions shared;

	/**
	 * Wraps a data source, with the defaults.
	 * @param delegate where the connections come from
	 */
	public BemiDataSource(DataSource delegate) {
		this(delegate, new ContextWriter(), Autocommit.WRAP);
	}

	/**
	 * Wraps a data source.
	 * @param delegate where the connections come from
	 * @param writer builds the contexts
	 * @param autocommit what happens to writes outside of any transaction
	 */
	public BemiDataSource(DataSource delegate, ContextWriter writer, Autocommit autocommit) {
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
		this.shared = new Emissions(writer, autocommit, false);
	}

	/**
	 * Whether connections of a data source carry contexts already, because it is or leads
	 * to a {@link BemiDataSource}.
	 * @param dataSource the data source to look at; no connection is opened
	 * @return {@code false} also when it cannot be told
	 */
	public static boolean isWrapped(DataSource dataSource) {
		if (dataSource == null) {
			throw new IllegalArgumentException("'dataSource' must not be null");
		}
		try {
			return dataSource instanceof BemiDataSource || dataSource.isWrapperFor(BemiDataSource.class);
		}
		catch (SQLException | RuntimeException ex) {
			// A routing data source may have no target at this moment.
			return false;
		}
	}

	/**
	 * The data source behind the wrapper, for work whose changes are not the
	 * application's.
	 * @param dataSource any data source
	 * @return what it was before it was wrapped; the same one if it never was
	 */
	public static DataSource bare(DataSource dataSource) {
		if (!isWrapped(dataSource)) {
			return dataSource;
		}
		try {
			BemiDataSource wrapper = (dataSource instanceof BemiDataSource itself) ? itself
					: dataSource.unwrap(BemiDataSource.class);
			return wrapper.delegate;
		}
		catch (SQLException ex) {
			return dataSource;
		}
	}

	@Override
	public Connection getConnection() throws SQLException {
		ReadScope scope = readScope();
		if (scope != null) {
			return scope.connection(this, this.delegate.getConnection());
		}
		Connection lent = this.shared.lend();
		return (lent != null) ? lent : proxy(this.delegate.getConnection());
	}

	@Override
	public Connection getConnection(String username, String password) throws SQLException {
		ReadScope scope = readScope();
		Connection connection = this.delegate.getConnection(username, password);
		return (scope != null) ? scope.connection(this, connection) : proxy(connection);
	}

	// Who builds a context at this moment is no part of the application's work.
	private static @Nullable ReadScope readScope() {
		return ContextSnapshot.isSuspended() ? null : ReadScope.current();
	}

	private Connection proxy(Connection connection) throws SQLException {
		if (ConnectionHandler.isProxy(connection)
				|| (this.shared.check().foreign() && !connection.isWrapperFor(BaseConnection.class))) {
			return connection;
		}
		return ConnectionHandler.proxy(connection, this.shared);
	}

	@Override
	public <T> T unwrap(Class<T> type) throws SQLException {
		if (type.isInstance(this)) {
			return type.cast(this);
		}
		return type.isInstance(this.delegate) ? type.cast(this.delegate) : this.delegate.unwrap(type);
	}

	@Override
	public boolean isWrapperFor(Class<?> type) throws SQLException {
		return type.isInstance(this) || type.isInstance(this.delegate) || this.delegate.isWrapperFor(type);
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

	@Override
	public ConnectionBuilder createConnectionBuilder() throws SQLException {
		return this.delegate.createConnectionBuilder();
	}

	@Override
	public ShardingKeyBuilder createShardingKeyBuilder() throws SQLException {
		return this.delegate.createShardingKeyBuilder();
	}

	@Override
	public String toString() {
		return "BemiDataSource[" + this.delegate + "]";
	}

}
