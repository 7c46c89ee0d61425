package io.bemi.pgoutput;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Literals of every built-in type.
 */
final class TypeSamples {

	/** Types that have no input, or only pretend to. */
	static final Set<String> WITHOUT_INPUT = Set.of("gtsvector", "pg_node_tree", "pg_ndistinct", "pg_dependencies",
			"pg_mcv_list", "pg_brin_bloom_summary", "pg_brin_minmax_multi_summary");

	private static final Map<String, List<String>> BY_TYPE = Map.<String, List<String>>ofEntries(
			Map.entry("bool", List.of("true", "false")), Map.entry("bytea", List.of("\\x00ff5c22", "")),
			Map.entry("char", List.of("a", "\"", "\\", "")), Map.entry("name", List.of("a \"name\"")),
			Map.entry("int8", List.of("-9223372036854775808", "9223372036854775807")),
			Map.entry("int2", List.of("-32768", "0")), Map.entry("int4", List.of("2147483647", "-1")),
			Map.entry("int2vector", List.of("1 -2 3", "7", "")), Map.entry("oidvector", List.of("1 4294967295", "")),
			Map.entry("text",
					List.of("plain", "", "NULL", "null", "a,b;c", "{x}", "(y)", "\"q\" 'a'", "back\\slash",
							"\b\f\n\r\t", "\u0001\u001f\u007f", "Łódź ä €", "😀", " blank ", "\\u0000", "\u2028\ufeff",
							"</script>")),
			Map.entry("oid", List.of("0", "4294967295")), Map.entry("tid", List.of("(1,2)")),
			Map.entry("xid", List.of("4294967295")), Map.entry("cid", List.of("1")),
			Map.entry("xid8", List.of("18446744073709551615")),
			Map.entry("json",
					List.of("{\"a\" :  [1.50, 1e2, {\"b\": null}],\n\t\"a\": \"\\u00e4\\ud83d\\ude00\\/\"}", "[]",
							"\"text\"", "null", "-0.0", "0e999999", "1e131071", "{\"\\u0001\":\"\\\\u0000\"}")),
			Map.entry("jsonb", List.of("{\"a\": [1.50, 1e2, {\"b\": null}]}", "\"a\\\"b\\\\\"", "null")),
			Map.entry("jsonpath", List.of("$.\"a\"[*] ? (@ > 1)")),
			Map.entry("xml", List.of("<a b=\"c\">d &amp; e</a>")), Map.entry("point", List.of("(1.5,-2)")),
			Map.entry("lseg", List.of("[(0,0),(1,1)]")), Map.entry("path", List.of("[(0,0),(1,1)]", "((0,0),(1,1))")),
			Map.entry("box", List.of("(1,1),(0,0)", "(3,4),(1,2)")),
			Map.entry("polygon", List.of("((0,0),(1,1),(1,0))")), Map.entry("line", List.of("{1,2,3}")),
			Map.entry("circle", List.of("<(1,2),3>")), Map.entry("cidr", List.of("10.0.0.0/8", "::/0")),
			Map.entry("inet", List.of("10.1.2.3", "fe80::1/64")), Map.entry("macaddr", List.of("08:00:2b:01:02:03")),
			Map.entry("macaddr8", List.of("08:00:2b:01:02:03:04:05")),
			Map.entry("float4", List.of("1.5", "1e20", "1e-7", "-0", "NaN", "Infinity", "-Infinity", "3.4028235e38")),
			Map.entry("float8",
					List.of("0.1", "1e20", "1e-7", "-0", "NaN", "Infinity", "-Infinity", "1.7976931348623157e308",
							"5e-324")),
			Map.entry("numeric",
					List.of("1.500", "-0.00", "123456789012345678901234567890.123456789", "NaN", "1e1000", "1e-1000")),
			Map.entry("money", List.of("-1234.56")), Map.entry("aclitem", List.of("=r/postgres")),
			Map.entry("bpchar", List.of("ab  ", "")), Map.entry("varchar", List.of("a\"b", "NULL")),
			Map.entry("date", List.of("2026-01-31", "0044-03-15 BC", "12026-01-31", "infinity", "-infinity")),
			Map.entry("time", List.of("23:59:59.999999", "24:00")), Map.entry("timetz", List.of("12:00:00.5+05:30")),
			Map.entry("timestamp",
					List.of("2026-01-31 23:59:59.5", "2026-01-31 00:00", "0044-03-15 12:00:00.123456 BC",
							"12026-01-31 10:00", "infinity", "-infinity")),
			Map.entry("timestamptz",
					List.of("2026-01-31 23:59:59.000001+00", "1800-01-01 12:00+00", "0044-03-15 12:00:00+05:30 BC",
							"12026-01-31 10:00-08", "infinity", "-infinity")),
			Map.entry("interval", List.of("1 year 2 mons -3 days 04:05:06.789", "-1 day", "0", "-00:00:01")),
			Map.entry("bit", List.of("101", "1")), Map.entry("varbit", List.of("0101", "")),
			Map.entry("uuid", List.of("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11")),
			Map.entry("refcursor", List.of("a cursor")), Map.entry("pg_lsn", List.of("16/B374D848")),
			Map.entry("txid_snapshot", List.of("10:20:10,14,15")), Map.entry("pg_snapshot", List.of("10:20:10,14,15")),
			Map.entry("tsvector", List.of("'a':1A 'b c':2,3 'd''e'")), Map.entry("tsquery", List.of("'a' & !'b c'")),
			Map.entry("regproc", List.of("now")), Map.entry("regprocedure", List.of("abs(integer)")),
			Map.entry("regoper", List.of("||/")), Map.entry("regoperator", List.of("+(integer,integer)")),
			Map.entry("regclass", List.of("pg_class", "12345678")),
			Map.entry("regtype", List.of("timestamp with time zone")), Map.entry("regconfig", List.of("english")),
			Map.entry("regdictionary", List.of("simple")), Map.entry("regnamespace", List.of("pg_catalog")),
			Map.entry("regrole", List.of("pg_monitor")), Map.entry("regcollation", List.of("\"C\"")),
			Map.entry("int4range", List.of("[1,10)", "empty", "(,)")), Map.entry("int8range", List.of("[1,10)")),
			Map.entry("numrange", List.of("[1.50,2.0]")),
			Map.entry("tsrange", List.of("[2026-01-01 00:00,2026-01-02 00:00)")),
			Map.entry("tstzrange", List.of("[2026-01-01 00:00+00,)")),
			Map.entry("daterange", List.of("[2026-01-01,2026-02-01)")),
			Map.entry("int4multirange", List.of("{[1,3),[5,7)}", "{}")),
			Map.entry("int8multirange", List.of("{[1,3)}")), Map.entry("nummultirange", List.of("{[1.5,2.5]}")),
			Map.entry("tsmultirange", List.of("{[2026-01-01 00:00,2026-01-02 00:00)}")),
			Map.entry("tstzmultirange", List.of("{[2026-01-01 00:00+00,)}")),
			Map.entry("datemultirange", List.of("{[2026-01-01,2026-02-01)}")));

