package io.bemi.replay;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * A table as a session sees it now.
 *
 * @param name its quoted name with its schema
 * @param partitioned whether it has partitions
 * @param root the quoted name of the table that it is a partition of, itself if none
 * @param kind {@code p}ermanent, {@code u}nlogged or {@code t}emporary
 * @param columns its columns
 */
record Table(String name, boolean partitioned, String root, char kind, List<Column> columns) {

	private static final String TABLES = """
			SELECT format('%I.%I', n.nspname, c.relname), c.relkind = 'p',
			       (SELECT format('%I.%I', m.nspname, r.relname) FROM pg_class r JOIN pg_namespace m ON m.oid = r.relnamespace
			         WHERE r.oid = coalesce(pg_partition_root(c.oid), c.oid) LIMIT 1),
			       c.relpersistence, format('%I', a.attname), format_type(a.atttypid, a.atttypmod),
			       a.attgenerated <> '', coalesce(a.attnum = ANY (i.indkey), false)
			  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
			  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
			  LEFT JOIN pg_index i ON i.indrelid = c.oid AND (i.indisprimary OR i.indisreplident)
			 WHERE c.relkind IN ('r', 'p') AND (n.nspname IN ('public', 'Other Schëma') OR n.oid = pg_my_temp_schema())
			   AND c.relname NOT IN ('barrier', 'audit')
			 ORDER BY n.nspname, c.relname, a.attnum
			""";

	static List<Table> all(Connection connection) throws SQLException {
		Map<String, Table> tables = new LinkedHashMap<>();
		try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(TABLES)) {
			while (row.next()) {
				Table table = new Table(row.getString(1), row.getBoolean(2), row.getString(3),
						row.getString(4).charAt(0), new ArrayList<>());
				tables.computeIfAbsent(table.name(), (name) -> table)
					.columns()
					.add(new Column(row.getString(5), row.getString(6), row.getBoolean(7), row.getBoolean(8)));
			}
		}
		return List.copyOf(tables.values());
	}

	boolean isPartition() {
		return !this.root.equals(this.name);
	}

	boolean hasColumnsOf(Table other) {
		return this.columns.stream()
			.map(Column::definition)
			.sorted()
			.toList()
			.equals(other.columns.stream().map(Column::definition).sorted().toList());
	}

	List<Column> columns(Predicate<Column> wanted) {
		return this.columns.stream().filter(wanted).toList();
	}

	List<Column> key() {
		return columns(Column::key);
	}

	/**
	 * A column.
	 *
	 * @param name its quoted name
	 * @param type its type, with modifier
	 * @param generated whether it is computed
	 * @param key whether it is part of the primary key, or of the index that identifies
	 * rows
	 */
	record Column(String name, String type, boolean generated, boolean key) {

		private String definition() {
			return this.name + " " + this.type + " " + this.generated;
		}

		boolean isWritable() {
			return !this.generated;
		}

		boolean isOther() {
			return !this.generated && !this.key;
		}

	}

}
