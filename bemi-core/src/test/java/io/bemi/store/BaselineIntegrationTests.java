package io.bemi.store;

import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

import io.bemi.ingestion.BaselineSettings;
import io.bemi.ingestion.Ingester;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import io.bemi.tracking.TrackingSettings;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The rows that were there before changes of them were recorded.
 */
class BaselineIntegrationTests {

	private static final String IMAGES = """
			SELECT r.name, c.primary_key, c.image FROM bemi.change c JOIN bemi.relation r ON r.id = c.relation
			 WHERE c.operation = 'B' ORDER BY r.name, c.primary_key, c.image
			""";

	private static final String PENDING = "SELECT count(*) FROM bemi.baseline WHERE completed_at IS NULL";

	private static void awaitComplete(TestDatabase database, int tables) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.pollInterval(Duration.ofMillis(20))
			.ignoreExceptions()
			.untilAsserted(() -> assertThat(
					database.query("SELECT count(*), count(completed_at) FROM bemi.baseline WHERE name <> 'barrier'"))
				.containsExactly(tables + "|" + tables));
	}

	private static TestDatabase database(int version, String... statements) {
		TestDatabase database = PostgresServer.version(version).createDatabase();
		database.execute(statements);
		return database;
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void goesOnAfterTheLastKeyWhateverItsType(int version) throws Exception {
		TestDatabase database = database(version, "CREATE EXTENSION citext", "CREATE DOMAIN code AS citext",
				"CREATE TYPE mood AS ENUM ('sad', 'ok', 'glad')", """
						CREATE TABLE keys ("Ä b" code, n numeric, at timestamptz, c char(4), m mood, f float8,
						                   PRIMARY KEY ("Ä b", n, at, c, m, f))""",
				"""
						INSERT INTO keys SELECT CASE WHEN i % 2 = 0 THEN 'a' ELSE 'B' END || i % 70, i / 7.0,
						       timestamptz '2000-01-01 00:00:00.000001+00' + i * interval '1 hour', i % 9, (ARRAY['sad', 'ok', 'glad'])[1 + i % 3]::mood, i / 3.0
						  FROM generate_series(1, 3500) i""",
				"CREATE TABLE lowercase (id citext PRIMARY KEY)",
				"INSERT INTO lowercase SELECT CASE WHEN i % 2 = 0 THEN 'x' ELSE 'X' END || i FROM generate_series(1, 2500) i");
		try (Capture capture = Capture.on(database)) {
			database.execute("ALTER PUBLICATION bemi ADD TABLE keys, lowercase");
			// Without its snapshot, as after a kill.
			database.execute("SELECT pg_create_logical_replication_slot('" + capture.slot() + "', 'pgoutput')");
			capture.start();
			awaitComplete(database, 4);
			assertThat(database.query("""
					SELECT (SELECT count(*) FROM bemi.change), count(*) FROM (
					       SELECT to_jsonb(k) FROM keys k UNION SELECT to_jsonb(l) FROM lowercase l
					       INTERSECT SELECT image FROM bemi.change) same
					""")).containsExactly("6000|6000");
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void copiesTablesThatAreTrackedLater(int version) throws Exception {
		try (TrackedCapture capture = TrackedCapture.on(version, false)) {
			TestDatabase database = capture.database();
			capture.track(new TrackingSettings("app", List.of("*"), List.of("later*"), "bemi", false));
			database.execute("CREATE TABLE later (id integer PRIMARY KEY, a text)",
					"CREATE TABLE later_part (id integer PRIMARY KEY, a text) PARTITION BY RANGE (id)",
					"CREATE TABLE later_leaf PARTITION OF later_part DEFAULT",
					"INSERT INTO later SELECT i, 'x' FROM generate_series(1, 2500) i",
					"INSERT INTO later_part VALUES (1, 'x')");
			try (Connection earlier = database.connect(); Statement delay = earlier.createStatement()) {
				earlier.setAutoCommit(false);
				delay.execute("SELECT pg_current_xact_id()");
				capture.track(new TrackingSettings("app", List.of("*"), List.of(), "bemi", false));
				database.execute("UPDATE later SET a = 'y' WHERE id = 2");
				earlier.commit();
			}
			Awaitility.await()
				.atMost(Duration.ofSeconds(20))
				.untilAsserted(() -> assertThat(database.query(
						"SELECT name, rows FROM bemi.baseline WHERE name LIKE 'later%' AND completed_at IS NOT NULL ORDER BY 1"))
					.containsExactly("later|2500", "later_part|1"));
			database.execute("UPDATE later SET a = 'z' WHERE id IN (2, 3)", "UPDATE later_part SET a = 'z'");
			assertThat(capture
				.query("""
						SELECT "table", primary_key, before, changed FROM bemi.changes WHERE "table" LIKE 'later%' ORDER BY primary_key, id"""))
				.containsExactly("later_part|1|{\"a\": \"x\", \"id\": 1}|{a}", "later|2|{\"id\": 2}|{}",
						"later|2|{\"a\": \"y\", \"id\": 2}|{a}", "later|3|{\"a\": \"x\", \"id\": 3}|{a}");
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void aTableIsCopiedAnewWhenAPartitionComesOrGoes(int version) throws Exception {
		try (TrackedCapture capture = TrackedCapture.on(version, false)) {
			TestDatabase database = capture.database();
			database.execute("CREATE TABLE part (id integer PRIMARY KEY, a integer) PARTITION BY RANGE (id)",
					"CREATE TABLE leaf PARTITION OF part FOR VALUES FROM (0) TO (10)",
					"CREATE TABLE other PARTITION OF part FOR VALUES FROM (10) TO (20)",
					"INSERT INTO part VALUES (1, 5), (2, 5), (11, 5)");
			for (String statement : List.of("ALTER TABLE part DETACH PARTITION leaf",
					"UPDATE leaf SET a = 6 WHERE id = 1; DELETE FROM leaf WHERE id = 2; ALTER TABLE part ATTACH PARTITION leaf FOR VALUES FROM (0) TO (10)")) {
				int before = Integer.parseInt(capture.query("SELECT count(completed_at) FROM bemi.baseline").get(0));
				database.execute(statement);
				Awaitility.await()
					.atMost(Duration.ofSeconds(20))
					.untilAsserted(() -> assertThat(database.query("SELECT count(completed_at) > " + before
							+ ", bool_and(completed_at IS NOT NULL) FROM bemi.baseline"))
						.containsExactly("t|t"));
			}
			database.execute("UPDATE part SET a = 7");
			assertThat(capture
				.query("""
						SELECT primary_key, before, unknown FROM bemi.changes WHERE "table" = 'part' AND operation = 'UPDATE' ORDER BY id"""))
				.containsExactlyInAnyOrder("1|{\"a\": 6, \"id\": 1}|{}", "11|{\"a\": 5, \"id\": 11}|{}");
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void rowsOfACreatedTableAreThereFromItsCreationOn(int version) throws Exception {
		try (TrackedCapture capture = TrackedCapture.on(version, false)) {
			capture.database()
				.execute("CREATE TABLE filled AS SELECT 1 AS id, 'a' AS b",
						"ALTER TABLE filled REPLICA IDENTITY FULL; INSERT INTO filled VALUES (2, 'b')",
						"CREATE TABLE empty (id integer PRIMARY KEY)");
			Awaitility.await()
				.atMost(Duration.ofSeconds(20))
				.untilAsserted(
						() -> assertThat(capture.query(IMAGES)).contains("filled|null|{\"b\": \"a\", \"id\": 1}"));
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void aTableWithoutKeyIsCopiedWholeAndOnce(int version) throws Exception {
		try (Capture capture = Capture.on(version)) {
			capture.database()
				.execute("INSERT INTO full_row SELECT 1, 'same', i / 100 FROM generate_series(0, 2499) i");
			Ingester first = capture.start();
			awaitComplete(capture.database(), 2);
			first.close();
			assertThat(capture.database().query("SELECT count(*) FROM bemi.change")).containsExactly("2500");
			capture.database()
				.execute("SELECT pg_drop_replication_slot('" + capture.slot() + "')",
						"SELECT pg_create_logical_replication_slot('" + capture.slot() + "', 'pgoutput')",
						"SET session_replication_role = replica",
						"TRUNCATE bemi.baseline, bemi.change; UPDATE bemi.source SET position = NULL",
						"RESET session_replication_role", "INSERT INTO full_row VALUES (2, 'new', 1)");
			capture.start();
			awaitComplete(capture.database(), 2);
			// What came before the copy is in the copy.
			assertThat(capture.database().query("""
					SELECT c.operation, count(*), bool_and(c.position <= b.position) FROM bemi.change c, bemi.baseline b
					 WHERE b.name = 'full_row' GROUP BY 1 ORDER BY 1""")).containsExactly("B|2501|t", "C|1|t");
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void excludedTablesAreNotCopied(int version) throws Exception {
		try (Capture capture = Capture.on(version)) {
			capture.database().execute("INSERT INTO todo VALUES (1, 'x')", "INSERT INTO full_row VALUES (1)");
			Ingester ingester = capture.start(new BaselineSettings(List.of("to*", "other.full_row")));
			awaitComplete(capture.database(), 1);
			assertThat(capture.database().query(IMAGES))
				.containsExactly("full_row|null|{\"a\": 1, \"b\": null, \"c\": null}");
			assertThat(ingester.baseline().isComplete()).isTrue();
			capture.database().execute("UPDATE todo SET task = 'y'");
			capture.awaitChanges(1);
			Awaitility.await()
				.untilAsserted(() -> assertThat(
						capture.database().query("SELECT name, rows, reason FROM bemi.baseline WHERE name = 'todo'"))
					.containsExactly("todo|0|Excluded by 'bemi.ingestion.baseline.exclude'"));
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void aTableThatMayNotBeReadIsCopiedOnceItMay(int version) throws Exception {
		try (Capture capture = Capture.on(version)) {
			TestDatabase database = capture.database();
			String role = "role_" + UUID.randomUUID().toString().substring(0, 8);
			database.execute("INSERT INTO todo VALUES (1, 'x')", "INSERT INTO full_row VALUES (1)",
					"CREATE ROLE " + role + " LOGIN REPLICATION", "GRANT SELECT ON todo TO " + role,
					"ALTER TABLE todo ENABLE ROW LEVEL SECURITY");
			Ingester ingester = capture.start(role, database.server().username());
			Awaitility.await().untilAsserted(() -> assertThat(database.query(PENDING)).containsExactly("2"));
			database.execute("UPDATE todo SET task = 'y'");
			capture.awaitChanges(1);
			assertThat(database.query(IMAGES)).isEmpty();
			ingester.close();
			database.execute("GRANT SELECT ON full_row TO " + role, "ALTER ROLE " + role + " BYPASSRLS");
			capture.start(role, database.server().username());
			Awaitility.await().untilAsserted(() -> assertThat(database.query(PENDING)).containsExactly("0"));
			assertThat(database.query(IMAGES)).containsExactly("full_row|null|{\"a\": 1, \"b\": null, \"c\": null}");
			capture.ingesters().forEach(Ingester::close);
			database.execute("DROP OWNED BY " + role, "DROP ROLE " + role);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void aRowThatCannotBeReadIsInQuarantine(int version) throws Exception {
		try (Capture capture = Capture.on(database(version, "CREATE TABLE odd (id integer PRIMARY KEY, j json, t text)",
				"INSERT INTO odd VALUES (1, '\"\\u0000\"', 'a'), (2, '1', 'b')"))) {
			capture.database().execute("ALTER PUBLICATION bemi ADD TABLE odd");
			capture.start();
			awaitComplete(capture.database(), 3);
			assertThat(capture.database().query("SELECT primary_key FROM bemi.change WHERE operation = 'B'"))
				.containsExactlyInAnyOrder("1", "2");
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void doesNotStandInTheWayOfStatementsThatChangeTables(int version) throws Exception {
		try (Capture capture = Capture.on(version)) {
			TestDatabase database = capture.database();
			database.execute("INSERT INTO todo SELECT i, 'x' FROM generate_series(1, 3000) i",
					"SELECT pg_create_logical_replication_slot('" + capture.slot() + "', 'pgoutput')");
			try (Connection earlier = database.connect();
					Statement delay = earlier.createStatement();
					Connection connection = database.connect();
					Statement statement = connection.createStatement()) {
				earlier.setAutoCommit(false);
				delay.execute("SELECT pg_current_xact_id()");
				capture.start();
				Awaitility.await()
					.ignoreExceptions()
					.untilAsserted(() -> assertThat(database.query(PENDING)).containsExactly("2"));
				connection.setAutoCommit(false);
				statement.execute("SET LOCAL lock_timeout = '1s'");
				statement.execute("ALTER TABLE todo ADD COLUMN more integer");
				earlier.commit();
				statement.execute("UPDATE todo SET more = 1 WHERE id = 1");
				statement.execute("ALTER TABLE todo RENAME TO done");
				connection.commit();
			}
			awaitComplete(database, 2);
			assertThat(database
				.query("""
						SELECT count(*), count(DISTINCT primary_key), count(*) FILTER (WHERE image ? 'more') FROM bemi.change"""))
				.containsExactly("3000|3000|3000");
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void beginsAnewWhenOtherColumnsAreTheKey(int version) throws Exception {
		try (Capture capture = Capture.on(version)) {
			TestDatabase database = capture.database();
			database.execute("INSERT INTO todo SELECT i, 3000 - i FROM generate_series(1, 2500) i");
			Ingester first = capture.start();
			awaitComplete(database, 2);
			first.close();
			database.execute(
					"""
							UPDATE bemi.baseline SET completed_at = NULL, rows = 1500, after = '{id bigint,1500}' WHERE name = 'todo';
							SET session_replication_role = replica;
							DELETE FROM bemi.change WHERE primary_key::bigint > 1500""",
					"ALTER TABLE todo DROP CONSTRAINT todo_pkey, ALTER task SET NOT NULL, ADD PRIMARY KEY (task)");
			capture.start();
			// The one that was under way is void.
			awaitComplete(database, 3);
			assertThat(database.query("""
					SELECT count(DISTINCT image ->> 'id') FROM bemi.change WHERE primary_key = image ->> 'task'"""))
				.containsExactly("2500");
		}
	}

}
