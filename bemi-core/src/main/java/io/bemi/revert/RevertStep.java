package io.bemi.revert;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What a revert does to one record. Values are those of
 * {@link io.bemi.change.Change#values()}.
 *
 * @param action what is done
 * @param schema the schema of the table
 * @param table the name of the table
 * @param key the key of the record as it is now (of an INSERT: as it will be), by column;
 * the whole row of a table without key
 * @param from what is expected to be there: the columns that an UPDATE touches, the whole
 * row of a DELETE, nothing of an INSERT
 * @param to what will be there: the columns that an UPDATE touches, the whole row of an
 * INSERT, nothing of a DELETE
 */
public record RevertStep(Action action, String schema, String table, Map<String, @Nullable Object> key,
		Map<String, @Nullable Object> from, Map<String, @Nullable Object> to) {

	public RevertStep {
		key = copy(key);
		from = copy(from);
		to = copy(to);
	}

	private static Map<String, @Nullable Object> copy(Map<String, @Nullable Object> map) {
		return map.isEmpty() ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(map));
	}

	/**
	 * What is done to a record.
	 */
	public enum Action {

		/** A deleted record is restored. */
		INSERT,

		/** Columns go back. */
		UPDATE,

		/** A created record is deleted. */
		DELETE

	}

}
