package io.bemi.pgoutput;

import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;

import io.bemi.pgoutput.PgOutputMessage.Relation;

/**
 * Writes the rows of one relation as JSON objects, equal to {@code to_jsonb(row)}. Made
 * once per relation message; not thread-safe.
 */
public final class RowJson {

	private final Relation relation;

	private final int[] all;

	/** Each column's name as JSON, and what follows it. */
	private final String[] names;

	private final JsonValue[] values;

	/**
	 * Creates the form of a relation.
	 * @param relation the relation that the tuples belong to
	 * @param values turns values into JSON, by the types that the relation had
	 */
	public RowJson(Relation relation, JsonValues values) {
		this.relation = relation;
		int size = relation.columns().size();
		this.all = IntStream.range(0, size).toArray();
		this.names = new String[size];
		this.values = new JsonValue[size];
		for (int i : this.all) {
			StringBuilder name = new StringBuilder();
			JsonText.append(name, relation.columns().get(i).name());
			this.names[i] = name.append(": ").toString();
			this.values[i] = values.of(relation.columns().get(i).typeOid());
		}
	}

	/**
	 * The relation whose rows are written.
	 * @return the relation
	 */
	public Relation relation() {
		return this.relation;
	}

	/**
	 * Appends a row in the order of its columns. Unchanged TOAST values are absent.
	 * @param out what to append to; unchanged when an exception is thrown
	 * @param tuple the row
	 * @throws PgOutputException when the tuple does not fit the relation, or a text its
	 * type
	 */
	public void append(StringBuilder out, Tuple tuple) {
		append(out, tuple, this.all);
	}

	/**
	 * Appends some columns of a row. Unchanged TOAST values are absent.
	 * @param out what to append to; unchanged when an exception is thrown
	 * @param tuple the row
	 * @param columns the indexes of the columns, in the order to write
	 * @throws PgOutputException when the tuple does not fit the relation, or a text its
	 * type
	 */
	public void append(StringBuilder out, Tuple tuple, int[] columns) {
		int start = out.length();
		try {
			requireFit(tuple);
			out.append('{');
			String separator = "";
			for (int column : columns) {
				if (!tuple.isUnchanged(column)) {
					out.append(separator).append(this.names[column]);
					appendValue(out, tuple, column);
					separator = ", ";
				}
			}
			out.append('}');
		}
		catch (PgOutputException ex) {
			out.setLength(start);
			throw ex;
		}
	}

	/**
	 * The columns whose value the log does not hold.
	 * @param tuple the row
	 * @return their names, mostly none
	 * @throws PgOutputException when the tuple does not fit the relation
	 */
	public List<String> unchanged(Tuple tuple) {
		requireFit(tuple);
		return IntStream.of(this.all)
			.filter(tuple::isUnchanged)
			.mapToObj((column) -> this.relation.columns().get(column).name())
			.toList();
	}

	/**
	 * The key of a row as one text.
	 * @param tuple the row, or its old key
	 * @param columns the indexes of the key's columns, in the key's order
	 * @return the value's text for a key of one column, else a JSON array of the values
	 * @throws PgOutputException when the tuple does not fit the relation, or does not
	 * hold a value of the key
	 */
	public String primaryKey(Tuple tuple, int[] columns) {
		requireFit(tuple);
		for (int column : columns) {
			if (tuple.isNull(column) || tuple.isUnchanged(column)) {
				throw new PgOutputException(
						"Expected a value for the key column " + this.relation.columns().get(column).name()
								+ ", but it is " + (tuple.isNull(column) ? "null" : "an unchanged TOAST value"));
			}
		}
		if (columns.length == 1) {
			return tuple.text(columns[0]);
		}
		StringBuilder key = new StringBuilder("[");
		for (int i = 0; i < columns.length; i++) {
			key.append((i > 0) ? ", " : "");
			appendValue(key, tuple, columns[i]);
		}
		return key.append(']').toString();
	}

	/**
	 * The columns of the replica identity. Under {@code REPLICA IDENTITY FULL} these are
	 * all, and the key has to be known from elsewhere.
	 * @return their indexes
	 */
	public int[] keyColumns() {
		return IntStream.of(this.all).filter((column) -> this.relation.columns().get(column).key()).toArray();
	}

	/**
	 * Looks columns up by their names.
	 * @param names the names
	 * @return their indexes, in the order of the names
	 * @throws IllegalArgumentException when the relation has no such column
	 */
	public int[] columns(Collection<String> names) {
		return names.stream().mapToInt((name) -> {
			int column = this.relation.indexOf(name);
			if (column < 0) {
				throw new IllegalArgumentException("'names' must be columns of " + this.relation.schema() + "."
						+ this.relation.name() + ", but " + name + " is not");
			}
			return column;
		}).toArray();
	}

	private void appendValue(StringBuilder out, Tuple tuple, int column) {
		if (tuple.isNull(column)) {
			out.append("null");
		}
		else {
			this.values[column].append(out, tuple.text(column));
		}
	}

	private void requireFit(Tuple tuple) {
		if (tuple.size() != this.names.length) {
			throw new PgOutputException("Expected " + this.names.length + " columns for a row of "
					+ this.relation.schema() + "." + this.relation.name() + ", but found " + tuple.size());
		}
	}

}
