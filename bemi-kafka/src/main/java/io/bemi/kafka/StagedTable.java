package io.bemi.kafka;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

import io.bemi.kafka.SourceTables.SourceColumn;
import io.bemi.kafka.SourceTables.SourceTable;
import io.bemi.pgoutput.PgOutputMessage.Column;
import io.bemi.pgoutput.PgOutputMessage.Relation;
import io.bemi.pgoutput.Tuple;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A table whose rows are read: as the stream would describe it, and how each column is
 * read.
 */
final class StagedTable {

	private static final Logger logger = LoggerFactory.getLogger(StagedTable.class);

	/** In the place of the object id of a table that is gone. */
	private static final int NO_OID = 0x8000_0000;

	private static final int TEXT = 25;

	private final Relation relation;

	private final List<ValueReader> readers;

	/** The columns that identify a row. */
	private final BitSet key;

	private StagedTable(Relation relation, List<ValueReader> readers, BitSet key) {
		this.relation = relation;
		this.readers = List.copyOf(readers);
		this.key = key;
	}

	/**
	 * Puts together what the connector says of a table and what only the source knows.
	 */
	static StagedTable of(TableDescription description, SourceTables source) throws SQLException {
		SourceTable table = source.table(description.schema(), description.name());
		List<String> key = Field.key(description.key());
		List<Column> columns = new ArrayList<>();
		List<ValueReader> readers = new ArrayList<>();
		List<String> lost = new ArrayList<>();
		BitSet keyColumns = new BitSet();
		char identity = identity(table, key);
		for (Field field : Field.row(description.description())) {
			SourceColumn column = (table != null) ? table.columns().get(field.name()) : null;
			// The catalogue may be further than what arrives.
			boolean isSame = column != null && (field.sourceType().isEmpty() || column.isOf(field.sourceType()));
			SourceColumn same = isSame ? column : null;
			SourceType type = (same != null) ? source.type(same.typeOid()) : source.type(field.sourceType());
			boolean isKey = (table != null) ? column != null && column.key() : key.contains(field.name());
			ValueReader reader = (type != null && !isMisread(type, field)) ? ValueReaders.of(type, field) : null;
			if (reader == null && !isKey) {
				lost.add(field.name() + " (" + field.sourceType().toLowerCase(Locale.ROOT) + ")");
				continue;
			}
			keyColumns.set(columns.size(), isKey);
			readers.add((reader != null) ? reader : ValueReader.TEXT);
			columns.add(new Column(isKey || identity == 'f', field.name(), (type != null) ? type.oid() : TEXT,
					(same != null) ? same.typeModifier() : -1));
		}
		if (!lost.isEmpty()) {
			logger.warn("Columns of table {}.{} are not recorded, because the connector cannot carry their types: {}",
					description.schema(), description.name(), String.join(", ", lost));
		}
		return new StagedTable(
				new Relation(oid(table, description), description.schema(), description.name(), identity, columns),
				readers, keyColumns);
	}

	/**
	 * A name with a dot has its schema (see {@link SourceTables}), and what it means to
	 * the connector cannot be told, unless it means nothing.
	 */
	private static boolean isMisread(SourceType type, Field field) {
		return field.sourceType().startsWith("\"") && (type.isDomain() || type.kind() == 'e');
	}

	private static int oid(@Nullable SourceTable table, TableDescription description) {
		return (table != null) ? table.oid() : NO_OID | (description.schema() + "." + description.name()).hashCode();
	}

	private static char identity(@Nullable SourceTable table, List<String> key) {
		return (table != null) ? table.replicaIdentity() : key.isEmpty() ? 'f' : 'd';
	}

	/**
	 * The table as the stream would describe it.
	 */
	Relation relation() {
		return this.relation;
	}

	/**
	 * Whether an old row is whole, and not only its key. The catalogue may be further
	 * than what arrives: what looks like a key is taken for one, and the history knows
	 * the rest.
	 */
	boolean isWhole(@Nullable String old) {
		if (old == null || this.relation.replicaIdentity() != 'f') {
			return false;
		}
		Map<String, @Nullable Object> row = Json.object(old);
		for (int i = 0; i < this.readers.size(); i++) {
			if (!this.key.get(i) && row.get(this.relation.columns().get(i).name()) != null) {
				return true;
			}
		}
		return this.key.isEmpty() || this.key.cardinality() == this.readers.size();
	}

	/**
	 * Reads a row.
	 * @param json the row as it arrived
	 * @param old the old row, which has values that are the same in this one;
	 * {@code null} when there is none
	 */
	Tuple row(String json, @Nullable String old) {
		Map<String, @Nullable Object> row = Json.object(json);
		Map<String, @Nullable Object> before = (old != null) ? Json.object(old) : Map.of();
		return tuple((name) -> {
			Object value = row.get(name);
			Object same = before.get(name);
			return (value != null && same != null && ValueReader.isUnchanged(value)) ? same : value;
		}, false);
	}

	/**
	 * Reads the key of an old row. Other columns are filled up with anything.
	 */
	Tuple key(String json) {
		return tuple(Json.object(json)::get, true);
	}

	private Tuple tuple(Function<String, @Nullable Object> row, boolean keyOnly) {
		List<Column> columns = this.relation.columns();
		@Nullable String[] texts = new String[columns.size()];
		BitSet unchanged = new BitSet();
		BitSet unreadable = new BitSet();
		for (int i = 0; i < texts.length; i++) {
			Object value = (keyOnly && !this.key.get(i)) ? null : row.apply(columns.get(i).name());
			if (value == null) {
				continue;
			}
			if (ValueReader.isUnchanged(value)) {
				unchanged.set(i);
				continue;
			}
			try {
				texts[i] = this.readers.get(i).read(value);
			}
			catch (RuntimeException ex) {
				texts[i] = String.valueOf(value);
				unreadable.set(i);
			}
		}
		return Tuple.of(texts, unchanged, unreadable);
	}

}
