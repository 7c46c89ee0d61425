package io.bemi.revert;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.bemi.query.Json;
import org.jspecify.annotations.Nullable;

/**
 * Rows as plain values, and as JSON.
 */
final class Rows {

	private Rows() {
	}

	static Map<String, @Nullable Object> only(Map<String, @Nullable Object> row, Collection<String> columns) {
		return CompactRow.of(row, columns);
	}

	static Map<String, @Nullable Object> without(Map<String, @Nullable Object> row, Collection<String> columns) {
		return columns.isEmpty() ? row
				: only(row, row.keySet().stream().filter((column) -> !columns.contains(column)).toList());
	}

	static Map<String, @Nullable Object> with(Map<String, @Nullable Object> row, Map<String, @Nullable Object> more) {
		Map<String, @Nullable Object> both = new LinkedHashMap<>(row);
		both.putAll(more);
		return both;
	}

	/**
	 * The values of columns, in their order.
	 */
	static List<@Nullable Object> values(Map<String, @Nullable Object> row, Collection<String> columns) {
		List<@Nullable Object> values = new ArrayList<>(columns.size());
		columns.forEach((column) -> values.add(row.get(column)));
		return values;
	}

	/**
	 * Values to compare records by; {@code null} when a column is not there.
	 */
	static @Nullable List<Object> tuple(Map<String, @Nullable Object> row, List<String> columns) {
		List<Object> values = new ArrayList<>(columns.size());
		for (String column : columns) {
			if (!row.containsKey(column)) {
				return null;
			}
			values.add(comparable(row.get(column)));
		}
		return values;
	}

	private static Object comparable(@Nullable Object value) {
		if (value instanceof BigDecimal number) {
			// Keys compare as the server does, for which 1.0 is 1.00.
			return (number.signum() == 0) ? BigDecimal.ZERO : number.stripTrailingZeros();
		}
		return (value != null) ? value : Missing.NULL;
	}

	/**
	 * Whether a tuple has an SQL null in it.
	 */
	static boolean hasNull(List<Object> tuple) {
		return tuple.contains(Missing.NULL);
	}

	/**
	 * The columns in which rows differ, of those that are in the first.
	 */
	static List<String> differences(Map<String, @Nullable Object> row, Map<String, @Nullable Object> other) {
		List<String> columns = new ArrayList<>();
		row.forEach((column, value) -> {
			if (!other.containsKey(column) || !Objects.equals(value, other.get(column))) {
				columns.add(column);
			}
		});
		return columns;
	}

	static void append(StringBuilder json, @Nullable Object value) {
		Json.append(json, value);
	}

	static String json(@Nullable Object value) {
		StringBuilder json = new StringBuilder();
		append(json, value);
		return json.toString();
	}

	private enum Missing {

		NULL

	}

}
