package io.bemi.revert;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.bemi.revert.LiveTable.Column;
import io.bemi.revert.LiveTable.ForeignKey;
import io.bemi.revert.LiveTable.Unique;

/**
 * Reads what the catalogue says of tables. The search path must be empty, so that types
 * have their schema.
 */
final class Catalogue {

	private static final String TABLES = """
			SELECT c.oid::bigint, n.nspname, c.relname, c.relkind = 'p',
			       c.relhasrules OR EXISTS (
			           SELECT FROM pg_catalog.pg_trigger t
			            WHERE t.tgrelid IN (SELECT c.oid UNION SELECT relid FROM pg_catalog.pg_partition_tree(c.oid))
			              AND NOT t.tgisinternal AND t.tgenabled <> 'D' AND t.tgname <> '_bemi_session'),
			       ARRAY(SELECT a.attname::text
			               FROM (SELECT * FROM pg_catalog.pg_index i
			                      WHERE i.indrelid = c.oid AND (i.indisprimary OR i.indisreplident) AND i.indisvalid
			                      ORDER BY i.indisprimary DESC LIMIT 1) i
			              CROSS JOIN pg_catalog.generate_series(0, i.indnkeyatts - 1) k(n)
			               JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[k.n]
			              ORDER BY a.attnum)
			  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
			 WHERE c.relkind IN ('r', 'p')
			   AND (n.nspname::text, c.relname::text) IN (SELECT * FROM unnest(?::text[], ?::text[]))
			""";

	private static final String COLUMNS = """
			SELECT a.attrelid::bigint, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), t.typname,
			       a.attgenerated <> '', a.attnotnull,
			       a.attnotnull AND NOT a.atthasdef AND a.attidentity = '' AND t.typdefault IS NULL,
			       EXISTS (SELECT FROM pg_catalog.pg_cast k
			                WHERE k.castsource = a.atttypid AND k.casttarget = 'pg_catalog.json'::pg_catalog.regtype),
			       pg_catalog.quote_ident(n.nspname)
			  FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
			  JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
			 WHERE a.attrelid = ANY (?::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
			 ORDER BY a.attrelid, a.attnum
			""";

	private static final String FOREIGN_KEYS = """
			SELECT f.oid::bigint, f.conname, f.conrelid::bigint, f.conrelid::regclass::text,
			       CASE c.relkind WHEN 'p' THEN '' ELSE 'ONLY ' END || f.conrelid::regclass::text,
			       ARRAY(SELECT a.attname::text FROM unnest(f.conkey) WITH ORDINALITY k(c, n)
			               JOIN pg_catalog.pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = k.c ORDER BY k.n),
			       f.confrelid::bigint, f.confrelid::regclass::text,
			       CASE p.relkind WHEN 'p' THEN '' ELSE 'ONLY ' END || f.confrelid::regclass::text,
			       ARRAY(SELECT a.attname::text FROM unnest(f.confkey) WITH ORDINALITY k(c, n)
			               JOIN pg_catalog.pg_attribute a ON a.attrelid = f.confrelid AND a.attnum = k.c ORDER BY k.n),
			       ARRAY(SELECT pg_catalog.format_type(a.atttypid, a.atttypmod) FROM unnest(f.confkey) WITH ORDINALITY k(c, n)
			               JOIN pg_catalog.pg_attribute a ON a.attrelid = f.confrelid AND a.attnum = k.c ORDER BY k.n),
			       f.condeferrable, f.confdeltype, f.confupdtype
			  FROM pg_catalog.pg_constraint f
			  JOIN pg_catalog.pg_class c ON c.oid = f.conrelid JOIN pg_catalog.pg_class p ON p.oid = f.confrelid
			 WHERE f.contype = 'f' AND f.conparentid = 0 AND (f.conrelid = ANY (?::oid[]) OR f.confrelid = ANY (?::oid[]))
			 ORDER BY f.oid
			""";

