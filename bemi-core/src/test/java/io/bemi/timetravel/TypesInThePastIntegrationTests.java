package io.bemi.timetravel;

import java.util.List;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Columns of all kinds of types are in the past what they were: types of extensions, in
 * the application's schema and in another one, and types of the application.
 */
class TypesInThePastIntegrationTests {

	private static final String TABLES = """
			CREATE SCHEMA ext;
			CREATE EXTENSION hstore SCHEMA ext;
			CREATE EXTENSION citext;
			CREATE EXTENSION ltree SCHEMA ext;
			CREATE TYPE mood AS ENUM ('sad', 'it''s ok', 'Happy');
			CREATE TYPE place AS (street text, "House no" integer, mood mood);
			CREATE TYPE ext.pair AS (one place, two ext.ltree);
			CREATE TYPE ext.bag AS (things ext.hstore);
			CREATE TABLE bags (id integer PRIMARY KEY, bag ext.bag);
			CREATE DOMAIN positive AS numeric(10, 3) CHECK (VALUE > 0);
			CREATE DOMAIN tags AS text[];
			CREATE DOMAIN code AS bigint;
			CREATE TYPE timerange AS RANGE (subtype = time);
			CREATE TABLE thing (id integer PRIMARY KEY, h ext.hstore, hs ext.hstore[], c citext, cs citext[], path ext.ltree, paths ext.ltree[],
			    m mood, ms mood[], p place, ps place[], nested ext.pair, pairs ext.pair[], d positive, ds positive[], t tags,
			    r int4range, rs daterange[], n numrange, tr timerange, ts tstzrange, i interval, b bytea, bs bytea[], u uuid, us uuid[], j json,
			    jb jsonb, x xml, ip inet, mac macaddr, bits bit(5), vb varbit, money money, ch char(5), dt date, dts date[], tz timestamptz,
			    f real, big numeric, flags boolean[], matrix integer[][], v tsvector, box box, cid "char", nm name, "Mixed ""name" text,
			    twice numeric GENERATED ALWAYS AS (d * 2) STORED);
			CREATE TABLE by_text (key citext PRIMARY KEY, value text);
			CREATE TABLE by_mood (key mood, place ext.ltree, value text, PRIMARY KEY (key, place));
			CREATE TABLE by_code (key code PRIMARY KEY, value text);
			CREATE TABLE by_range (key int4range PRIMARY KEY, value text);
			CREATE TABLE by_time (key timestamptz, day date, value text, PRIMARY KEY (key, day));
			""";

