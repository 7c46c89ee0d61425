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

	static Change change(ResultSet row) throws SQLException {
		Operation operation = operation(row.getString("operation"));
		Map<String, @Nullable Object> image = (operation != Operation.TRUNCATE) ? object(row.getString("image"))
				: Map.of();
		boolean updated = operation == Operation.UPDATE;
		Map<String, @Nullable Object> replaced = updated ? object(row.getString("replaced")) : Map.of();
		List<String> unknown = strings(row.getArray("unknown"));
		Position position = Position.parse(row.getString("position"));
		long ordinal = row.getLong("ordinal");
		return new Change("%04d-%016X-%010d".formatted(row.getInt("source_number"), position.value(), ordinal),
				row.getString("primary_key"), (operation != Operation.DELETE) ? image : Map.of(),
				before(operation, image, replaced, unknown), List.copyOf(replaced.keySet()), unknown,
				Json.readObject(row.getString("metadata")), row.getString("database"), row.getString("schema"),
				row.getString("table"), operation, row.getObject("committed_at", OffsetDateTime.class).toInstant(),
				row.getLong("transaction_id"), position, ordinal, row.getString("source"));
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
		return (text != null) ? Json.readObject(text) : Map.of();
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
