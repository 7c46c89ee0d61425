package io.bemi.store;

import io.bemi.ingestion.Ingester;
import io.bemi.ingestion.IngestionStatus.Phase;
import io.bemi.testsupport.TestDatabase;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Values at the limits, inside of others: what random tables of the type oracle draw
 * seldom, or cannot draw because {@code to_jsonb} refuses them.
 */
class NestedValuesIntegrationTests {

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void aDocumentThatJsonbRefusesIsItsTextWhereverItIs(int version) throws Exception {
		try (Capture capture = Capture.on(version)) {
			TestDatabase database = capture.database();
			database.execute("CREATE TYPE doc AS (n int, j json, js json[])", "CREATE DOMAIN document AS json",
					"CREATE DOMAIN documents AS document[]",
					"CREATE TABLE docs (id int PRIMARY KEY, js json[], d document, ds documents, c doc, cs doc[])",
					"ALTER TABLE docs REPLICA IDENTITY FULL", "ALTER PUBLICATION bemi ADD TABLE docs");
			Ingester ingester = capture.start();
			database.execute(
					"""
							INSERT INTO docs VALUES (1, ARRAY['"\\u0000"', '{"a":  1}', NULL, '[1e131072]']::json[], '"\\ud83d"',
							       ARRAY['"\\ude00"', 'true']::document[], ROW(1, '{"\\u0000": [1, 2]}', ARRAY['1e999999']::json[]),
							       ARRAY[ROW(2, '"\\u0000"', NULL), ROW(3, ' [1.50] ', '{}')]::doc[])
							""",
					"UPDATE docs SET d = '1', c.j = '2' WHERE id = 1", "DELETE FROM docs WHERE id = 1");
			capture.awaitChanges(3);
			String array = "[\"\\\"\\\\u0000\\\"\", {\"a\": 1}, null, \"[1e131072]\"]";
			String composites = "[{\"j\": \"\\\"\\\\u0000\\\"\", \"n\": 2, \"js\": null}, {\"j\": [1.50], \"n\": 3, \"js\": []}]";
			assertThat(database
				.query("""
						SELECT values -> 'js', values -> 'd', values -> 'ds', values -> 'c', values -> 'cs' FROM bemi.changes
						 WHERE operation = 'CREATE'"""))
				.containsExactly(array + "|\"\\\"\\\\ud83d\\\"\"|"
						+ "[\"\\\"\\\\ude00\\\"\", true]|{\"j\": \"{\\\"\\\\u0000\\\": [1, 2]}\", \"n\": 1, \"js\": [\"1e999999\"]}|"
						+ composites);
			assertThat(database
				.query("""
						SELECT values -> 'd', before -> 'd', values -> 'c' -> 'j', before -> 'c' ->> 'j', changed @> '{c,d}', cardinality(changed), unknown
						  FROM bemi.changes WHERE operation = 'UPDATE'"""))
				.containsExactly("1|\"\\\"\\\\ud83d\\\"\"|2|{\"\\u0000\": [1, 2]}|t|2|{}");
			assertThat(
					database.query("SELECT before -> 'js', before -> 'cs' FROM bemi.changes ORDER BY id DESC LIMIT 1"))
				.containsExactly(array + "|" + composites);
			assertThat(database.query("SELECT count(*) FROM bemi.quarantine")).containsExactly("0");
			assertThat(ingester.status().phase()).isEqualTo(Phase.STREAMING);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void theLongestNumbersAreExactWhereverTheyAre(int version) throws Exception {
		try (Capture capture = Capture.on(version)) {
			TestDatabase database = capture.database();
			database.execute("CREATE DOMAIN number AS numeric CHECK (VALUE > 0 OR VALUE = 'NaN')",
					"CREATE TYPE numbers AS (a number, b number[])",
					"CREATE TYPE span AS RANGE (subtype = number, multirange_type_name = spans)",
					"CREATE TABLE large (id int PRIMARY KEY, n numeric, ns numeric[], c numbers, r numrange, s span, m spans)",
					"ALTER PUBLICATION bemi ADD TABLE large");
			capture.start();
			String number = "(repeat('9', 131072) || '.' || repeat('1', 16383))::numeric";
			database.execute(
					"""
							INSERT INTO large SELECT 1, x, ARRAY[[x, 'NaN'], [-x, NULL]], ROW(x, ARRAY[x, 'NaN']::number[])::numbers, numrange(-x, x, '[]'),
							       span(1, x), spans(span(1, 2), span(3, x)) FROM (SELECT %s AS x) t
							"""
						.formatted(number),
					"UPDATE large SET n = n - 1e-16383");
			capture.awaitChanges(2);
			assertThat(database.query("SELECT operation, length((values -> 'n')::text) FROM bemi.changes ORDER BY id"))
				.containsExactly("CREATE|147456", "UPDATE|147456");
			assertThat(database
				.query("""
						SELECT (values - 'n')::text = (to_jsonb(l) - 'n')::text, before ->> 'n' = (l.n + 1e-16383)::text, changed
						  FROM bemi.changes, large l WHERE operation = 'UPDATE'"""))
				.containsExactly("t|t|{n}");
			assertThat(database
				.query("SELECT c.values::text = to_jsonb(l)::text FROM bemi.changes c, large l ORDER BY c.id"))
				.containsExactly("f", "t");
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void vectorsAndPrivilegesInArraysAreExact(int version) throws Exception {
		try (Capture capture = Capture.on(version)) {
			TestDatabase database = capture.database();
			database.execute("CREATE TYPE held AS (v int2vector, vs oidvector[], a aclitem, \"as\" aclitem[])",
					"CREATE DOMAIN vector AS int2vector", "CREATE DOMAIN privilege AS aclitem",
					"CREATE TABLE vectors (id int PRIMARY KEY, v int2vector[], o oidvector[], a aclitem[], h held, hs held[],"
							+ " d vector, ds vector[], p privilege, ps privilege[], c \"char\"[], n name[])",
					"CREATE ROLE \"Röle \"\"of\"\" %1$s\"".formatted(database.name()),
					"ALTER PUBLICATION bemi ADD TABLE vectors");
			capture.start();
			database.execute(
					"""
							INSERT INTO vectors SELECT 1, ARRAY['1 2', '', NULL, '-3']::int2vector[], ARRAY['4294967295 0']::oidvector[], a,
							       h, ARRAY[h, NULL], '1 2', ARRAY['', '7']::vector[], a[1], a, ARRAY['', 'a', '"', ',']::"char"[],
							       ARRAY['ä "b"', '']::name[]
							  FROM (SELECT a, ROW('1 2', ARRAY['1', '2 3']::oidvector[], a[1], a)::held AS h
							          FROM (SELECT ARRAY[makeaclitem(quote_ident('Röle "of" %1$s')::regrole, 10, 'SELECT', true), '=r/postgres']) t(a)) t
							"""
						.formatted(database.name()));
			capture.awaitChanges(1);
			assertThat(database.query("SELECT values FROM bemi.changes"))
				.isEqualTo(database.query("SELECT to_jsonb(t) FROM vectors t"));
			database.execute("DROP TABLE vectors", "DROP ROLE \"Röle \"\"of\"\" %1$s\"".formatted(database.name()));
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void namesMayBeAsLongAndOddAsTheServerLetsThem(int version) throws Exception {
		try (Capture capture = Capture.on(version)) {
			TestDatabase database = capture.database();
			// 63 bytes of each: quotes, blanks, dots, controls, astral and combining.
			String schema = "S \"q\".'\\ \t\n😀e\u0301 " + "漢".repeat(13) + "xxxxx";
			String table = "{T}, (1);--/* */ $$ %s ?  " + "ß".repeat(18) + "y";
			String column = "_bemi \u202e\ufeff|" + "z".repeat(50);
			String quoted = quoted(schema) + "." + quoted(table);
			database.execute("CREATE SCHEMA " + quoted(schema),
					"CREATE TYPE " + quoted(schema) + "." + quoted(column) + " AS (" + quoted(table) + " int)");
			database.execute(
					"CREATE TABLE " + quoted + " (" + quoted(schema) + " int PRIMARY KEY, " + quoted(column) + " "
							+ quoted(schema) + "." + quoted(column) + ")",
					"ALTER PUBLICATION bemi ADD TABLE " + quoted);
			capture.start();
			database.execute("INSERT INTO " + quoted + " VALUES (1, ROW(2))",
					"UPDATE " + quoted + " SET " + quoted(column) + " = ROW(3)");
			capture.awaitChanges(2);
			assertThat(database.query("SELECT schema, \"table\", primary_key FROM bemi.changes"))
				.containsOnly(schema + "|" + table + "|1");
			assertThat(database.query("SELECT c.values = to_jsonb(every), c.before <> c.values FROM bemi.changes c, "
					+ quoted + " every WHERE operation = 'UPDATE'"))
				.containsExactly("t|t");
			assertThat(database
				.query("SELECT changed[1], octet_length(changed[1]) FROM bemi.changes WHERE operation = 'UPDATE'"))
				.containsExactly(column + "|63");
			assertThat(database.query("SELECT octet_length(schema), octet_length(\"table\") FROM bemi.changes LIMIT 1"))
				.containsExactly("63|63");
		}
	}

	private static String quoted(String name) {
		return '"' + name.replace("\"", "\"\"") + '"';
	}

}
