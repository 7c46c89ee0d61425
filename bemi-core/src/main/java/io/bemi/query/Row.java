package io.bemi.query;

import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import io.bemi.change.Change;
import io.bemi.change.Operation;
import io.bemi.change.Position;
import org.jspecify.annotations.Nullable;

/**
 * From a row of the store to a change, as the view {@code changes} gives it.
 */
final class Row {

	/** The order of names in a {@code jsonb}. */
	private static final Comparator<byte[]> NAMES = Comparator.<byte[]>comparingInt((name) -> name.length)
		.thenComparing(Arrays::compareUnsigned);

	private Row() {
	}

	/**
	 * Makes a change of a row with the columns of {@link Sql#all}.
	 */
	static Change change(ResultSet row) throws SQLException {
		Operation operation = operation(row.getString(7));
		Map<String, @Nullable Object> image = (operation != Operation.TRUNCATE) ? object(row.getString(13)) : Map.of();
		boolean updated = operation == Operation.UPDATE;
		Map<String, @Nullable Object> replaced = updated ? object(row.getString(14)) : Map.of();
		List<String> unknown = strings(row.getArray(15));
		Position position = Position.parse(row.getString(10));
		long ordinal = row.getLong(11);
		return new Change(id(row.getInt(1), position, ordinal), row.getString(2),
				(operation != Operation.DELETE) ? image : Map.of(), before(operation, image, replaced, unknown),
				List.copyOf(replaced.keySet()), unknown, object(row.getString(3)), row.getString(4), row.getString(5),
				row.getString(6), operation, row.getObject(8, OffsetDateTime.class).toInstant(), row.getLong(9),
				position, ordinal, row.getString(12));
	}

	/**
	 * Makes places of a row with the columns of {@link Sql#onlyPlaces}.
	 */
	static ChangePlaces places(ResultSet row) throws SQLException {
		Array keys = row.getArray(9);
		return new ChangePlaces(row.getString(1), row.getString(2), row.getString(3), row.getString(4), row.getLong(5),
				Position.parse(row.getString(6)), numbers(row.getArray(7)), numbers(row.getArray(8)),
				(keys != null) ? strings(keys) : null);
	}

	private static List<Long> numbers(@Nullable Array array) throws SQLException {
		return (array != null) ? List.of((Long[]) array.getArray()) : List.of();
	}

	private static String id(int source, Position position, long ordinal) {
		StringBuilder id = new StringBuilder(32);
		padded(id, Integer.toString(source), 4).append('-');
		padded(id, Long.toHexString(position.value()).toUpperCase(Locale.ROOT), 16).append('-');
		return padded(id, Long.toString(ordinal), 10).toString();
	}

	private static StringBuilder padded(StringBuilder id, String digits, int width) {
		return id.append("0".repeat(Math.max(0, width - digits.length()))).append(digits);
	}

	private static Map<String, @Nullable Object> before(Operation operation, Map<String, @Nullable Object> image,
			Map<String, @Nullable Object> replaced, List<String> unknown) {
		return switch (operation) {
			case UPDATE -> {
				Map<String, @Nullable Object> before = new LinkedHashMap<>(image);
				before.putAll(replaced);
				unknown.forEach(before::remove);
				yield image.keySet().containsAll(replaced.keySet()) ? before : sorted(before);
			}
			case DELETE -> image;
			default -> Map.of();
		};
	}

	private static Map<String, @Nullable Object> sorted(Map<String, @Nullable Object> row) {
		Map<String, @Nullable Object> sorted = new LinkedHashMap<>();
		row.entrySet()
			.stream()
			.sorted(Comparator.comparing((entry) -> entry.getKey().getBytes(StandardCharsets.UTF_8), NAMES))
			.forEach((entry) -> sorted.put(entry.getKey(), entry.getValue()));
		return sorted;
	}

	private static Map<String, @Nullable Object> object(@Nullable String text) {
		return (text == null || text.equals("{}")) ? Map.of() : Json.readObject(text);
	}

	private static Operation operation(String code) {
		return switch (code) {
			case "C" -> Operation.CREATE;
			case "U" -> Operation.UPDATE;
			case "D" -> Operation.DELETE;
			default -> Operation.TRUNCATE;
		};
	}

	private static List<String> strings(@Nullable Array array) throws SQLException {
		return (array == null || "{}".equals(array.toString())) ? List.of() : List.of((String[]) array.getArray());
	}

}
