package io.bemi.timetravel;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import io.bemi.store.RecordedTable.LiveColumn;
import org.jspecify.annotations.Nullable;

/**
 * A table as the catalogue has it now.
 *
 * @param oid its object id
 * @param schema its schema
 * @param name its name
 * @param obstacle why it has no as-of view; {@code null} when it can have one
 * @param columns its columns, in their order
 */
record LiveTable(long oid, String schema, String name, @Nullable String obstacle, List<Column> columns) {

	private static final String TABLES = """
			SELECT c.oid::bigint, n.nspname, c.relname, c.relrowsecurity, c.relkind = 'r' AND c.relhassubclass,
			       a.attname, a.atttypid::bigint, a.atttypmod, a.attnum, a.attcollation IN (0, 100),
			       CASE WHEN a.attgenerated <> '' THEN pg_catalog.pg_get_expr(d.adbin, d.adrelid) END,
			       CASE WHEN 'hstore' IN (t.typname, e.typname) THEN pg_catalog.quote_ident(m.nspname) END,
			       coalesce(e.typname = 'hstore', false),
			       EXISTS (SELECT FROM pg_catalog.pg_constraint f
			                WHERE f.conrelid = c.oid AND f.contype = 'f' AND a.attnum = ANY (f.conkey)),
			       pg_catalog.format_type(a.atttypid, a.atttypmod)
			           || CASE WHEN a.attcollation <> t.typcollation
			                   THEN (SELECT pg_catalog.format(' COLLATE %I.%I', k.nspname, o.collname)
			                           FROM pg_catalog.pg_collation o JOIN pg_catalog.pg_namespace k ON k.oid = o.collnamespace
			                          WHERE o.oid = a.attcollation) ELSE '' END
			  FROM pg_catalog.pg_class c
			  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
			  JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
			  JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
			  JOIN pg_catalog.pg_namespace m ON m.oid = t.typnamespace
			  LEFT JOIN pg_catalog.pg_type e ON e.oid = t.typelem AND t.typcategory = 'A'
			  LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
			 WHERE c.oid = ANY (?::oid[]) AND c.relkind IN ('r', 'p')
			 ORDER BY c.oid, a.attnum
			""";

	/**
	 * Reads tables.
	 * @param oids their object ids; of those that are gone nothing is said
	 * @param opened the tables that have a view in spite of row-level security, as
	 * schema.name; {@code *} stands for all
	 */
	static List<LiveTable> of(Connection connection, Collection<Long> oids, Set<String> opened) throws SQLException {
		Map<Long, LiveTable> tables = new LinkedHashMap<>();
		try (PreparedStatement statement = connection.prepareStatement(TABLES)) {
			statement.setArray(1, connection.createArrayOf("bigint", oids.toArray()));
			try (ResultSet row = statement.executeQuery()) {
				while (row.next()) {
					LiveTable table = tables.get(row.getLong(1));
					if (table == null) {
						table = table(row, opened);
						tables.put(table.oid(), table);
					}
					table.columns()
						.add(new Column(new LiveColumn(row.getString(6), row.getLong(7), row.getInt(8), row.getInt(9)),
								row.getBoolean(10), row.getString(11), row.getString(12), row.getBoolean(13),
								row.getBoolean(14), row.getString(15)));
				}
			}
		}
		return List.copyOf(tables.values());
	}

	private static LiveTable table(ResultSet row, Set<String> opened) throws SQLException {
		String schema = row.getString(2);
		String name = row.getString(3);
		boolean isOpened = opened.contains("*") || opened.contains(schema + "." + name);
		String obstacle = null;
		if (row.getBoolean(4) && !isOpened) {
			obstacle = "row-level security does not apply to the past: name it in bemi.timetravel.row-security if whoever"
					+ " may travel may see all of its rows";
		}
		else if (row.getBoolean(5)) {
			obstacle = "tables inherit from it";
		}
		return new LiveTable(row.getLong(1), schema, name, obstacle, new ArrayList<>());
	}

	/**
	 * The columns that are recorded.
	 */
	List<LiveColumn> recorded() {
		return this.columns.stream().filter((column) -> column.generated() == null).map(Column::column).toList();
	}

	@Nullable Column column(String name) {
		return this.columns.stream()
			.filter((column) -> Objects.equals(column.column().name(), name))
			.findFirst()
			.orElse(null);
	}

	@Override
	public String toString() {
		return this.schema + "." + this.name;
	}

	/**
	 * A column.
	 *
	 * @param column what the history knows of columns, too
	 * @param plain whether texts in it are compared as texts are by default
	 * @param generated what it is computed from; {@code null} if it is not
	 * @param hstore the quoted schema of its type, if that is {@code hstore} or an array
	 * of it
	 * @param array whether it is an array of {@code hstore}
	 * @param reference whether it is part of a foreign key
	 * @param type its type as it stands in SQL
	 */
	record Column(LiveColumn column, boolean plain, @Nullable String generated, @Nullable String hstore, boolean array,
			boolean reference, String type) {

		/**
		 * The types whose text an index can hold as the value that it is.
		 */
		private static final Map<Long, String> INDEXED = Map.of(20L, "int8", 21L, "int2", 23L, "int4", 25L, "text",
				1043L, "varchar", 2950L, "uuid", 1700L, "numeric");

		/**
		 * The types whose values are told by a text: bool, int8, int2, int4, text,
		 * float4, float8, varchar, date, time, timestamp, timestamptz, numeric, uuid.
		 */
		private static final Set<Long> SCALARS = Set.of(16L, 20L, 21L, 23L, 25L, 700L, 701L, 1043L, 1082L, 1083L, 1114L,
				1184L, 1700L, 2950L);

		String name() {
			return this.column.name();
		}

		/**
		 * Whether its value is the text that an image has for it.
		 */
		boolean isScalar() {
			return this.generated == null && SCALARS.contains(this.column.type());
		}

		/**
		 * The type by which it can be looked for; {@code null} if it cannot.
		 */
		@Nullable String indexed() {
			return (this.plain && this.generated == null) ? INDEXED.get(this.column.type()) : null;
		}

	}

}
