package io.bemi.query;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import io.bemi.change.Change;
import io.bemi.change.Operation;
import io.bemi.change.Position;
import org.jspecify.annotations.Nullable;

/**
 * Changes of few values, so that questions find some.
 */
final class RandomChanges {

	static final List<String> SOURCES = List.of("bemi_shop", "bemi_crm");

	static final List<String> DATABASES = List.of("shop", "crm");

	static final List<String> SCHEMAS = List.of("public", "Other");

	static final List<String> TABLES = List.of("todo", "orders", "we ird");

	static final List<String> USERS = List.of("ann", "bob", "O'Hara", "{\"a\": 1}");

	static final List<String> TRACES = List.of("t1", "t2");

	/** In the order of {@code jsonb}. */
	static final List<String> COLUMNS = List.of("n", "note", "tags", "task", "Mixed \"case\"");

	private final StoredHistory history;

	private final Random random;

	RandomChanges(StoredHistory history, Random random) {
		this.history = history;
		this.random = random;
	}

	static Instant time(int transaction) {
		return Instant.parse("2026-02-01T00:00:00.000001Z").plusSeconds(transaction * 86_400L * 3);
	}

	static Position place(int transaction) {
		// Beyond the half of what fits into 64 bits, and of different lengths.
		return new Position((transaction < 20) ? transaction * 256L + 1 : 0xF000000000000000L + transaction * 4096L);
	}

	/**
	 * Transactions of one to five changes.
	 */
	List<Change> transactions(int count) {
		List<Change> changes = new ArrayList<>();
		for (int transaction = 1; transaction <= count; transaction++) {
			int source = this.random.nextInt(SOURCES.size());
			int rows = 1 + this.random.nextInt(5);
			for (int ordinal = 0; ordinal < rows; ordinal++) {
				changes.add(change(transaction, ordinal, SOURCES.get(source), DATABASES.get(source)));
			}
		}
		// Two sources at one position.
		Change last = changes.get(changes.size() - 1);
		int other = 1 - SOURCES.indexOf(last.source());
		changes.add(change(count, 0, SOURCES.get(other), DATABASES.get(other)));
		return changes;
	}

	<T> T any(List<T> values) {
		return values.get(this.random.nextInt(values.size()));
	}

	@Nullable Object value(String column) {
		return switch (column) {
			case "task" -> any(Arrays.asList("Sleep", "Eat", "", "x\"y", null));
			case "n" -> any(Arrays.asList(new BigDecimal("1"), new BigDecimal("2.50"), new BigDecimal("-3"), null));
			case "tags" -> any(List.of(List.of(), List.of("x"), List.of("x", "y", Map.of("z", true))));
			case "note" -> any(Arrays.asList(true, false, null));
			default -> any(List.of("a", "b"));
		};
	}

	private Change change(int transaction, int ordinal, String source, String database) {
		Operation operation = any(List.of(Operation.CREATE, Operation.UPDATE, Operation.UPDATE, Operation.UPDATE,
				Operation.DELETE, Operation.TRUNCATE));
		int key = this.random.nextInt(4);
		Map<String, @Nullable Object> row = new LinkedHashMap<>(Map.of("id", BigDecimal.valueOf(key)));
		COLUMNS.forEach((column) -> row.put(column, value(column)));
		Map<String, @Nullable Object> before = new LinkedHashMap<>();
		List<String> changed = new ArrayList<>();
		List<String> unknown = new ArrayList<>();
		if (operation == Operation.UPDATE) {
			before.putAll(row);
			for (String column : COLUMNS) {
				Object old = value(column);
				if (this.random.nextInt(3) == 0 && !java.util.Objects.equals(old, row.get(column))) {
					before.put(column, old);
					changed.add(column);
				}
				else if (this.random.nextInt(12) == 0) {
					before.remove(column);
					unknown.add(column);
				}
			}
		}
		if (operation == Operation.DELETE) {
			before.putAll(row);
		}
		boolean values = operation == Operation.CREATE || operation == Operation.UPDATE;
		String primaryKey = (operation == Operation.TRUNCATE) ? null
				: (key == 3) ? "[3, \"a\\\"b\", true]" : String.valueOf(key);
		Position position = place(transaction);
		return new Change(this.history.id(source, database, position, ordinal), primaryKey, values ? row : Map.of(),
				before, changed, unknown, metadata(), database, any(SCHEMAS), any(TABLES), operation, time(transaction),
				100 + transaction, position, ordinal, source);
	}

	private Map<String, @Nullable Object> metadata() {
		Map<String, @Nullable Object> metadata = new LinkedHashMap<>();
		if (this.random.nextInt(5) > 0) {
			metadata.put("user", any(USERS));
		}
		if (this.random.nextBoolean()) {
			metadata.put("_bemi", Map.of("traceId", any(TRACES), "entryPoint", "http"));
		}
		if (this.random.nextBoolean()) {
			metadata.put("params", Map.of("q", any(List.of(List.of("a"), List.of("a", BigDecimal.ONE)))));
		}
		return metadata;
	}

}
