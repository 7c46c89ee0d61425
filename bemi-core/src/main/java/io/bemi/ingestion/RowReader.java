package io.bemi.ingestion;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.bemi.change.Position;
import io.bemi.pgoutput.JsonValues;
import io.bemi.pgoutput.PgOutputException;
import io.bemi.pgoutput.PgOutputMessage;
import io.bemi.pgoutput.PgOutputMessage.Delete;
import io.bemi.pgoutput.PgOutputMessage.Insert;
import io.bemi.pgoutput.PgOutputMessage.Relation;
import io.bemi.pgoutput.PgOutputMessage.Truncate;
import io.bemi.pgoutput.PgOutputMessage.Update;
import io.bemi.pgoutput.Tuple;
import io.bemi.pgoutput.TypeCatalog;
import org.jspecify.annotations.Nullable;

/**
 * Turns row messages into changes: values to JSON, the record's key, what arrived of the
 * row before. What cannot be read becomes poison, never an exception.
 */
final class RowReader {

	private final Map<Integer, TrackedRelation> relations = new HashMap<>();

	private final Catalog catalog;

	private JsonValues values;

	RowReader(JsonValues values, Catalog catalog) {
		this.values = values;
		this.catalog = catalog;
	}

	/**
	 * Takes the description of a table that the next rows refer to.
	 */
	void relation(Relation relation, Position position) {
		this.relations.put(relation.oid(), TrackedRelation.of(relation, position, this.catalog));
	}

	/**
	 * Reads a row message.
	 * @param transaction the running transaction
	 * @param ordinal the number of the first change in it
	 * @param message an INSERT, UPDATE, DELETE or TRUNCATE
	 * @return one row, or one per truncated table
	 */
	List<Row> read(SourceTransaction transaction, long ordinal, PgOutputMessage message) {
		if (message instanceof Truncate truncate) {
			List<Row> rows = new ArrayList<>();
			for (int oid : truncate.relations()) {
				rows.add(Row.of(new RowChange(transaction, ordinal + rows.size(), 0, known(oid), RowOperation.TRUNCATE,
						null, null, null, null)));
			}
			return rows;
		}
		try {
			return List.of(Row.of(change(transaction, ordinal, message)));
		}
		catch (PgOutputException ex) {
			// A type may have been altered since it was looked up.
			this.values = new JsonValues(this.catalog);
		}
		try {
			return List.of(Row.of(change(transaction, ordinal, message)));
		}
		catch (PgOutputException | IllegalArgumentException ex) {
			return List.of(new Row(null, new PoisonRow(transaction, ordinal, message.toString(), ex.toString())));
		}
	}

	private RowChange change(SourceTransaction transaction, long ordinal, PgOutputMessage message) {
		if (message instanceof Insert insert) {
			TrackedRelation relation = known(insert.relation());
			return new RowChange(transaction, ordinal, 0, relation, RowOperation.CREATE,
					relation.key(insert.row(), this.values), null, image(relation, insert.row()), null);
		}
		if (message instanceof Update update) {
			TrackedRelation relation = known(update.relation());
			RowImage old = old(relation, update.key(), update.old());
			RowImage row = image(relation, update.row());
			String key = relation.key(update.row(), this.values);
			Tuple before = (update.old() != null) ? update.old() : update.key();
			String keyBefore = (before != null) ? relation.key(before, this.values) : key;
			return new RowChange(transaction, ordinal, 0, relation, RowOperation.UPDATE, key,
					(keyBefore != null && !keyBefore.equals(key)) ? keyBefore : null, row, old);
		}
		if (message instanceof Delete delete) {
			TrackedRelation relation = known(delete.relation());
			Tuple before = (delete.old() != null) ? delete.old() : delete.key();
			return new RowChange(transaction, ordinal, 0, relation, RowOperation.DELETE,
					(before != null) ? relation.key(before, this.values) : null, null, null,
					old(relation, delete.key(), delete.old()));
		}
		throw new IllegalStateException("Expected a row, but got " + message.getClass().getSimpleName());
	}

	private @Nullable RowImage old(TrackedRelation relation, @Nullable Tuple key, @Nullable Tuple old) {
		if (old != null) {
			return image(relation, old);
		}
		return (key != null) ? keyImage(relation, key) : null;
	}

	private RowImage image(TrackedRelation relation, Tuple tuple) {
		@Nullable String[] columns = new String[tuple.size()];
		for (int i = 0; i < columns.length; i++) {
			columns[i] = value(relation, tuple, i);
		}
		return new RowImage(columns);
	}

	/**
	 * Columns outside the key are padded with nulls that are not values.
	 */
	private RowImage keyImage(TrackedRelation relation, Tuple tuple) {
		@Nullable String[] columns = new String[tuple.size()];
		for (int i : relation.keyColumns()) {
			columns[i] = value(relation, tuple, i);
		}
		return new RowImage(columns);
	}

	private @Nullable String value(TrackedRelation relation, Tuple tuple, int column) {
		if (tuple.isUnchanged(column)) {
			return null;
		}
		return tuple.isNull(column) ? "null"
				: TrackedRelation.json(this.values, relation.typeOid(column), tuple.text(column));
	}

	private TrackedRelation known(int oid) {
		TrackedRelation relation = this.relations.get(oid);
		if (relation == null) {
			throw new IllegalStateException(
					"Expected the description of relation " + Integer.toUnsignedString(oid) + " before its first row");
		}
		return relation;
	}

	/**
	 * What the stream does not say, and only the source's catalogue knows.
	 */
	interface Catalog extends TypeCatalog {

		/**
		 * The columns of a table's primary key.
		 * @param oid the table
		 * @return their names in the order of the table; empty when it has none
		 */
		List<String> primaryKey(int oid);

	}

	/**
	 * A change, or what could not be read as one.
	 */
	record Row(@Nullable RowChange change, @Nullable PoisonRow poison) {

		static Row of(RowChange change) {
			return new Row(change, null);
		}

	}

}
