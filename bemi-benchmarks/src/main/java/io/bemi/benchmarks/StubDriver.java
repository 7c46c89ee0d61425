package io.bemi.benchmarks;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.CallableStatement;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;
import org.postgresql.jdbc.AutoSave;
import org.postgresql.jdbc.PreferQueryMode;

/**
 * A driver that answers at once, so that what is put in front of it can be measured. Both
 * sides of a comparison use the same.
 */
final class StubDriver implements InvocationHandler {

	private final BaseConnection connection = proxy(BaseConnection.class);

	private final Statement statement = proxy(Statement.class);

	private final PreparedStatement preparedStatement = proxy(PreparedStatement.class);

	private final CallableStatement callableStatement = proxy(CallableStatement.class);

	private final ResultSet resultSet = proxy(ResultSet.class);

	private boolean autoCommit = true;

	private boolean readOnly;

	private TransactionState state = TransactionState.IDLE;

	private final int[] counts = new int[1];

	/**
	 * A data source that always has the same connection.
	 */
	static DataSource dataSource() {
		BaseConnection connection = new StubDriver().connection;
		return (DataSource) Proxy.newProxyInstance(StubDriver.class.getClassLoader(),
				new Class<?>[] { DataSource.class }, (proxy, method, arguments) -> connection);
	}

	private <T> T proxy(Class<T> type) {
		return type.cast(Proxy.newProxyInstance(StubDriver.class.getClassLoader(), new Class<?>[] { type }, this));
	}

	@Override
	public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments) {
		return switch (method.getName()) {
			case "getTransactionState" -> this.state;
			case "getAutoCommit" -> this.autoCommit;
			case "setAutoCommit" -> {
				this.autoCommit = arguments != null && Boolean.TRUE.equals(arguments[0]);
				yield null;
			}
			case "hintReadOnly", "isReadOnly" -> this.readOnly;
			case "setReadOnly" -> {
				this.readOnly = arguments != null && Boolean.TRUE.equals(arguments[0]);
				yield null;
			}
			case "commit", "rollback" -> {
				this.state = TransactionState.IDLE;
				yield null;
			}
			case "createStatement" -> this.statement;
			case "prepareStatement" -> this.preparedStatement;
			case "prepareCall" -> this.callableStatement;
			case "execSQLQuery" -> this.resultSet;
			case "executeQuery" -> {
				begin();
				yield this.resultSet;
			}
			case "executeUpdate" -> {
				begin();
				yield 1;
			}
			case "execute" -> {
				begin();
				yield false;
			}
			case "executeBatch" -> {
				begin();
				yield this.counts;
			}
			case "getLong" -> 1L;
			case "getString" -> "";
			case "next", "getBoolean", "haveMinimumServerVersion" -> true;
			case "isWrapperFor" -> arguments != null && ((Class<?>) arguments[0]).isInstance(proxy);
			case "isClosed" -> false;
			case "unwrap" -> this.connection;
			case "getFetchSize", "getQueryTimeout" -> 0;
			case "getUpdateCount" -> -1;
			case "getMoreResults" -> false;
			case "getPreferQueryMode" -> PreferQueryMode.EXTENDED;
			case "getAutosave" -> AutoSave.NEVER;
			case "hashCode" -> System.identityHashCode(proxy);
			case "equals" -> arguments != null && proxy == arguments[0];
			default -> null;
		};
	}

	private void begin() {
		if (!this.autoCommit) {
			this.state = TransactionState.OPEN;
		}
	}

}
