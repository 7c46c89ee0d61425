package io.bemi.connection;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.JDBCType;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * A statement that the application holds. The context counts that is current when it is
 * executed, not when it was prepared.
 */
final class StatementHandler implements InvocationHandler {

	private final Statement statement;

	private final Connection connection;

	private final Emission emission;

	private final @Nullable StatementKind prepared;

	private final @Nullable String preparedSql;

	// The driver forgets a batch that fails; kept here as long as it can be given again.
	private final List<String> batch = new ArrayList<>();

	private final @Nullable BatchParameters parameters;

	private @Nullable StatementResultSet result;

	private final List<Object> untyped = new ArrayList<>();

	private boolean cursor;

	private StatementHandler(Statement statement, Connection connection, Emission emission,
			@Nullable StatementKind prepared, @Nullable String preparedSql) {
		this.statement = statement;
		this.connection = connection;
		this.emission = emission;
		this.prepared = prepared;
		this.preparedSql = preparedSql;
		this.parameters = (prepared == StatementKind.PROCEDURE) ? new BatchParameters((PreparedStatement) statement)
				: null;
	}

	static Object proxy(Class<? extends Statement> type, Statement statement, Connection connection, Emission emission,
			@Nullable String sql) {
		StatementKind prepared = (sql != null) ? StatementKind.of(sql) : null;
		if (type == CallableStatement.class && prepared == StatementKind.OTHER) {
			prepared = StatementKind.PROCEDURE;
		}
		return Proxy.newProxyInstance(StatementHandler.class.getClassLoader(), new Class<?>[] { type },
				new StatementHandler(statement, connection, emission, prepared, sql));
	}

	@Override
	public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
			throws Throwable {
		String name = method.getName();
		// What is called most comes first, and stays small enough to be compiled as one.
		if (this.parameters == null && name.startsWith("set")) {
			return call(method, arguments);
		}
		if (name.startsWith("execute")) {
			return switch (name) {
				case "executeQuery" -> visible(proxy, execute(method, arguments));
				case "executeBatch", "executeLargeBatch" -> executeBatch(method);
				default -> execute(method, arguments);
			};
		}
		return other(proxy, method, arguments);
	}

	private @Nullable Object other(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
			throws Throwable {
		switch (method.getName()) {
			case "equals":
				return isSame(Objects.requireNonNull(arguments)[0]);
			case "cancel":
				call(method, arguments);
				this.emission.cancel(this.statement);
				return null;
			case "getConnection":
				// Throws on a closed statement.
				call(method, arguments);
				return this.connection;
			case "getResultSet", "getGeneratedKeys":
				return visible(proxy, call(method, arguments));
			case "addBatch":
				call(method, arguments);
				if (arguments != null && arguments[0] instanceof String sql) {
					this.batch.add(sql);
				}
				else if (this.parameters != null) {
					this.parameters.add();
				}
				return null;
			case "clearBatch":
				this.batch.clear();
				if (this.parameters != null) {
					this.parameters.clear();
				}
				return call(method, arguments);
			default:
				Object result = call(method, arguments);
				if (this.parameters != null) {
					this.parameters.called(method, arguments);
					registered(method, arguments);
				}
				return result;
		}
	}

	private boolean isSame(@Nullable Object other) {
		return other != null && Proxy.isProxyClass(other.getClass())
				&& Proxy.getInvocationHandler(other) instanceof StatementHandler that
				&& that.statement.equals(this.statement);
	}

	private @Nullable Object call(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
		return JdbcCall.invoke(this.statement, method, arguments);
	}

	private @Nullable Object visible(Object proxy, @Nullable Object result) {
		ResultSet rows = (ResultSet) result;
		StatementResultSet last = this.result;
		if (rows != null && (last == null || !last.isOf(rows))) {
			last = new StatementResultSet(rows, (Statement) proxy, this.statement, this.emission);
			this.result = last;
		}
		return (rows != null) ? last : null;
	}

	private @Nullable Object execute(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
		StatementKind kind = this.prepared;
		String sql = this.preparedSql;
		if (arguments != null && arguments.length > 0 && arguments[0] instanceof String text) {
			kind = StatementKind.of(text);
			sql = text;
		}
		// A procedure may have to run again, because it commits; a stream can be read
		// once, and a cursor would be there that is not without a transaction.
		boolean repeatable = this.parameters == null || (this.parameters.isRepeatable() && !this.cursor);
		return this.emission.execute(new Execution(this.statement, (kind != null) ? kind : StatementKind.OTHER, sql,
				repeatable, () -> call(method, arguments), this::hasCursor));
	}

	private @Nullable Object executeBatch(Method method) throws Throwable {
		if (this.prepared != null) {
			// A batch of calls may have to run again, because one of them commits; others
			// never need to.
			JdbcCall repeat = (this.parameters != null) ? this.parameters.take() : null;
			return this.emission.execute(new Execution(this.statement, this.prepared, null, repeat != null,
					repeatable(() -> call(method, null), repeat)));
		}
		List<String> entries = List.copyOf(this.batch);
		this.batch.clear();
		return this.emission.execute(
				new Execution(this.statement, kind(entries), null, true, repeatable(() -> call(method, null), () -> {
					for (String entry : entries) {
						this.statement.addBatch(entry);
					}
					return null;
				})));
	}

	private void registered(Method method, @Nullable Object @Nullable [] arguments) {
		if (method.getName().equals("registerOutParameter") && arguments != null) {
			Object type = arguments[1];
			this.cursor |= Integer.valueOf(Types.REF_CURSOR).equals(type) || type == JDBCType.REF_CURSOR;
			if (Integer.valueOf(Types.OTHER).equals(type) || type == JDBCType.OTHER) {
				this.untyped.add(Objects.requireNonNull(arguments[0]));
			}
		}
	}

	private boolean hasCursor() {
		return this.untyped.stream().anyMatch((parameter) -> {
			try {
				return parameter instanceof Integer index
						&& ((CallableStatement) this.statement).getObject(index) instanceof ResultSet;
			}
			catch (SQLException ex) {
				return false;
			}
		});
	}

	private static JdbcCall repeatable(JdbcCall call, @Nullable JdbcCall beforeAgain) {
		boolean[] lost = new boolean[1];
		return () -> {
			if (lost[0] && beforeAgain != null) {
				beforeAgain.run();
			}
			lost[0] = true;
			return call.run();
		};
	}

	private static StatementKind kind(List<String> entries) {
		List<StatementKind> kinds = entries.stream().map(StatementKind::of).toList();
		for (StatementKind kind : List.of(StatementKind.MIXED, StatementKind.COMMIT, StatementKind.SAVEPOINT,
				StatementKind.ROLLBACK, StatementKind.WRITE, StatementKind.PROCEDURE)) {
			if (kinds.contains(kind)) {
				return kind;
			}
		}
		return StatementKind.OTHER;
	}

}
