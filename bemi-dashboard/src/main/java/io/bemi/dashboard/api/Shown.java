package io.bemi.dashboard.api;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import io.bemi.change.Change;
import io.bemi.query.Json;
import org.jspecify.annotations.Nullable;

/**
 * What the API shows of changes and rows: masked columns keep their names and lose their
 * values.
 */
final class Shown {

	private static final DateTimeFormatter MICROS = DateTimeFormatter
		.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
		.withZone(ZoneOffset.UTC);

	private Shown() {
	}

	static Map<String, @Nullable Object> change(Change change, Masks masks) {
		Set<String> hidden = masks.of(change.schema(), change.table());
		Map<String, @Nullable Object> shown = new LinkedHashMap<>();
		shown.put("id", change.id());
		shown.put("database", change.database());
		shown.put("schema", change.schema());
		shown.put("table", change.table());
		shown.put("primaryKey", masks.hidesKey(change.schema(), change.table()) ? null : change.primaryKey());
		shown.put("operation", change.operation().name());
		shown.put("committedAt", time(change.committedAt()));
		shown.put("transactionId", Long.toString(change.transactionId()));
		shown.put("position", change.position().toString());
		shown.put("values", row(change.values(), hidden));
		shown.put("before", row(change.before(), hidden));
		shown.put("changed", change.changed());
		shown.put("unknown", change.unknown());
		shown.put("metadata", change.metadata());
		shown.put("diff", diff(change, hidden));
		shown.put("masked", masked(hidden, change.values(), change.before()));
		return shown;
	}

	static Map<String, @Nullable Object> diff(Change change, Set<String> hidden) {
		Map<String, @Nullable Object> diff = new LinkedHashMap<>();
		change.diff()
			.forEach((column, difference) -> diff.put(column,
					difference("old", difference.old(), "new", difference.current(), hidden.contains(column))));
		return diff;
	}

	static Map<String, @Nullable Object> difference(String oldName, @Nullable Object old, String newName,
			@Nullable Object current, boolean hidden) {
		Map<String, @Nullable Object> difference = new LinkedHashMap<>();
		difference.put(oldName, hidden ? null : old);
		difference.put(newName, hidden ? null : current);
		return difference;
	}

	static Map<String, @Nullable Object> row(Map<String, @Nullable Object> row, Set<String> hidden) {
		if (hidden.isEmpty()) {
			return row;
		}
		Map<String, @Nullable Object> shown = new LinkedHashMap<>();
		row.forEach((column, value) -> shown.put(column, hidden.contains(column) ? null : value));
		return shown;
	}

	static List<String> masked(Set<String> hidden, Map<String, @Nullable Object> row,
			Map<String, @Nullable Object> other) {
		return hidden.stream()
			.filter((column) -> row.containsKey(column) || other.containsKey(column))
			.sorted()
			.toList();
	}

	/**
	 * The columns in which two rows differ.
	 */
	static Map<String, @Nullable Object> diff(Map<String, @Nullable Object> from, Map<String, @Nullable Object> to,
			Set<String> hidden) {
		List<String> columns = new ArrayList<>(from.keySet());
		to.keySet().stream().filter((column) -> !from.containsKey(column)).forEach(columns::add);
		Map<String, @Nullable Object> diff = new LinkedHashMap<>();
		for (String column : columns) {
			if (from.containsKey(column) != to.containsKey(column)
					|| !Objects.equals(from.get(column), to.get(column))) {
				diff.put(column, difference("old", from.get(column), "new", to.get(column), hidden.contains(column)));
			}
		}
		return diff;
	}

	static String time(Instant time) {
		return MICROS.format(time);
	}

	static @Nullable String timeOrNull(@Nullable Instant time) {
		return (time != null) ? time(time) : null;
	}

	/**
	 * A key as changes have it, from its columns.
	 */
	static @Nullable String key(Map<String, @Nullable Object> key) {
		if (key.isEmpty()) {
			return null;
		}
		if (key.size() == 1) {
			return text(key.values().iterator().next());
		}
		return json(new ArrayList<>(key.values()));
	}

	private static String text(@Nullable Object value) {
		if (value instanceof BigDecimal number) {
			return number.toPlainString();
		}
		if (value instanceof Boolean bool) {
			return bool ? "t" : "f";
		}
		return (value instanceof Map || value instanceof List) ? json(value) : String.valueOf(value);
	}

	static String json(@Nullable Object value) {
		StringBuilder json = new StringBuilder();
		Json.append(json, value);
		return json.toString();
	}

}
