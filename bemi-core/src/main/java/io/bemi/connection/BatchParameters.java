package io.bemi.connection;

import java.io.InputStream;
import java.io.Reader;
import java.lang.reflect.Method;
import java.sql.PreparedStatement;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/**
 * The parameters of a prepared batch, so that it can be given to the driver again.
 */
final class BatchParameters {

	private final PreparedStatement statement;

	private final List<Map<Integer, Setter>> entries = new ArrayList<>();

	private Map<Integer, Setter> current = new TreeMap<>();

	BatchParameters(PreparedStatement statement) {
		this.statement = statement;
	}

	/**
	 * Takes note of a call of the application that the driver has accepted.
	 */
	void called(Method method, @Nullable Object @Nullable [] arguments) {
		if (method.getName().equals("clearParameters")) {
			this.current = new TreeMap<>();
		}
		else if (method.getName().startsWith("set") && arguments != null && arguments.length > 1
				&& arguments[0] instanceof Integer index) {
			this.current.put(index, new Setter(method, copy(arguments)));
		}
	}

	// The driver keeps the value, the application may go on with the array.
	private static @Nullable Object[] copy(@Nullable Object[] arguments) {
		@Nullable Object[] copy = arguments.clone();
		if (copy[1] instanceof byte[] bytes) {
			copy[1] = bytes.clone();
		}
		else if (copy[1] instanceof Date date) {
			copy[1] = date.clone();
		}
		return copy;
	}

	/**
	 * The current parameters are an entry of the batch.
	 */
	void add() {
		this.entries.add(new TreeMap<>(this.current));
	}

	void clear() {
		this.entries.clear();
	}

	/**
	 * The batch is about to be executed.
	 * @return adds its entries again; {@code null} when that cannot be done
	 */
	@Nullable JdbcCall take() {
		List<Map<Integer, Setter>> taken = List.copyOf(this.entries);
		this.entries.clear();
		if (taken.stream().anyMatch(BatchParameters::isConsumed)) {
			return null;
		}
		return () -> {
			for (Map<Integer, Setter> entry : taken) {
				set(entry);
				this.statement.addBatch();
			}
			set(this.current);
			return null;
		};
	}

	/**
	 * Whether the statement can be executed again with its current parameters.
	 */
	boolean isRepeatable() {
		return !isConsumed(this.current);
	}

	private static boolean isConsumed(Map<Integer, Setter> parameters) {
		return parameters.values().stream().anyMatch(Setter::isConsumed);
	}

	private void set(Map<Integer, Setter> parameters) throws Throwable {
		this.statement.clearParameters();
		for (Setter setter : parameters.values()) {
			JdbcCall.invoke(this.statement, setter.method(), setter.arguments());
		}
	}

	/**
	 * A call that has set a parameter.
	 *
	 * @param method which
	 * @param arguments with what
	 */
	private record Setter(Method method, @Nullable Object[] arguments) {

		boolean isConsumed() {
			return this.arguments[1] instanceof InputStream || this.arguments[1] instanceof Reader;
		}

	}

}
