package io.bemi.ingestion;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.IntFunction;

import io.bemi.change.Position;
import io.bemi.pgoutput.JsonValues;
import io.bemi.pgoutput.PgOutputException;
import io.bemi.pgoutput.PgOutputMessage.Relation;
import io.bemi.pgoutput.Tuple;
import org.jspecify.annotations.Nullable;

/**
 * A table as it was described by the stream from some position on, and how its records
 * are identified.
 */
public final class TrackedRelation {

	private final Relation relation;

	private final Position since;

	private final List<Integer> keyColumns;

	private final boolean doubtfulNulls;

	private final String alteration;

	private TrackedRelation(Relation relation, Position since, List<Integer> keyColumns, boolean doubtfulNulls,
			String alteration) {
		this.relation = relation;
		this.since = since;
		this.doubtfulNulls = doubtfulNulls;
		this.alteration = alteration;
		this.keyColumns = List.copyOf(keyColumns);
	}

	/**
	 * Finds out how records are identified: by the replica identity; where that is the
	 * whole row, by the primary key.
	 */
	static TrackedRelation of(Relation relation, Position since, List<Integer> primaryKey, RowReader.Catalog catalog) {
		List<Integer> key = new ArrayList<>();
		if (relation.replicaIdentity() == 'f') {
			key.addAll(primaryKey);
		}
		else {
			for (int i = 0; i < relation.columns().size(); i++) {
				if (relation.columns().get(i).key()) {
					key.add(i);
				}
			}
		}
		boolean doubtful = relation.replicaIdentity() == 'f' && catalog.hasDoubtfulNulls(relation.oid());
		return new TrackedRelation(relation, since, key, doubtful, "");
	}

	/**
	 * A table of which a message says what a statement has made of it.
	 */
	static TrackedRelation altered(int oid, Position since, String alteration) {
		return new TrackedRelation(new Relation(oid, "", "", ' ', List.of()), since, List.of(), false, alteration);
	}

	/**
	 * The same table under another name.
	 */
	TrackedRelation renamed(String schema, String name) {
		Relation renamed = new Relation(this.relation.oid(), schema, name, this.relation.replicaIdentity(),
				this.relation.columns());
		return new TrackedRelation(renamed, this.since, this.keyColumns, this.doubtfulNulls, this.alteration);
	}

	/**
	 * The stream's description.
	 */
	public Relation relation() {
		return this.relation;
	}

	/**
	 * The position from which on it holds.
	 */
	public Position since() {
		return this.since;
	}

	/**
	 * The indexes of the columns that identify a record, in the order of the columns;
	 * empty when the table has no key.
	 */
	public List<Integer> keyColumns() {
		return this.keyColumns;
	}

	/**
	 * What a message says about the table, as JSON; empty where the stream describes it.
	 */
	public String alteration() {
		return this.alteration;
	}

	/**
	 * Whether nulls in an old row need not be values.
	 */
	boolean hasDoubtfulNulls() {
		return this.doubtfulNulls;
	}

	int typeOid(int column) {
		return this.relation.columns().get(column).typeOid();
	}

	/**
	 * The key of a row: a single column's text, or a JSON array of several columns'
	 * values.
	 */
	@Nullable String key(Tuple tuple, JsonValues values) {
		return key((column) -> tuple.isNull(column) ? null : keyText(tuple, column), values);
	}

	private static String keyText(Tuple tuple, int column) {
		if (tuple.isUnchanged(column)) {
			throw new PgOutputException("Expected a value for column " + column + " of the key, but it did not arrive");
		}
		return tuple.text(column);
	}

	/**
	 * The same for a row whose columns' texts come from elsewhere.
	 */
	@Nullable String key(IntFunction<@Nullable String> row, JsonValues values) {
		if (this.keyColumns.isEmpty()) {
			return null;
		}
		if (this.keyColumns.size() == 1) {
			return row.apply(this.keyColumns.get(0));
		}
		StringBuilder key = new StringBuilder("[");
		for (int column : this.keyColumns) {
			String text = row.apply(column);
			key.append((key.length() > 1) ? ", " : "")
				.append((text != null) ? json(values, typeOid(column), text) : "null");
		}
		return key.append(']').toString();
	}

	static String json(JsonValues values, int typeOid, String text) {
		StringBuilder json = new StringBuilder(text.length() + 2);
		values.append(json, typeOid, text);
		return json.toString();
	}

	/**
	 * Whether the other one describes the same columns in the same way.
	 */
	public boolean sameAs(TrackedRelation other) {
		return this.relation.equals(other.relation) && this.keyColumns.equals(other.keyColumns);
	}

	@Override
	public String toString() {
		return Objects.toString(this.relation.schema()) + "." + this.relation.name();
	}

}
