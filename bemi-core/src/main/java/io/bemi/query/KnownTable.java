package io.bemi.query;

import java.util.List;

/**
 * A table of which something is recorded, as it was described last under that name.
 * Columns that are not recorded are left out.
 *
 * @param database the name of its database
 * @param schema its schema
 * @param table its name
 * @param columns the names of its columns, in their order
 * @param keyColumns the names of the columns that identify a record; empty when the table
 * has no key
 * @param maskedColumns the names of the columns of which masks are recorded instead of
 * values, or were once
 */
public record KnownTable(String database, String schema, String table, List<String> columns, List<String> keyColumns,
		List<String> maskedColumns) {

	public KnownTable {
		columns = List.copyOf(columns);
		keyColumns = List.copyOf(keyColumns);
		maskedColumns = List.copyOf(maskedColumns);
	}

	/**
	 * A table without masked columns.
	 * @param database the name of its database
	 * @param schema its schema
	 * @param table its name
	 * @param columns the names of its columns, in their order
	 * @param keyColumns the names of the columns that identify a record
	 */
	public KnownTable(String database, String schema, String table, List<String> columns, List<String> keyColumns) {
		this(database, schema, table, columns, keyColumns, List.of());
	}

}
