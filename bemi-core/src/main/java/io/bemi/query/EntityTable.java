package io.bemi.query;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Where the records of an entity are.
 *
 * @param schema the name of the schema as the catalogue spells it; {@code null} when the
 * mapping names none
 * @param names the names of the tables as the catalogue spells them: several when an
 * entity is spread over several tables that have the same key
 * @param keyColumns the names of the key's columns, in any order
 */
public record EntityTable(@Nullable String schema, List<String> names, List<String> keyColumns) {

	public EntityTable {
		names = List.copyOf(names);
		keyColumns = List.copyOf(keyColumns);
	}

}
