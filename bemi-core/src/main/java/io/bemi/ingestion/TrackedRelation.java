package io.bemi.ingestion;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.IntFunction;

import io.bemi.change.Position;
import io.bemi.pgoutput.JsonBytes;
import io.bemi.pgoutput.JsonValues;
import io.bemi.pgoutput.PgOutputException;
import io.bemi.pgoutput.PgOutputMessage;
import io.bemi.pgoutput.PgOutputMessage.Column;
import io.bemi.pgoutput.PgOutputMessage.Relation;
import io.bemi.pgoutput.Tuple;
import io.bemi.tracking.ColumnRules;
import org.jspecify.annotations.Nullable;

/**
 * A table as it was described by the stream from some position on, and how its records
 * are identified.
 */
public final class TrackedRelation {

	/**
	 * Types whose values are never stored out of line when they are short: numeric and
	 * texts.
	 */
	private static final Set<Integer> SHORT_TYPES = Set.of(25, 1042, 1043, 1700);

	/** In bytes, with quotes. */
	private static final int SHORT = 20;

	private final ChosenColumns columns;

	private final Position since;

	private final List<Integer> keyColumns;

	private final boolean doubtfulNulls;

	private final String alteration;

	/** By the names of ignored columns whether the log has their value in any case. */
	private final Map<String, Boolean> ignored;

	private TrackedRelation(ChosenColumns columns, Position since, List<Integer> keyColumns, boolean doubtfulNulls,
			String alteration, Map<String, Boolean> ignored) {
		this.columns = columns;
		this.since = since;
		this.doubtfulNulls = doubtfulNulls;
		this.alteration = alteration;
		this.keyColumns = List.copyOf(keyColumns);
		this.ignored = Map.copyOf(ignored);
	}

	/**
	 * Finds out how records are identified: by the replica identity; where that is the
	 * whole row, by the primary key.
	 */
	static TrackedRelation of(ChosenColumns columns, Position since, List<Integer> primaryKey,
			RowReader.Catalog catalog) {
		Relation source = columns.source();
		boolean full = source.replicaIdentity() == 'f';
		List<Integer> key = new ArrayList<>();
		if (full) {
			key.addAll(primaryKey);
		}
		else {
			for (int i = 0; i < source.columns().size(); i++) {
				if (source.columns().get(i).key()) {
					key.add(i);
				}
			}
		}
		boolean doubtful = full && catalog.hasDoubtfulNulls(source.oid());
		Map<String, Boolean> ignored = new HashMap<>();
		for (int column : columns.ignored()) {
			Column found = columns.recorded().columns().get(column);
			ignored.put(found.name(), full || catalog.hasFixedLength(found.typeOid()));
		}
		return new TrackedRelation(columns, since, columns.key(key), doubtful, "", ignored);
	}

	/**
	 * A table of which a message says what a statement has made of it.
	 */
	static TrackedRelation altered(int oid, Position since, String alteration) {
		return new TrackedRelation(new ChosenColumns(new Relation(oid, "", "", ' ', List.of()), ColumnRules.NONE),
				since, List.of(), false, alteration, Map.of());
	}

	/**
	 * The same table under another name.
	 */
	TrackedRelation renamed(String schema, String name, RowReader.Catalog catalog) {
		List<Integer> key = this.keyColumns.stream()
			.map((column) -> this.columns.source().indexOf(relation().columns().get(column).name()))
			.toList();
		return of(this.columns.renamed(schema, name), this.since, key, catalog);
	}

	/**
	 * The stream's description, without columns that are not recorded.
	 */
	public Relation relation() {
		return this.columns.recorded();
	}

	/**
	 * All columns that the stream describes, also those that are not recorded.
	 */
	public List<Column> described() {
		return this.columns.source().columns();
	}

	/**
	 * What rules do to the columns that the stream describes.
	 * @return by the columns of {@link #described()} how they are left out, or masked;
	 * {@code null} where they are recorded as they are
	 */
	public List<@Nullable String> treatments() {
		return this.columns.treatments();
	}

	/**
	 * Whether an UPDATE that changes nothing but some columns need not be recorded. It
	 * must be where the log may leave a value of theirs out later, as it does with large
	 * values that stay the same: then the last recorded one would be taken for it. And
	 * where nothing but its columns tells which row goes later.
	 * @param replaced the old values of the columns that it changes
	 * @param row the row afterwards
	 */
	public boolean ignores(RowImage replaced, RowImage row) {
		if (this.ignored.isEmpty() || this.keyColumns.isEmpty()) {
			return false;
		}
		List<Column> columns = relation().columns();
		for (int i = 0; i < columns.size(); i++) {
			if (replaced.column(i) != null) {
				Boolean isAlwaysSent = this.ignored.get(columns.get(i).name());
				if (isAlwaysSent == null || !(isAlwaysSent || isShort(columns.get(i), row.column(i)))) {
					return false;
				}
			}
		}
		return true;
	}

	private static boolean isShort(Column column, @Nullable JsonBytes value) {
		return value != null && value.length() <= SHORT && SHORT_TYPES.contains(column.typeOid());
	}

	/**
	 * The columns of which an UPDATE is not recorded that changes nothing else.
	 */
	Set<String> ignored() {
		return this.ignored.keySet();
	}

	/**
	 * What is recorded of a row message.
	 */
	PgOutputMessage choose(PgOutputMessage message) {
		return this.columns.of(message);
	}

	/**
	 * Whether the values of a column are replaced.
	 */
	boolean isMasked(int column) {
		return this.columns.isMasked(column);
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
		return relation().columns().get(column).typeOid();
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
		return described().equals(other.described()) && relation().equals(other.relation())
				&& treatments().equals(other.treatments()) && this.keyColumns.equals(other.keyColumns);
	}

	@Override
	public String toString() {
		return Objects.toString(relation().schema()) + "." + relation().name();
	}

}
