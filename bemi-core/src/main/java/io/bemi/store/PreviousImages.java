package io.bemi.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.bemi.ingestion.RowChange;
import io.bemi.ingestion.RowImage;
import io.bemi.ingestion.RowOperation;
import io.bemi.ingestion.TrackedRelation;
import io.bemi.pgoutput.JsonBytes;
import io.bemi.pgoutput.PgOutputMessage.Column;
import org.jspecify.annotations.Nullable;

/**
 * The newest image of each record that a chunk of changes touches: looked up in the
 * history once, as far as they fit into memory, then kept up to date within the chunk.
 */
final class PreviousImages {

	private final Connection connection;

	private final RelationDictionary relations;

	private final Map<Integer, Map<String, RowImage>> images = new HashMap<>();

	private final Map<Integer, Set<String>> postponed = new HashMap<>();

	private long length;

	/**
	 * Creates images of which none is known.
	 * @param connection a connection to the store
	 * @param relations the dictionary of tables
	 */
	PreviousImages(Connection connection, RelationDictionary relations) {
		this.connection = connection;
		this.relations = relations;
	}

	/**
	 * Looks up what a chunk of changes needs to know of the past.
	 * @param changes the chunk, in which each table has one description
	 */
	void load(List<RowChange> changes) throws SQLException {
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
		for (Map.Entry<Integer, Set<String>> table : wanted.entrySet()) {
			TrackedRelation relation = tables.get(table.getKey());
			if (relation != null) {
				TableHistory history = this.relations.history(relation);
				NewestImage.find(this.connection, history, table.getValue())
					.forEach((key, found) -> add(relation, key, found));
			}
		}
	}

	private void add(TrackedRelation relation, String key, NewestImage found) {
		int oid = relation.relation().oid();
		if (found.postponed()) {
			this.postponed.computeIfAbsent(oid, (any) -> new HashSet<>()).add(key);
		}
		if (found.image() != null) {
			this.length += found.length();
			this.images.computeIfAbsent(oid, (any) -> new HashMap<>()).put(key, row(relation, found.image()));
		}
	}

	private static RowImage row(TrackedRelation relation, Map<String, JsonBytes> image) {
		List<Column> columns = relation.relation().columns();
		@Nullable JsonBytes[] row = new JsonBytes[columns.size()];
		for (int i = 0; i < row.length; i++) {
			row[i] = image.get(columns.get(i).name());
		}
		return new RowImage(row);
	}

	/**
	 * Looks up an image that was postponed.
	 */
	void loadPostponed(RowChange change) throws SQLException {
		int oid = change.relation().relation().oid();
		String key = change.keyBefore();
		if (key != null && isPostponed(change)) {
			NewestImage found = NewestImage.find(this.connection, this.relations.history(change.relation()),
					change.relation(), key);
			this.postponed.getOrDefault(oid, new HashSet<>()).remove(key);
			if (found != null) {
				add(change.relation(), key, found);
			}
		}
	}

	/**
	 * Whether a change needs an image that did not fit.
	 */
	boolean isPostponed(RowChange change) {
		return needsImage(change) && this.postponed.getOrDefault(change.relation().relation().oid(), Set.of())
			.contains(String.valueOf(change.keyBefore()));
	}

	/**
	 * How many bytes the images have that were looked up.
	 */
	long length() {
		return this.length;
	}

	/**
	 * Whether a change needs to know what the record was before.
	 */
	static boolean needsImage(RowChange change) {
		boolean past = change.operation() == RowOperation.UPDATE || change.operation() == RowOperation.DELETE;
		return past && (change.old() == null || !change.old().isComplete());
	}

	/**
	 * The image of the record that a change is about, before the change.
	 * @return the row, or {@code null} when nothing is known
	 */
	@Nullable RowImage before(RowChange change) {
		String key = change.keyBefore();
		Map<String, RowImage> table = this.images.get(change.relation().relation().oid());
		return (key != null && table != null) ? table.get(key) : null;
	}

	/**
	 * Remembers what a change leaves behind.
	 * @param image the row, or {@code null} when nothing is left
	 */
	void after(RowChange change, @Nullable RowImage image) {
		int oid = change.relation().relation().oid();
		if (change.operation() == RowOperation.TRUNCATE) {
			this.images.remove(oid);
			this.postponed.remove(oid);
			return;
		}
		Map<String, RowImage> table = this.images.computeIfAbsent(oid, (any) -> new HashMap<>());
		Set<String> others = this.postponed.getOrDefault(oid, new HashSet<>());
		String keyBefore = change.keyBefore();
		if (keyBefore != null) {
			table.remove(keyBefore);
			others.remove(keyBefore);
		}
		if (change.primaryKey() != null && image != null) {
			table.put(change.primaryKey(), image);
			others.remove(change.primaryKey());
		}
	}

}