	private static final String UNIQUES = """
			SELECT i.indrelid::bigint, c.relname,
			       ARRAY(SELECT a.attname::text FROM pg_catalog.generate_series(0, i.indnkeyatts - 1) k(n)
			               JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[k.n] ORDER BY k.n),
			       i.indisprimary, NOT i.indimmediate
			  FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
			 WHERE i.indrelid = ANY (?::oid[]) AND i.indisunique AND i.indpred IS NULL AND i.indexprs IS NULL
			 ORDER BY i.indexrelid
			""";

	private Catalogue() {
	}

	/**
	 * Reads tables.
	 * @param names their names; of those that are gone nothing is said
	 */
	static Map<TableName, LiveTable> read(Connection connection, Collection<TableName> names) throws SQLException {
		Map<Long, LiveTable> tables = new LinkedHashMap<>();
		Array schemas = connection.createArrayOf("text", names.stream().map(TableName::schema).toArray());
		Array tableNames = connection.createArrayOf("text", names.stream().map(TableName::name).toArray());
		query(connection, TABLES,
				(row) -> tables.put(row.getLong(1),
						new LiveTable(row.getLong(1), row.getString(2), row.getString(3), row.getBoolean(4),
								row.getBoolean(5), new ArrayList<>(), texts(row.getArray(6)), new ArrayList<>(),
								new ArrayList<>(), new ArrayList<>(), new ArrayList<>())),
				schemas, tableNames);
		Array oids = connection.createArrayOf("bigint", tables.keySet().toArray());
		query(connection, COLUMNS,
				(row) -> table(tables, row).columns()
					.add(new Column(row.getString(2), row.getString(3), row.getString(4), row.getBoolean(5),
							row.getBoolean(6), row.getBoolean(7), row.getBoolean(8), row.getString(9))),
				oids);
		query(connection, FOREIGN_KEYS, (row) -> {
			ForeignKey key = new ForeignKey(row.getLong(1), row.getString(2), row.getLong(3), row.getString(4),
					row.getString(5), texts(row.getArray(6)), row.getLong(7), row.getString(8), row.getString(9),
					texts(row.getArray(10)), texts(row.getArray(11)), row.getBoolean(12), row.getString(13).charAt(0),
					row.getString(14).charAt(0));
			LiveTable child = tables.get(key.child());
			if (child != null) {
				child.references().add(key);
			}
			LiveTable parent = tables.get(key.parent());
			if (parent != null) {
				parent.referenced().add(key);
			}
		}, oids, oids);
		query(connection, UNIQUES,
				(row) -> table(tables, row).uniques()
					.add(new Unique(row.getString(2), texts(row.getArray(3)), row.getBoolean(4), row.getBoolean(5))),
				oids);
		tables.values().forEach((table) -> table.linked().addAll(linked(table)));
		Map<TableName, LiveTable> named = new LinkedHashMap<>();
		tables.values().forEach((table) -> named.put(new TableName(table.schema(), table.name()), table));
		return named;
	}

	private static Set<String> linked(LiveTable table) {
		Set<String> columns = new LinkedHashSet<>();
		table.references().forEach((key) -> columns.addAll(key.columns()));
		table.referenced().forEach((key) -> columns.addAll(key.parentColumns()));
		table.uniques().forEach((unique) -> columns.addAll(unique.columns()));
		return columns;
	}

	private static LiveTable table(Map<Long, LiveTable> tables, ResultSet row) throws SQLException {
		return java.util.Objects.requireNonNull(tables.get(row.getLong(1)));
	}

	private static List<String> texts(Array array) throws SQLException {
		return List.of((String[]) array.getArray());
	}

	private static void query(Connection connection, String sql, RowHandler handler, Array... parameters)
			throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(sql)) {
			for (int i = 0; i < parameters.length; i++) {
				statement.setArray(i + 1, parameters[i]);
			}
			try (ResultSet row = statement.executeQuery()) {
				while (row.next()) {
					handler.handle(row);
				}
			}
		}
	}

	/**
	 * The name of a table.
	 *
	 * @param schema its schema
	 * @param name its name
	 */
	record TableName(String schema, String name) {

		@Override
		public String toString() {
			return this.schema + "." + this.name;
		}

	}

	private interface RowHandler {

		void handle(ResultSet row) throws SQLException;

	}

}
