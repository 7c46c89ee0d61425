package io.bemi.test;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

import io.bemi.change.Change;
import io.bemi.change.Operation;
import org.jspecify.annotations.Nullable;

/**
 * Changes as they stand in failures, and values compared as JSON has them.
 */
final class ChangeText {

	private static final int LINES = 20;

	private ChangeText() {
	}

	static String table(Change change) {
		return change.schema() + "." + change.table();
	}

	static boolean isOf(Change change, String table) {
		return table.equals(change.table()) || table.equals(table(change));
	}

	/**
	 * Changes, one a line.
	 */
	static String describe(List<Change> changes) {
		if (changes.isEmpty()) {
			return "There is no change.";
		}
		return changes.stream()
			.limit(LINES)
			.map(ChangeText::describe)
			.collect(Collectors.joining("\n  ", "Changes:\n  ",
					(changes.size() > LINES) ? "\n  and " + (changes.size() - LINES) + " more" : ""));
	}

	private static String describe(Change change) {
		String what = change.diff()
			.entrySet()
			.stream()
			.map((column) -> column.getKey() + ": "
					+ ((change.operation() == Operation.CREATE) ? column.getValue().current()
							: column.getValue().old() + " -> " + column.getValue().current()))
			.collect(Collectors.joining(", ", "{", "}"));
		String who = change.metadata()
			.entrySet()
			.stream()
			.filter((entry) -> !entry.getKey().equals("_bemi"))
			.map((entry) -> entry.getKey() + ": " + entry.getValue())
			.collect(Collectors.joining(", ", "{", "}"));
		return change.operation() + " " + table(change)
				+ ((change.primaryKey() != null) ? " " + change.primaryKey() : "")
				+ ((change.operation() == Operation.DELETE) ? "" : " " + what) + " by " + who;
	}

	/**
	 * A value as the type of another one, where JSON has no such type.
	 */
	static @Nullable Object like(@Nullable Object expected, @Nullable Object value,
			Function<Class<?>, @Nullable Object> converter) {
		if (expected == null || value == null || expected instanceof String || expected instanceof Number
				|| expected instanceof Boolean || expected instanceof Map || expected instanceof List) {
			return value;
		}
		return converter.apply(expected.getClass());
	}

	static boolean isSame(@Nullable Object value, @Nullable Object expected) {
		if (value instanceof Number number && expected instanceof Number other) {
			return new BigDecimal(number.toString()).compareTo(new BigDecimal(other.toString())) == 0;
		}
		if (value instanceof Map<?, ?> object && expected instanceof Map<?, ?> other) {
			return object.keySet().equals(other.keySet()) && contains(object, other);
		}
		if (value instanceof List<?> array && expected instanceof List<?> other) {
			if (array.size() != other.size()) {
				return false;
			}
			for (int i = 0; i < array.size(); i++) {
				if (!isSame(array.get(i), other.get(i))) {
					return false;
				}
			}
			return true;
		}
		return Objects.equals(value, expected);
	}

	/**
	 * Whether an object has at least the entries of another one, in objects within it
	 * too.
	 */
	static boolean contains(Map<?, ?> object, Map<?, ?> entries) {
		return entries.entrySet().stream().allMatch((entry) -> {
			Object value = object.get(entry.getKey());
			if (value instanceof Map<?, ?> inner && entry.getValue() instanceof Map<?, ?> wanted) {
				return contains(inner, wanted);
			}
			return object.containsKey(entry.getKey()) && isSame(value, entry.getValue());
		});
	}

}
