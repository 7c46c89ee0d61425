package io.bemi.store;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.bemi.ingestion.BaselineSettings;
import io.bemi.ingestion.Ingester;
import io.bemi.ingestion.IngestionStatus.Phase;
import io.bemi.ingestion.TableColumns;
import io.bemi.testsupport.TestDatabase;
import io.bemi.tracking.ColumnRules;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which columns and updates are recorded, and that nothing is found of the others.
 */
class ChooseIntegrationTests {

	private static final String KEY = "a key of at least thirty-two characters";

	private static final String CHANGES = """
			SELECT operation, primary_key, "values", before, changed, unknown FROM bemi.changes
			 WHERE "table" = '%s' ORDER BY id""";

	private static ColumnRules excluding(String... patterns) {
		return new ColumnRules(List.of(patterns), List.of(), null, List.of());
	}

	private static ColumnRules masking(String key, String... rules) {
		return new ColumnRules(List.of(), List.of(rules), key, List.of());
	}

	private static ColumnRules ignoring(String... patterns) {
		return new ColumnRules(List.of(), List.of(), null, List.of(patterns));
	}

	/**
	 * The rows of the store, whichever table they are in, that have a text in them.
	 */
	private static List<String> find(TestDatabase store, String text) {
		List<String> found = new ArrayList<>();
		for (String table : store.query("""
				SELECT c.oid::regclass FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
				 WHERE n.nspname = 'bemi' AND c.relkind IN ('r', 'p', 'v', 'm') AND NOT c.relispartition""")) {
			store.query("SELECT t::text FROM " + table + " t WHERE t::text LIKE '%" + text + "%'")
				.forEach((row) -> found.add(table + ": " + row));
		}
		return found;
	}

