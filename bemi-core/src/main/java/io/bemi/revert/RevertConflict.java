package io.bemi.revert;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Something that stands between a record and its earlier state.
 *
 * @param kind what it is
 * @param schema the schema of the record's table
 * @param table the name of the record's table
 * @param key the record's key by column; the whole row of a table without key; empty when
 * it is about the table
 * @param columns the columns that it is about; empty when it is about the record
 * @param message what is wrong, for people
 */
public record RevertConflict(ConflictKind kind, String schema, String table, Map<String, @Nullable Object> key,
		List<String> columns, String message) {

	public RevertConflict {
		columns = List.copyOf(columns);
	}

	@Override
	public String toString() {
		String record = this.key.isEmpty() ? "" : " " + this.key;
		String of = this.columns.isEmpty() ? "" : " " + this.columns;
		return this.kind + " " + this.schema + "." + this.table + record + of + ": " + this.message;
	}

}
