package io.bemi.pgoutput;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

import io.bemi.pgoutput.PgOutputMessage.Insert;
import io.bemi.pgoutput.PgOutputMessage.Relation;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Compares what {@link RowJson} makes of the log with what the server's {@code to_jsonb}
 * makes of the table, to the last digit.
 */
class RowJsonIntegrationTests {

	private static final String DIFFERENCE = """
			SELECT key, expected.value::text, actual.value::text
			  FROM (SELECT (jsonb_each(to_jsonb(whole_row))).* FROM %s whole_row) expected
			  FULL JOIN jsonb_each(?::jsonb) actual USING (key)
			 WHERE expected.value::text IS DISTINCT FROM actual.value::text
			""";

	private static final String BUILT_IN = """
			SELECT typname FROM pg_catalog.pg_type
			 WHERE typnamespace = 'pg_catalog'::regnamespace AND typtype IN ('b', 'r', 'm')
			   AND typcategory NOT IN ('A', 'Z') OR typname IN ('int2vector', 'oidvector', 'char', 'pg_node_tree')
			 ORDER BY 1
			""";

	@ParameterizedTest
	@ValueSource(ints = { 14, 15, 16, 17, 18 })
	void equalsToJsonbForEveryBuiltInType(int version) throws SQLException {
		try (TestDatabase database = PostgresServer.version(version).createDatabase();
				SlotSession session = new SlotSession(database)) {
			List<String> types = database.query(BUILT_IN);
			types.removeAll(TypeSamples.WITHOUT_INPUT);
			assertThat(TypeSamples.types()).containsExactlyInAnyOrderElementsOf(types);
			assertEqualsToJsonb(session, TypeSamples.createTables(session));
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 15, 16, 17, 18 })
	void equalsToJsonbForTypesOfTheUser(int version) throws SQLException {
		try (TestDatabase database = PostgresServer.version(version).createDatabase();
				SlotSession session = new SlotSession(database)) {
			session.execute("CREATE SCHEMA \"Other Schema\"",
					"CREATE TYPE \"Other Schema\".mood AS ENUM ('sad', 'a \"happy\", {one}')",
					"CREATE DOMAIN \"Other Schema\".strict_mood AS \"Other Schema\".mood NOT NULL",
					"CREATE TYPE moods AS RANGE (subtype = \"Other Schema\".mood)", "CREATE TYPE nothing AS ()",
					"CREATE TYPE dropped AS (a int, b text, c int)", "ALTER TYPE dropped DROP ATTRIBUTE b",
					"CREATE TABLE \"Row\" (id int, \"a,b\" text[], at timestamptz)",
					"CREATE TYPE deep AS (r \"Row\", rs \"Row\"[], m \"Other Schema\".strict_mood, o dropped)", """
							CREATE TABLE \"Users\" AS SELECT
							  'sad'::"Other Schema".mood AS e,
							  '{"a \\"happy\\", {one}",sad,NULL}'::"Other Schema".mood[] AS es,
							  'sad'::"Other Schema".strict_mood AS d,
							  '[sad,sad]'::moods AS r,
							  ROW()::nothing AS n,
							  ROW(1, 2)::dropped AS o,
							  ROW(1, '{"x y",NULL,"\\""}'::text[], '2026-01-01 10:00+02')::"Row" AS "row",
							  ARRAY[ROW(ROW(1, '{"(\\"",","}', '-infinity'), ARRAY[ROW(NULL, NULL, NULL)::"Row", NULL],
							    'sad', ROW(NULL, 2))::deep] AS ds,
							  'pg_class'::regclass::oid::regclass::text AS t,
							  (SELECT t FROM pg_authid t WHERE rolname = 'pg_monitor') AS catalogue,
							  'YES'::information_schema.yes_or_no AS yes,
							  ARRAY[1]::information_schema.cardinal_number[] AS numbers
							""");
			assertEqualsToJsonb(session, List.of("\"Users\""));
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 15, 16, 17, 18 })
	void equalsToJsonbForTypesOfExtensions(int version) throws SQLException {
		try (TestDatabase database = PostgresServer.version(version).createDatabase();
				SlotSession session = new SlotSession(database)) {
			List<String> available = database.query("SELECT name FROM pg_available_extensions");
			Map<String, List<String>> columns = Map.of("hstore",
					List.of("'a=>1, b=>NULL, \"c\\\"\\\\\"=>\"x, => y\", \"NULL\"=>\"NULL\", \"\"=>\"\"'::hstore",
							"''::hstore", "ARRAY['a=>\"b c\"', NULL, '']::hstore[]",
							"ROW('a=>\"b\\\"\"'::hstore)::hstore_pair", "'a=>1'::hstore_domain"),
					"citext", List.of("'ABC \"x\"'::citext", "ARRAY['a', 'B,c']::citext[]"), "ltree",
					List.of("'a.b'::ltree", "ARRAY['a.b']::ltree[]"), "cube", List.of("'(1,2),(3,4)'::cube"), "isn",
					List.of("'978-0-393-04002-9'::isbn13"));
			List<String> values = new ArrayList<>();
			for (Map.Entry<String, List<String>> extension : columns.entrySet()) {
				if (available.contains(extension.getKey())) {
					session.execute("CREATE EXTENSION " + extension.getKey());
					if (extension.getKey().equals("hstore")) {
						session.execute("CREATE TYPE hstore_pair AS (h hstore)",
								"CREATE DOMAIN hstore_domain AS hstore");
					}
					values.addAll(extension.getValue());
				}
			}
			session.execute("CREATE TABLE extended AS SELECT " + values.stream()
				.map((value) -> value + " AS c" + values.indexOf(value))
				.collect(Collectors.joining(", ")));
			assertEqualsToJsonb(session, List.of("extended"));
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 15, 16, 17, 18 })
	void keepsJsonThatJsonbRefusesAsString(int version) throws SQLException {
		List<String> texts = List.of("{\"a\": \"\\u0000\"}", "\"\\ud83d\"", "[\"\\ud83dx\\ude00\"]", "1e131072",
				"[1e-16384]", "0e-16384", "1e9999999999", "1".repeat(131_073));
		try (TestDatabase database = PostgresServer.version(version).createDatabase();
				SlotSession session = new SlotSession(database)) {
			session.execute("CREATE TABLE refused AS SELECT " + texts.stream()
				.map((text) -> TypeSamples.literal(text) + "::json AS c" + texts.indexOf(text))
				.collect(Collectors.joining(", ")));
			session.execute("CREATE VIEW kept AS SELECT " + texts.stream()
				.map((text) -> "c" + texts.indexOf(text) + "::text")
				.collect(Collectors.joining(", ")) + " FROM refused");
			String json = json(session, session.receive()).get("refused");
			assertThat(difference(session.connection(), "kept", json)).isEmpty();
		}
	}

