package io.bemi.pgoutput;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Whether {@code jsonb_populate_record} gives back what {@code to_jsonb} took: for all
 * built-in types but the closed list that {@code docs/types.md} holds.
 */
class PopulateRecordIntegrationTests {

	/**
	 * The columns that are lost, for simple ones with their text. Bounds are forgiven.
	 */
	private static final String FUNCTION = """
			CREATE FUNCTION lost(rows regclass) RETURNS SETOF text LANGUAGE plpgsql SET TimeZone = 'UTC' AS $$
			DECLARE
			  col name;
			  before text;
			  after text;
			BEGIN
			  FOR col IN SELECT attname FROM pg_attribute WHERE attrelid = rows AND attnum > 0 LOOP
			    BEGIN
			      EXECUTE format('SELECT %1$I::text FROM %2$s', col, rows) INTO before;
			      EXECUTE format('SELECT (jsonb_populate_record(NULL::%2$s, jsonb_build_object(%1$L, to_jsonb(r) -> %1$L))).%1$I::text FROM %2$s r', col, rows)
			        INTO after;
			    EXCEPTION WHEN OTHERS THEN
			      after := SQLERRM;
			    END;
			    IF regexp_replace(before, '^(\\[[-0-9]+:[-0-9]+\\])+=', '') IS DISTINCT FROM after THEN
			      RETURN NEXT CASE WHEN col ~ '^c[0-9]+$' THEN before END;
			    END IF;
			  END LOOP;
			END $$
			""";

	@ParameterizedTest
	@ValueSource(ints = { 14, 15, 16, 17, 18 })
	void givesRowsBackButForAClosedList(int version) throws SQLException {
		try (TestDatabase database = PostgresServer.version(version).createDatabase();
				SlotSession session = new SlotSession(database)) {
			session.execute(FUNCTION);
			List<String> types = new ArrayList<>();
			List<String> values = new ArrayList<>();
			for (String table : TypeSamples.createTables(session)) {
				List<String> lost = database.query("SELECT lost('" + table + "')");
				String type = table.substring("\"table of ".length(), table.length() - 1);
				if (!lost.isEmpty()) {
					types.add(type);
				}
				lost.stream()
					.filter((before) -> !type.equals("json") && !before.equals("null") || type.equals("jsonb"))
					.forEach((before) -> values.add(type + " '" + before + "'"));
			}
			// No row with a domain over aclitem can be made: it has no binary input.
			assertThat(types).containsExactlyInAnyOrder("json", "jsonb", "float4", "float8", "int2vector", "oidvector",
					"aclitem");
			assertThat(values.stream().distinct()).containsExactlyInAnyOrder("jsonb 'null'", "float4 '-0'",
					"float8 '-0'", "int2vector ''", "oidvector ''", "aclitem '=r/postgres'");
		}
	}

	/**
	 * What the closed list of {@code docs/types.md} names, and nothing less: an entry
	 * that no longer differs is as wrong as one that is missing.
	 */
	@ParameterizedTest
	@ValueSource(ints = { 14, 15, 16, 17, 18 })
	void losesExactlyWhatTheListSays(int version) throws SQLException {
		try (TestDatabase database = PostgresServer.version(version).createDatabase();
				SlotSession session = new SlotSession(database)) {
			session.execute("CREATE EXTENSION hstore", "CREATE EXTENSION isn", "CREATE DOMAIN numbers AS int[]",
					"CREATE DOMAIN book AS isbn13", "CREATE DOMAIN documents AS json[]",
					"CREATE TABLE defaults (a int DEFAULT 1 + 1)",
					"CREATE TYPE pair AS (document json, numbers float8[])");
			assertReturned(database, "json", "'{\"b\" :1, \"a\":1e2,  \"a\":[ ]}'", "{\"a\": [], \"b\": 1}");
			assertReturned(database, "json", "'1e2'", "100");
			assertReturned(database, "json", "'null'", "null");
			assertReturned(database, "jsonb", "'null'", "null");
			assertReturned(database, "pair", "ROW('null', '[3:4]={-0,1}')", "(,\"{0,1}\")");
			assertReturned(database, "int[]", "'[2:3]={1,2}'", "{1,2}");
			assertReturned(database, "int[]", "'[0:1][-1:-1]={{1},{2}}'", "{{1},{2}}");
			assertReturned(database, "json[]", "ARRAY['[1]', '[2]']::json[]", "{{1},{2}}");
			assertRefused(database, "json[]", "ARRAY['[]', '1']::json[]", "expected JSON array");
			assertRefused(database, "numbers[]", "ARRAY['{1}'::numbers, '{2}']",
					"expected JSON array|rray value must start");
			assertReturned(database, "float4", "'-0'", "0");
			assertReturned(database, "float8", "'-0'", "0");
			assertRefused(database, "int2vector", "''", "array is not a valid int2vector");
			assertRefused(database, "oidvector", "''", "array is not a valid oidvector");
			assertRefused(database, "int2vector[]", "'{1 2}'", "expected JSON array");
			assertReturned(database, "oidvector[]", "'{1 2}'", "{{1,2}}");
			assertRefused(database, "regproc", "'abs(int)'::regprocedure", "more than one function");
			assertRefused(database, "regoper", "'+(int,int)'::regoperator", "more than one operator");
			assertRefused(database, "hstore", "'a=>1'", "yntax error|nexpected end");
			assertRefused(database, "book", "NULL", "no binary input function");
			assertRefused(database, "pg_node_tree", "(SELECT adbin FROM pg_attrdef LIMIT 1)", "cannot accept a value");
			// The declaration is there, but the server prints it nowhere.
			assertReturned(database, "xml", "'<?xml version=\"1.0\" encoding=\"UTF-8\"?><a/>'", "<a/>");
		}
	}

	private static void assertReturned(TestDatabase database, String type, String value, String returned) {
		assertThat(populate(database, type, value)).as(type + " " + value).isEqualTo(returned);
	}

	private static void assertRefused(TestDatabase database, String type, String value, String error) {
		assertThatIllegalStateException().as(type + " " + value)
			.isThrownBy(() -> populate(database, type, value))
			.withMessageMatching("(?s).*(" + error + ").*");
	}

	private static String populate(TestDatabase database, String type, String value) {
		database.execute("DROP TABLE IF EXISTS t", "CREATE TABLE t (c " + type + ")",
				"INSERT INTO t SELECT (" + value + ")::" + type);
		List<String> returned = database.query(
				"SELECT p.c::text, p.c::text IS DISTINCT FROM t.c::text FROM t, jsonb_populate_record(NULL::t, to_jsonb(t)) p");
		assertThat(returned.get(0)).as(type + " " + value).endsWith("|t");
		return returned.get(0).substring(0, returned.get(0).length() - 2);
	}

}
