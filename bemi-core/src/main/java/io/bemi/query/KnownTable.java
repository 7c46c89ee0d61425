package io.bemi.query;

import java.util.List;

/**
 * A table of which something is recorded, as it was described last under that name.
 *
 * @param database the name of its database
 * @param schema its schema
 * @param table its name
 * @param columns the names of its columns, in their order
 * @param keyColumns the names of the columns that identify a record; empty when the table
 * has no key
 */
public record KnownTable(String database, String schema, String table, List<String> columns, List<String> keyColumns) {

	public KnownTable {
		columns = List.copyOf(columns);
		keyColumns = List.copyOf(keyColumns);
	}

}