	private static void assertEqualsToJsonb(SlotSession session, List<String> tables) throws SQLException {
		Map<String, String> rows = json(session, session.receive());
		for (String table : tables) {
			assertThat(difference(session.connection(), table, rows.get(table.replace("\"", "")))).as(table).isEmpty();
		}
	}

	/** The JSON of each table's only row, by the table's name. */
	private static Map<String, String> json(SlotSession session, List<SlotSession.Received> messages) {
		JsonValues values = new JsonValues(new CatalogTypes(session.connection()));
		Map<Integer, RowJson> relations = new HashMap<>();
		Map<String, String> rows = new HashMap<>();
		for (SlotSession.Received received : messages) {
			if (received.message() instanceof Relation relation) {
				relations.put(relation.oid(), new RowJson(relation, values));
			}
			if (received.message() instanceof Insert insert) {
				RowJson json = Objects.requireNonNull(relations.get(insert.relation()));
				StringBuilder out = new StringBuilder();
				json.append(out, insert.row());
				rows.put(json.relation().name(), out.toString());
			}
		}
		return rows;
	}

	private static List<String> difference(Connection connection, String table, @Nullable String json)
			throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(DIFFERENCE.formatted(table))) {
			statement.setString(1, json);
			List<String> differences = new ArrayList<>();
			try (ResultSet row = statement.executeQuery()) {
				while (row.next()) {
					differences.add("%s: expected %s, but was %s".formatted(row.getString(1), row.getString(2),
							row.getString(3)));
				}
			}
			return differences;
		}
	}

}
