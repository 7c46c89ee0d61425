package io.bemi.revert;

import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * A table as the catalogue has it now.
 *
 * @param oid its object id
 * @param schema its schema
 * @param name its name
 * @param partitioned whether its rows are in partitions
 * @param triggers whether something of the application's runs when it is written
 * @param columns its columns, in their order
 * @param key the columns that identify its records; none of a table without key
 * @param references the foreign keys that it has
 * @param referenced the foreign keys that lead to it
 * @param uniques what must be unique in it
 * @param linked the columns that foreign keys, from and to it, and what must be unique
 * are about
 */
record LiveTable(long oid, String schema, String name, boolean partitioned, boolean triggers, List<Column> columns,
		List<String> key, List<ForeignKey> references, List<ForeignKey> referenced, List<Unique> uniques,
		List<String> linked) {

	@Nullable Column column(String name) {
		for (Column column : this.columns) {
			if (column.name().equals(name)) {
				return column;
			}
		}
		return null;
	}

	boolean keyed() {
		return !this.key.isEmpty();
	}

	String quoted() {
		return Sql.identifier(this.schema) + "." + Sql.identifier(this.name);
	}

	/**
	 * Its rows, as they stand in FROM: not those of tables that inherit from it.
	 */
	String rows() {
		return (this.partitioned ? "" : "ONLY ") + quoted();
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof LiveTable table && table.oid == this.oid;
	}

	@Override
	public int hashCode() {
		return Long.hashCode(this.oid);
	}

	@Override
	public String toString() {
		return this.schema + "." + this.name;
	}

	/**
	 * A column.
	 *
	 * @param name its name
	 * @param type its type as it stands in SQL
	 * @param kind the name of its type
	 * @param generated whether it is computed from others
	 * @param notNull whether it must have a value
	 * @param required whether it must be given one, as there is no default
	 * @param cast whether JSON gets something else than its text by a cast of its type
	 * @param typeSchema the quoted schema of its type
	 */
	record Column(String name, String type, String kind, boolean generated, boolean notNull, boolean required,
			boolean cast, String typeSchema) {

		/** The types of which JSON loses nothing. */
		private static final Set<String> EXACT = Set.of("bool", "int2", "int4", "int8", "numeric", "text", "varchar",
				"bpchar", "uuid", "date", "time", "timetz", "timestamp", "timestamptz", "bytea", "jsonb", "inet");

		boolean isHstore() {
			return this.kind.equals("hstore");
		}

		boolean isDocument() {
			return this.kind.equals("json") || this.kind.equals("jsonb");
		}

		boolean isExact() {
			return EXACT.contains(this.kind);
		}

	}

	/**
	 * A foreign key.
	 *
	 * @param oid its object id
	 * @param name its name
	 * @param child the object id of the table that has it
	 * @param childName the quoted name of that table
	 * @param childRows its rows, as they stand in FROM
	 * @param columns the columns that refer
	 * @param parent the object id of the table that it leads to
	 * @param parentName the quoted name of that table
	 * @param parentRows its rows, as they stand in FROM
	 * @param parentColumns the columns that are referred to
	 * @param types their types as they stand in SQL
	 * @param deferrable whether it can wait until the end of the transaction
	 * @param onDelete what it does on DELETE, as the catalogue says it
	 * @param onUpdate what it does on UPDATE
	 */
	record ForeignKey(long oid, String name, long child, String childName, String childRows, List<String> columns,
			long parent, String parentName, String parentRows, List<String> parentColumns, List<String> types,
			boolean deferrable, char onDelete, char onUpdate) {

		static boolean acts(char action) {
			return action == 'c' || action == 'n' || action == 'd';
		}

	}

	/**
	 * Columns that must be unique.
	 *
	 * @param name the name of the index
	 * @param columns the columns
	 * @param primary whether it is the primary key
	 * @param deferrable whether it can wait until the end of the transaction
	 */
	record Unique(String name, List<String> columns, boolean primary, boolean deferrable) {
	}

}
