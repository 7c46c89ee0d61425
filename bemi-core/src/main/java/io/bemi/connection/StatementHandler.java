package io.bemi.connection;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.Statement;
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

	private StatementHandler(Statement statement, Connection connection, Emission emission,
			@Nullable StatementKind prepared, @Nullable String preparedSql) {
		this.statement = statement;
		this.connection = connection;
		this.emission = emission;
		this.prepared = prepared;
		this.preparedSql = preparedSql;
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
		switch (method.getName()) {
			case "equals":
				return isSame(Objects.requireNonNull(arguments)[0]);
			case "getConnection":
				// Throws on a closed statement.
				call(method, arguments);
				return this.connection;
			case "execute", "executeQuery", "executeUpdate", "executeLargeUpdate":
				return execute(method, arguments);
			case "executeBatch", "executeLargeBatch":
				return executeBatch(method);
			case "addBatch":
				call(method, arguments);
				if (arguments != null && arguments[0] instanceof String sql) {
					this.batch.add(sql);
				}
				return null;
			case "clearBatch":
				this.batch.clear();
				return call(method, arguments);
			default:
				return call(method, arguments);
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

	private @Nullable Object execute(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
		StatementKind kind = this.prepared;
		String sql = this.preparedSql;
		if (arguments != null && arguments.length > 0 && arguments[0] instanceof String text) {
			kind = StatementKind.of(text);
			sql = text;
		}
		return this.emission.execute(new Execution(this.statement, (kind != null) ? kind : StatementKind.OTHER, sql,
				true, () -> call(method, arguments)));
	}

	private @Nullable Object executeBatch(Method method) throws Throwable {
		if (this.prepared != null) {
			// Cannot be run again without its parameters, so only what never needs to.
			StatementKind kind = (this.prepared == StatementKind.PROCEDURE) ? StatementKind.OTHER : this.prepared;
			return this.emission.execute(new Execution(this.statement, kind, null, false, () -> call(method, null)));
		}
		List<String> entries = List.copyOf(this.batch);
		this.batch.clear();
		boolean[] lost = new boolean[1];
		return this.emission.execute(new Execution(this.statement, kind(entries), null, true, () -> {
			if (lost[0]) {
				for (String entry : entries) {
					this.statement.addBatch(entry);
				}
			}
			lost[0] = true;
			return call(method, null);
		}));
	}

	private static StatementKind kind(List<String> entries) {
		List<StatementKind> kinds = entries.stream().map(StatementKind::of).toList();
		for (StatementKind kind : List.of(StatementKind.COMMIT, StatementKind.SAVEPOINT, StatementKind.ROLLBACK,
				StatementKind.WRITE, StatementKind.PROCEDURE)) {
			if (kinds.contains(kind)) {
				return kind;
			}
		}
		return StatementKind.OTHER;
	}

}