	private static final String ROW = """
			INSERT INTO thing (id, h, hs, c, cs, path, paths, m, ms, p, ps, nested, pairs, d, ds, t, r, rs, n, tr, ts, i, b, bs, u, us, j, jb, x,
			    ip, mac, bits, vb, money, ch, dt, dts, tz, f, big, flags, matrix, v, box, cid, nm, "Mixed ""name")
			VALUES (%d, 'a=>1, "b c"=>NULL', ARRAY['x=>y', '']::ext.hstore[], 'MiXed', '{A,b,NULL}', 'top.sub_1', '{a.b,c}', 'it''s ok', '{sad,Happy,NULL}',
			    ROW('Main "st", (x)', 7, 'Happy'), ARRAY[ROW('a', NULL, NULL), ROW(NULL, 2, 'sad')]::place[],
			    ROW(ROW('in', 1, 'sad'), 'k.v'), ARRAY[ROW(NULL, 'k.v')]::ext.pair[], 1.500, '{1.5,2}', '{"a b",c}',
			    '[1,5)', '{"[2020-01-01,2020-02-01)",empty}', '(,1.50]', '[10:00,11:00)', '[2020-01-01 00:00+00,)', '1 mon 2 days 03:04:05.678', '\\x00ff', '{"\\\\x01"}',
			    '00000000-0000-4000-8000-000000000001', '{00000000-0000-4000-8000-000000000002}', '{"a": [1, 1.50, null]}', '{"a": {"b": "ü"}}', '<a>b</a>',
			    '10.0.0.1/8', '08:00:2b:01:02:03', '10101', '101', '12.34', 'ab', '2020-02-29', '{2020-01-01,infinity}', '2020-01-01 12:34:56.789+02',
			    1.5, 123456789012345678901234567890.1230, '{t,f,NULL}', '{{1,2},{3,4}}', 'fat:1 cat:2', '((1,2),(3,4))', 'x', 'n', 'q')
			""";

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void readsThemAsTheyWere(int version) throws Exception {
		String multirange = "ALTER TABLE thing ADD COLUMN mr int4multirange DEFAULT '{[1,3),[5,7)}'";
		try (Recording recording = Recording.of(version, false, Set.of(), TABLES, multirange)) {
			JdbcTemplate live = new JdbcTemplate(recording.database().dataSource());
			long first = recording.transact(ROW.formatted(1), ROW.formatted(2),
					"INSERT INTO thing (id, m) VALUES (3, 'sad')",
					"INSERT INTO by_text VALUES ('KeY', 'one'), ('other', 'two')",
					"INSERT INTO by_mood VALUES ('it''s ok', 'a.b', 'one'), ('sad', 'a.b', 'two')",
					"INSERT INTO bags VALUES (1, ROW('a=>1'))", "INSERT INTO by_code VALUES (7, 'seven')",
					"INSERT INTO by_range VALUES ('[1,5)', 'one')",
					"INSERT INTO by_time VALUES ('2020-01-01 00:00:00.5+00', '2020-01-01', 'new year')");
			List<List<String>> copies = copies(live);
			long second = recording.transact(
					"UPDATE thing SET h = 'n=>9', c = 'other', m = 'Happy', ps = NULL, r = 'empty', path = 'q'"
							+ " WHERE id = 1",
					"DELETE FROM thing WHERE id = 2", "UPDATE by_text SET value = 'x'",
					"UPDATE by_mood SET value = 'y', key = 'Happy' WHERE key = 'sad'", "DELETE FROM by_code",
					"UPDATE by_range SET key = '[2,3)'", "UPDATE by_time SET value = 'z'");
			List<List<String>> later = copies(live);
			recording.await(second);
			JdbcTemplate jdbc = new JdbcTemplate(recording.dataSource());
			TimeTravel travel = recording.travel();
			assertThat(travel.at(first, () -> copies(jdbc))).isEqualTo(copies);
			assertThat(travel.at(second, () -> copies(jdbc))).isEqualTo(later);
			List<Long> found = travel.at(first,
					() -> List.of(count(jdbc, "thing WHERE c = 'mIXED'::citext AND m = 'it''s ok' AND id = 1"),
							count(jdbc, "thing WHERE (p).\"House no\" = 7 AND id IN (1, 2)"),
							count(jdbc, "thing WHERE r @> 3"), count(jdbc, "by_text WHERE key = 'key'"),
							count(jdbc, "by_mood WHERE key = 'sad'"), count(jdbc, "by_code WHERE key = 7"),
							count(jdbc, "by_range WHERE key = '[1,4]'"),
							count(jdbc, "by_time WHERE key = '2020-01-01 01:00:00.5+01'")));
			assertThat(found).containsExactly(1L, 2L, 2L, 1L, 1L, 1L, 1L, 1L);
			assertThat(travel.asOf(first).find("by_text", "KeY").orElseThrow()).containsEntry("value", "one");
			assertThat(travel.asOf(first).find("by_mood", "[\"sad\", \"a.b\"]").orElseThrow()).containsEntry("value",
					"two");
			// What does not come back is an error, not another value.
			assertThatThrownBy(() -> travel.at(first, () -> jdbc.queryForList("SELECT * FROM bags")))
				.hasStackTraceContaining("near");
			assertThat(travel.asOf(first).find("bags", 1).orElseThrow()).containsEntry("bag",
					Map.of("things", Map.of("a", "1")));
			assertThat(travel.asOf(second).find("by_mood", "[\"sad\", \"a.b\"]")).isEmpty();
		}
	}

	private static Long count(JdbcTemplate jdbc, String from) {
		return java.util.Objects.requireNonNull(jdbc.queryForObject("SELECT count(*) FROM " + from, Long.class));
	}

	private static List<List<String>> copies(JdbcTemplate jdbc) {
		return java.util.stream.Stream.of("thing", "by_text", "by_mood", "by_code", "by_range", "by_time")
			// Without the two columns whose text differs: the blanks of a json, the sign
			// of nothing.
			.map((table) -> jdbc.queryForList(
					table.equals("thing") ? "SELECT row(t.*)::text FROM (SELECT *, j::jsonb::text FROM thing) t"
							: "SELECT t::text FROM " + table + " t",
					String.class))
			.map((rows) -> rows.stream().map((row) -> row.replace(": [1, 1.50", ":[1,1.50")).sorted().toList())
			.toList();
	}

}