	private TypeSamples() {
	}

	/**
	 * The names of the types.
	 */
	static Set<String> types() {
		return BY_TYPE.keySet();
	}

	/**
	 * Creates a table for each type.
	 * @return the quoted names of the tables
	 */
	static List<String> createTables(SlotSession session) throws SQLException {
		List<String> tables = new ArrayList<>();
		for (Map.Entry<String, List<String>> type : BY_TYPE.entrySet()) {
			tables.add(createTable(session, type.getKey(), type.getValue()));
		}
		return tables;
	}

	/**
	 * One row with the samples of a type, alone, in arrays, in domains, and in
	 * composites.
	 */
	private static String createTable(SlotSession session, String typeName, List<String> samples) throws SQLException {
		String type = "pg_catalog.\"" + typeName + "\"";
		session.execute("CREATE DOMAIN \"%1$s_domain\" AS %2$s".formatted(typeName, type),
				"CREATE DOMAIN \"%1$s_domains\" AS %2$s[]".formatted(typeName, type),
				"CREATE TYPE \"%1$s_pair\" AS (one %2$s, \"ma\"\"ny\" %2$s[], nested \"%1$s_domain\")".formatted(
						typeName, type),
				"CREATE DOMAIN \"%1$s_pair_domain\" AS \"%1$s_pair\"".formatted(typeName));
		Map<String, String> columns = new HashMap<>();
		List<String> values = samples.stream().map((sample) -> literal(sample) + "::" + type).toList();
		for (int i = 0; i < values.size(); i++) {
			String value = values.get(i);
			columns.put("c" + i, value);
			columns.put("filled" + i, "array_fill(" + value + ", ARRAY[2, 1, 2], ARRAY[-1, 0, 5])");
			columns.put("domain" + i, value + "::\"" + typeName + "_domain\"");
			columns.put("pair" + i, "ROW(%1$s, ARRAY[%1$s, NULL], %1$s)::\"%2$s_pair\"".formatted(value, typeName));
		}
		String array = "ARRAY[NULL, " + String.join(", ", values) + "]::" + type + "[]";
		String pair = "ROW(NULL, %s, NULL)::\"%s_pair\"".formatted(array, typeName);
		columns.put("nothing", "NULL::" + type);
		columns.put("array", array);
		columns.put("empty", "'{}'::" + type + "[]");
		columns.put("domains", array + "::\"" + typeName + "_domains\"");
		columns.put("domain array", "%s::\"%s_domain\"[]".formatted(array, typeName));
		columns.put("pairs", "ARRAY[%s, NULL]".formatted(pair));
		columns.put("pair domain", "%s::\"%s_pair_domain\"".formatted(pair, typeName));
		String table = "\"table of " + typeName + "\"";
		session.execute("CREATE TABLE " + table + " AS SELECT "
				+ columns.entrySet()
					.stream()
					.map((column) -> column.getValue() + " AS \"" + column.getKey() + "\"")
					.collect(Collectors.joining(", ")));
		return table;
	}

	static String literal(String text) {
		return "'" + text.replace("'", "''") + "'";
	}

}
