package io.bemi.connection;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * A result whose rows can be changed through it. Results that can only be read have no
 * proxy: they are read too often.
 */
final class ResultSetHandler implements InvocationHandler {

	private final ResultSet rows;

	private final Statement owner;

	private final Statement statement;

	private final Emission emission;

	private ResultSetHandler(ResultSet rows, Statement owner, Statement statement, Emission emission) {
		this.rows = rows;
		this.owner = owner;
		this.statement = statement;
		this.emission = emission;
	}

	/**
	 * Creates the proxy.
	 * @param rows the driver's result
	 * @param owner the statement that the application holds
	 * @param statement the driver's statement
	 * @param emission what the connection owes
	 */
	static ResultSet proxy(ResultSet rows, Statement owner, Statement statement, Emission emission) {
		return (ResultSet) Proxy.newProxyInstance(ResultSetHandler.class.getClassLoader(),
				new Class<?>[] { ResultSet.class }, new ResultSetHandler(rows, owner, statement, emission));
	}

	@Override
	public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
			throws Throwable {
		return switch (method.getName()) {
			case "equals" -> proxy == Objects.requireNonNull(arguments)[0];
			case "getStatement" -> (call(method, arguments) != null) ? this.owner : null;
			case "insertRow", "updateRow", "deleteRow" ->
				this.rows.isClosed() ? call(method, arguments) : this.emission.execute(
						new Execution(this.statement, StatementKind.WRITE, null, false, () -> call(method, arguments)));
			default -> call(method, arguments);
		};
	}

	private @Nullable Object call(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
		return JdbcCall.invoke(this.rows, method, arguments);
	}

}
