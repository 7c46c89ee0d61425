package io.bemi.test;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The tables whose rows belong to a state: all that tracking is asked for, those too that
 * it cannot track because they have no key.
 */
final class StateTables {

	private static final String TABLES = """
			SELECT c.oid::pg_catalog.int8, m.root::pg_catalog.int8, n.nspname, c.relname,
			       (SELECT coalesce(pg_catalog.array_agg(a.attname::pg_catalog.text ORDER BY a.attnum) FILTER (WHERE a.attgenerated = ''), '{}')
			          FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
			       (SELECT pg_catalog.string_agg(pg_catalog.concat_ws(' ', pg_catalog.quote_ident(a.attname), pg_catalog.format_type(a.atttypid, a.atttypmod),
			                   CASE WHEN a.attgenerated <> '' THEN (SELECT pg_catalog.pg_get_expr(d.adbin, d.adrelid) FROM pg_catalog.pg_attrdef d
			                                                         WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum) END), ', ' ORDER BY a.attnum)
			          FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)
			  FROM (SELECT DISTINCT s.relation FROM bemi.tracking_state s WHERE s.wanted) w
			 CROSS JOIN LATERAL (SELECT w.relation AS root, w.relation AS oid
			                      UNION SELECT w.relation, t.relid FROM pg_catalog.pg_partition_tree(w.relation) t) m
			  JOIN pg_catalog.pg_class c ON c.oid = m.oid AND c.relkind = 'r'
			  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
			 ORDER BY c.oid
			""";

	private StateTables() {
	}

	static List<StateTable> read(Connection connection) throws SQLException {
		List<StateTable> tables = new ArrayList<>();
		try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(TABLES)) {
			while (row.next()) {
				String shape = row.getString(6);
				tables.add(new StateTable(row.getLong(1), row.getLong(2), row.getString(3), row.getString(4),
						List.of((String[]) row.getArray(5).getArray()), (shape != null) ? shape : ""));
			}
		}
		return tables;
	}

	/**
	 * Lets nobody write any more, as soon as those are done that do. Reads go on.
	 */
	static String lock(List<StateTable> tables) {
		return tables.stream()
			.map((table) -> "ONLY " + table.quoted())
			.collect(Collectors.joining(", ", "LOCK TABLE ", " IN SHARE ROW EXCLUSIVE MODE"));
	}

	/**
	 * Their rows, with the number of the table and where they are.
	 */
	static String rows(List<StateTable> tables) {
		List<String> selects = new ArrayList<>();
		for (int i = 0; i < tables.size(); i++) {
			selects.add("SELECT " + i + ", ctid::pg_catalog.text, (\"bemi row\".*)::pg_catalog.text FROM ONLY "
					+ tables.get(i).quoted() + " \"bemi row\"");
		}
		return String.join(" UNION ALL ", selects);
	}

	static Object[] oids(List<StateTable> tables) {
		return tables.stream().map(StateTable::oid).toArray();
	}

	static Set<String> schemas(List<StateTable> tables) {
		return tables.stream().map(StateTable::schema).collect(Collectors.toSet());
	}

	static String quotedNames(List<StateTable> tables) {
		return Arrays.toString(tables.stream().map(StateTable::quoted).toArray());
	}

}