	private static void awaitCopied(TestDatabase store) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(20))
			.pollInterval(Duration.ofMillis(20))
			.ignoreExceptions()
			.untilAsserted(() -> assertThat(store.query("SELECT bool_and(completed_at IS NOT NULL) FROM bemi.baseline"))
				.containsExactly("t"));
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void valuesThatAreLeftOutOrMaskedAreNowhereInTheStore(int version) throws Exception {
		ColumnRules rules = new ColumnRules(List.of("*.left_out", "*.number_left_out"),
				List.of("*.hashed", "*.starred=***", "number_hashed"), KEY, List.of());
		String columns = "left_out text DEFAULT 's3cret-default', hashed text, starred text, number_left_out int, number_hashed int";
		try (TrackedCapture capture = TrackedCapture.stopped(version,
				"CREATE TABLE keyed (id int PRIMARY KEY, note text, " + columns + ")",
				"CREATE TABLE whole (id int PRIMARY KEY, note text, " + columns
						+ "); ALTER TABLE whole REPLICA IDENTITY FULL",
				"CREATE TABLE keyless (id int, note text, " + columns + "); ALTER TABLE keyless REPLICA IDENTITY FULL",
				"CREATE TABLE parted (id int, note text, " + columns
						+ ", PRIMARY KEY (id)) PARTITION BY RANGE (id); CREATE TABLE low PARTITION OF parted FOR VALUES FROM (0) TO (10);"
						+ "CREATE TABLE high PARTITION OF parted DEFAULT",
				"CREATE TYPE pair AS (a int, b text)",
				"CREATE TABLE poisoned (id int PRIMARY KEY, p pair, left_out pair, hashed pair)")) {
			TestDatabase database = capture.database();
			List<String> tables = List.of("keyed", "whole", "keyless", "parted");
			for (String table : tables) {
				database.execute("INSERT INTO " + table
						+ " SELECT i, 'a', 's3cret' || i, 's3cret' || i, 's3cret', 777123, 777123 FROM generate_series(1, 3) i");
			}
			capture.start(rules);
			awaitCopied(database);
			capture.stop();
			for (String table : tables) {
				database.execute(
						"INSERT INTO " + table + " VALUES (4, 'a', 's3cret', repeat('s3cret', 1000), 's3cret')",
						"UPDATE " + table + " SET note = 'b', left_out = 's3cret5', hashed = repeat('s3cret', 2000)",
						"UPDATE " + table + " SET note = 'c'", "UPDATE " + table + " SET id = 20 WHERE id = 2",
						"UPDATE " + table + " SET left_out = NULL, hashed = NULL, starred = NULL WHERE id = 3",
						"DELETE FROM " + table + " WHERE id IN (3, 4)");
			}
			database.execute("INSERT INTO poisoned VALUES (1, ROW(1, 'a'), ROW(1, 's3cret'), ROW(1, 's3cret'))",
					"UPDATE poisoned SET hashed = ROW(2, 's3cret'), p = ROW(2, 'b'), left_out = ROW(2, 's3cret')",
					"ALTER TYPE pair ADD ATTRIBUTE more int", "ALTER TABLE keyed ADD COLUMN other text DEFAULT 'o'",
					"ALTER TABLE keyed RENAME COLUMN other TO another", "TRUNCATE keyless",
					"CREATE TABLE later (id int PRIMARY KEY)", "INSERT INTO later VALUES (1)",
					"ALTER TABLE later ADD COLUMN left_out text DEFAULT 's3cret', ADD COLUMN hashed text DEFAULT 's3cret'",
					"UPDATE keyed SET another = 'p'");
			Ingester ingester = capture.start(rules);
			capture.query("SELECT 1");
			awaitCopied(database);
			assertThat(find(database, "s3cret")).isEmpty();
			assertThat(find(database, "777123")).isEmpty();
			assertThat(find(database, "left_out")).allMatch((row) -> row.startsWith("bemi.relation: "));
			for (String table : tables) {
				assertThat(database.query("SELECT count(*) FROM bemi.changes WHERE \"table\" = '" + table
						+ "' AND 'hmac:' = left(\"values\" ->> 'hashed', 5) AND \"values\" ->> 'starred' = '***'"))
					.as(table)
					.doesNotContain("0");
			}
			assertThat(database
				.query("SELECT count(*), count(relation) FROM bemi.quarantine WHERE content LIKE '%hmac:%'"))
				.containsExactly("2|2");
			assertThat(ingester.columns()).contains(new TableColumns("public", "whole",
					List.of("left_out", "number_left_out"), List.of("hashed", "starred", "number_hashed"), List.of()));
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void hashesAreEqualWhereverTheValueComesFrom(int version) throws Exception {
		try (TrackedCapture capture = TrackedCapture.stopped(version,
				"CREATE TABLE typed (id int PRIMARY KEY, t text, n numeric, at timestamptz, yes boolean, j jsonb)")) {
			TestDatabase database = capture.database();
			String row = "'x', 1.50, '2026-01-02 03:04:05+01', true, '{\"a\": 1}'";
			database.execute("INSERT INTO typed VALUES (1, " + row + "), (3, NULL, NULL, NULL, NULL, 'null')");
			capture.start(masking(KEY, "typed.t", "n", "*.at", "yes", "j"));
			awaitCopied(database);
			database.execute("INSERT INTO typed VALUES (2, " + row + ")", "UPDATE typed SET t = 'y' WHERE id = 1");
			assertThat(capture
				.query("""
						SELECT count(*), count(DISTINCT image - 'id' - 't'), count(DISTINCT image ->> 't') FROM bemi.change c
						  JOIN bemi.relation r ON r.id = c.relation WHERE r.name = 'typed' AND primary_key <> '3'"""))
				.containsExactly("3|1|2");
			assertThat(database.query("""
					SELECT image - 'j', image ->> 'j' LIKE 'hmac:%' FROM bemi.change WHERE primary_key = '3'"""))
				.containsExactly("{\"n\": null, \"t\": null, \"at\": null, \"id\": 3, \"yes\": null}|t");
			assertThat(database
				.query("""
						SELECT changed, unknown, before ->> 't' <> "values" ->> 't' FROM bemi.changes WHERE operation = 'UPDATE'"""))
				.containsExactly("{t}|{}|t");
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void theNextChangeObeysOtherRules(int version) throws Exception {
		try (TrackedCapture capture = TrackedCapture.stopped(version,
				"CREATE TABLE person (id int PRIMARY KEY, name text, ssn text)")) {
			TestDatabase database = capture.database();
			capture.start(ColumnRules.NONE);
			database.execute("INSERT INTO person VALUES (1, 'a', 's3cret')");
			capture.query("SELECT 1");
			List<ColumnRules> rules = List.of(masking(KEY, "ssn"), masking(KEY + "!", "ssn"), masking(KEY, "ssn=***"),
					excluding("ssn"));
			for (int i = 0; i < rules.size(); i++) {
				capture.stop();
				capture.start(rules.get(i));
				database.execute("UPDATE person SET name = 'n" + i + "'");
				capture.query("SELECT 1");
				awaitCopied(database);
				database.execute("UPDATE person SET name = 'm" + i + "'");
				capture.query("SELECT 1");
			}
			assertThat(find(database, "s3cret")).hasSize(2)
				.allMatch((row) -> row.startsWith("bemi.change: ") || row.startsWith("bemi.changes: "));
			assertThat(database.query("""
					SELECT left("values" ->> 'ssn', 5), left(before ->> 'ssn', 5), changed, unknown FROM bemi.changes
					 WHERE "table" = 'person' AND operation = 'UPDATE' ORDER BY id""")).containsExactly(
					"hmac:|null|{name}|{ssn}", "hmac:|hmac:|{name}|{}", "hmac:|null|{name}|{ssn}",
					"hmac:|hmac:|{name}|{}", "***|null|{name}|{ssn}", "***|***|{name}|{}", "null|null|{name}|{}",
					"null|null|{name}|{}");
			capture.stop();
			capture.start(ColumnRules.NONE);
			database.execute("UPDATE person SET ssn = 'open'");
			capture.query("SELECT 1");
			awaitCopied(database);
			database.execute("UPDATE person SET ssn = 'opened'");
			assertThat(capture.query(CHANGES.formatted("person") + " OFFSET 9")).containsExactly(
					"UPDATE|1|{\"id\": 1, \"ssn\": \"open\", \"name\": \"m3\"}|{\"id\": 1, \"name\": \"m3\"}|{}|{ssn}",
					"UPDATE|1|{\"id\": 1, \"ssn\": \"opened\", \"name\": \"m3\"}|{\"id\": 1, \"ssn\": \"open\", \"name\": \"m3\"}|{ssn}|{}");
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void anUpdateOfIgnoredColumnsOnlyIsNotRecorded(int version) throws Exception {
		String columns = "(id int PRIMARY KEY, task text, seen_count int, last_seen text, updated_at timestamptz)";
		try (TrackedCapture capture = TrackedCapture.stopped(version, "CREATE TABLE seen " + columns,
				"CREATE TABLE whole " + columns + "; ALTER TABLE whole REPLICA IDENTITY FULL")) {
			TestDatabase database = capture.database();
			Ingester first = capture.start(ignoring("*.updated_at", "*_count", "last_*"));
			for (String table : List.of("seen", "whole")) {
				database.execute("DELETE FROM " + table, "INSERT INTO " + table + " VALUES (1, 'a', 0, 'x', 'epoch')",
						"UPDATE " + table + " SET seen_count = 1",
						"UPDATE " + table + " SET seen_count = 2, last_seen = 'y'", "BEGIN; UPDATE " + table
								+ " SET updated_at = '2026-01-01Z'; UPDATE " + table + " SET seen_count = 3; COMMIT");
			}
			assertThat(capture.query("SELECT count(*) FROM bemi.changes WHERE \"table\" <> 'barrier'"))
				.containsExactly("2");
			assertThat(first.columns()).contains(new TableColumns("public", "seen", List.of(), List.of(),
					List.of("last_seen", "seen_count", "updated_at")));
			// What is remembered is what is recorded, by another instance, too.
			capture.stop();
			capture.start(ignoring("*.updated_at", "*_count", "last_*"));
			for (String table : List.of("seen", "whole")) {
				database.execute("UPDATE " + table + " SET seen_count = 4; UPDATE " + table
						+ " SET task = 'b', seen_count = 5; UPDATE " + table + " SET seen_count = 6; UPDATE " + table
						+ " SET id = 2", "DELETE FROM " + table);
			}
			assertThat(capture
				.query("""
						SELECT "table", operation, before - 'last_seen' - 'updated_at', "values" - 'last_seen' - 'updated_at',
						       changed, unknown FROM bemi.changes
						 WHERE "table" IN ('seen', 'whole') AND operation <> 'CREATE' ORDER BY "table", id"""))
				.containsExactly(
						"seen|UPDATE|{\"id\": 1, \"task\": \"a\", \"seen_count\": 0}|{\"id\": 1, \"task\": \"b\", \"seen_count\": 5}|{task,last_seen,seen_count,updated_at}|{}",
						"seen|UPDATE|{\"id\": 1, \"task\": \"b\", \"seen_count\": 5}|{\"id\": 2, \"task\": \"b\", \"seen_count\": 6}|{id,seen_count}|{}",
						"seen|DELETE|{\"id\": 2, \"task\": \"b\", \"seen_count\": 6}|{}|{}|{}",
						"whole|UPDATE|{\"id\": 1, \"task\": \"a\", \"seen_count\": 4}|{\"id\": 1, \"task\": \"b\", \"seen_count\": 5}|{task,seen_count}|{}",
						"whole|UPDATE|{\"id\": 1, \"task\": \"b\", \"seen_count\": 6}|{\"id\": 2, \"task\": \"b\", \"seen_count\": 6}|{id}|{}",
						"whole|DELETE|{\"id\": 2, \"task\": \"b\", \"seen_count\": 6}|{}|{}|{}");
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void anUpdateOfIgnoredColumnsIsRecordedWhereItCannotBeLeftOut(int version) throws Exception {
		String columns = "(id int PRIMARY KEY, task text, words text)";
		try (TrackedCapture capture = TrackedCapture.stopped(version, "CREATE TABLE seen " + columns,
				"CREATE TABLE whole " + columns + "; ALTER TABLE whole REPLICA IDENTITY FULL",
				"ALTER TABLE seen ALTER words SET STORAGE EXTERNAL",
				"ALTER TABLE whole ALTER words SET STORAGE EXTERNAL")) {
			TestDatabase database = capture.database();
			capture.start(ignoring("words"));
			for (String table : List.of("seen", "whole")) {
				database.execute("INSERT INTO " + table + " VALUES (1, 'a', 'x')",
						"UPDATE " + table + " SET words = 'y'",
						// Later the log says only that it is unchanged.
						"UPDATE " + table + " SET words = repeat('z', 5000)", "UPDATE " + table + " SET task = 'b'");
			}
			assertThat(capture
				.query("""
						SELECT "table", operation, changed, left("values" ->> 'words', 1), left(before ->> 'words', 1)
						  FROM bemi.changes WHERE "table" IN ('seen', 'whole') AND operation = 'UPDATE' ORDER BY "table", id"""))
				.containsExactly("seen|UPDATE|{words}|z|x", "seen|UPDATE|{task}|z|z", "whole|UPDATE|{task}|z|z");
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void whatWasThereBeforeIsUnknownSoThatAnUpdateIsRecorded(int version) throws Exception {
		try (Capture capture = Capture.on(version)) {
			TestDatabase database = capture.database();
			database.execute("INSERT INTO todo VALUES (1, 'a')");
			capture.start(new BaselineSettings(List.of("todo"))).close();
			capture.start(ignoring("isCompleted"));
			database.execute("UPDATE todo SET \"isCompleted\" = true", "UPDATE todo SET \"isCompleted\" = false");
			database.execute("INSERT INTO todo VALUES (2, 'b')");
			capture.awaitChanges(2);
			assertThat(database.query("SELECT primary_key, operation, unknown FROM bemi.changes ORDER BY id"))
				.containsExactly("1|UPDATE|{task,isCompleted}", "2|CREATE|{}");
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void aKeyIsNeitherLeftOutNorMasked(int version) throws Exception {
		try (TrackedCapture capture = TrackedCapture.stopped(version,
				"CREATE TABLE person (ssn text PRIMARY KEY, name text)",
				"CREATE TABLE whole (ssn text PRIMARY KEY, name text); ALTER TABLE whole REPLICA IDENTITY FULL")) {
			TestDatabase database = capture.database();
			database.execute("INSERT INTO person VALUES ('s3cret', 'a')");
			for (ColumnRules rules : List.of(excluding("person.ssn"), masking(KEY, "whole.ssn"))) {
				Ingester refused = capture.start(rules);
				Awaitility.await().untilAsserted(() -> assertThat(refused.status().phase()).isEqualTo(Phase.FAILED));
				assertThat(refused.status().message()).matches(
						"Column 'ssn' of table public.(person|whole) is to be (excluded|masked), but identifies its records\\..*");
				capture.stop();
			}
			database.execute("INSERT INTO person VALUES ('open', 'b')");
			capture.start(excluding("person.name"));
			awaitCopied(database);
			assertThat(capture.query(CHANGES.formatted("person")))
				.containsExactly("CREATE|open|{\"ssn\": \"open\"}|{}|{}|{}");
			// One that becomes a key while changes are recorded.
			Ingester second = restart(capture, excluding("person.name", "person.code"));
			database.execute("ALTER TABLE person DROP CONSTRAINT person_pkey, ADD COLUMN code int NOT NULL DEFAULT 7",
					"UPDATE person SET code = 8 WHERE ssn = 'open'; ALTER TABLE person ADD PRIMARY KEY (code)",
					"UPDATE person SET code = 9 WHERE ssn = 'open'");
			Awaitility.await().untilAsserted(() -> assertThat(second.status().phase()).isEqualTo(Phase.FAILED));
			capture.stop();
			capture.start(excluding("person.name"));
			assertThat(capture
				.query("SELECT \"values\" FROM bemi.changes WHERE \"table\" = 'person' ORDER BY id DESC LIMIT 1"))
				.containsExactly("{\"ssn\": \"open\", \"code\": 9}");
		}
	}

	private static Ingester restart(TrackedCapture capture, ColumnRules rules) throws InterruptedException {
		capture.stop();
		return capture.start(rules);
	}

}
