package io.bemi.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.bemi.ingestion.RowChange;
import io.bemi.ingestion.RowOperation;
import io.bemi.ingestion.TrackedRelation;
import org.jspecify.annotations.Nullable;

/**
 * The newest image of each record that a chunk of changes touches: looked up in the
 * history once, then kept up to date within the chunk.
 */
final class PreviousImages {

	private final Map<Integer, Map<String, Map<String, String>>> images = new HashMap<>();

	/**
	 * Looks up what a chunk of changes needs to know of the past.
	 * @param connection a connection to the store
	 * @param relations the dictionary of tables
	 * @param changes the chunk, in which each table has one description
	 * @return how many characters the images have
	 */
	long load(Connection connection, RelationDictionary relations, List<RowChange> changes) throws SQLException {
		Map<Integer, Set<String>> wanted = new LinkedHashMap<>();
		Map<Integer, TrackedRelation> tables = new HashMap<>();
		for (RowChange change : changes) {
			String key = change.keyBefore();
			if (key != null && needsImage(change)) {
				int oid = change.relation().relation().oid();
				wanted.computeIfAbsent(oid, (any) -> new LinkedHashSet<>()).add(key);
				tables.put(oid, change.relation());
			}
		}
		long characters = 0;
		for (Map.Entry<Integer, Set<String>> table : wanted.entrySet()) {
			TrackedRelation relation = tables.get(table.getKey());
			if (relation != null) {
				characters += load(connection, table.getKey(), relations.history(relation), table.getValue());
			}
		}
		return characters;
	}

	/**
	 * Whether a change needs to know what the record was before.
	 */
	static boolean needsImage(RowChange change) {
		boolean past = change.operation() == RowOperation.UPDATE || change.operation() == RowOperation.DELETE;
		return past && (change.old() == null || !change.old().isComplete());
	}

	private long load(Connection connection, int oid, TableHistory history, Set<String> keys) throws SQLException {
		long characters = 0;
		Map<String, Map<String, String>> found = this.images.computeIfAbsent(oid, (any) -> new HashMap<>());
		for (Map.Entry<String, NewestImage> record : NewestImage.find(connection, history, keys).entrySet()) {
			if (record.getValue().image() != null) {
				characters += record.getValue().length();
				found.put(record.getKey(), record.getValue().image());
			}
		}
		return characters;
	}

	/**
	 * The image of the record that a change is about, before the change.
	 * @return the columns' JSON texts by name, or {@code null} when nothing is known
	 */
	@Nullable Map<String, String> before(RowChange change) {
		String key = change.keyBefore();
		Map<String, Map<String, String>> table = this.images.get(change.relation().relation().oid());
		return (key != null && table != null) ? table.get(key) : null;
	}

	/**
	 * Remembers what a change leaves behind.
	 * @param image the columns' JSON texts by name, or {@code null} when nothing is left
	 */
	void after(RowChange change, @Nullable Map<String, String> image) {
		int oid = change.relation().relation().oid();
		if (change.operation() == RowOperation.TRUNCATE) {
			this.images.remove(oid);
			return;
		}
		Map<String, Map<String, String>> table = this.images.computeIfAbsent(oid, (any) -> new HashMap<>());
		String keyBefore = change.keyBefore();
		if (keyBefore != null) {
			table.remove(keyBefore);
		}
		if (change.primaryKey() != null && image != null) {
			table.put(change.primaryKey(), image);
		}
	}

}
