package io.bemi.store;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

import io.bemi.ingestion.Ingester;
import io.bemi.ingestion.IngestionStatus.Phase;
import io.bemi.testsupport.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever the database and the roles of stream and store have set, by {@code ALTER
 * DATABASE} and {@code ALTER ROLE}: values are those of {@code docs/types.md}, and no
 * session of ours ends by itself.
 */
class SessionSettingsIntegrationTests {

	private static final List<String> OF_DATABASE = List.of("DateStyle = 'German, DMY'", "IntervalStyle = sql_standard",
			"TimeZone = 'Asia/Kathmandu'", "bytea_output = escape", "extra_float_digits = -15", "xmlbinary = hex",
			"xmloption = document", "lc_messages = 'C'", "search_path = hostile, public", "quote_all_identifiers = on",
			"idle_session_timeout = '1s'", "row_security = off");

	private static final List<String> OF_ROLE = List.of("DateStyle = 'SQL, MDY'", "IntervalStyle = iso_8601",
			"TimeZone = 'America/St_Johns'", "extra_float_digits = 0", "search_path = pg_temp, hostile, pg_catalog",
			"client_encoding = 'LATIN1'", "standard_conforming_strings = off", "backslash_quote = off",
			"array_nulls = off", "transform_null_equals = on", "default_transaction_isolation = serializable",
			"default_transaction_read_only = on", "default_transaction_deferrable = on", "synchronous_commit = off",
			"statement_timeout = '2s'", "lock_timeout = '2s'", "idle_in_transaction_session_timeout = '1s'");

	private static final String SENSITIVE = """
			CREATE TYPE part AS (d date, i interval);
			CREATE TABLE "Ödd" (id int PRIMARY KEY, d date, t timestamp, z timestamptz, i interval, b bytea, f real, g float8, m money,
			       x xml, c regclass, p regprocedure, y regtype, r tstzrange, ds date[], q part, n text);
			INSERT INTO "Ödd" VALUES (1, '2026-02-01', '2026-02-01 03:04:05.6', '2026-02-01 03:04:05.6+02', '1 year -2 days 03:04:05', '\\x00ff5c27',
			       0.1, 1e-7 / 3, 12345.67, '<a b="c"/>', '"Ödd"', 'abs(int)', 'time with time zone', '[2026-02-01 00:00+00,)', '{2026-02-03,-infinity,NULL}',
			       ROW('0044-03-15 BC', '-1 day'), 'a\\b''c €');
			ALTER PUBLICATION bemi ADD TABLE "Ödd"
			""";

	private static final String DOCUMENTED = """
			SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET bytea_output = 'hex'; SET IntervalStyle = 'postgres';
			SET extra_float_digits = 1; SET search_path = ''; SET quote_all_identifiers = off;
			CREATE TABLE public.expected AS SELECT to_jsonb(every) AS row FROM public."Ödd" every
			""";

	private static final String DIFFERENCES = """
			SELECT e.key, e.value, a.value
			  FROM (SELECT key, value FROM public.expected, jsonb_each(expected."row")) e
			  FULL JOIN (SELECT j.key, j.value FROM (SELECT %s AS image FROM %s) i, jsonb_each(i.image) j) a ON a.key = e.key
			 WHERE a.value::text IS DISTINCT FROM e.value::text
			""";

	private static final String SESSIONS = """
			SELECT pid, application_name FROM pg_stat_activity
			 WHERE application_name IN ('bemi-ingestion', 'bemi-store') AND datname = current_database() ORDER BY pid
			""";

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void neitherChangeValuesNorEndSessions(int version) throws Exception {
		try (Capture capture = Capture.on(version)) {
			TestDatabase database = capture.database();
			String role = "\"Röle " + UUID.randomUUID() + "\"";
			database.execute(SENSITIVE);
			database.execute(DOCUMENTED);
			database.execute("CREATE ROLE " + role + " LOGIN REPLICATION",
					"GRANT SELECT ON todo, full_row, \"Ödd\" TO " + role,
					"GRANT CREATE ON DATABASE " + database.name() + " TO " + role);
			hostile(database, version, role);
			Ingester ingester = capture.start(role.replace("\"", ""), role.replace("\"", ""));
			Awaitility.await().until(() -> ingester.status().phase() == Phase.STREAMING);
			List<String> sessions = database.query(SESSIONS);
			assertThat(sessions).as(() -> ingester.status().toString()).hasSize(3);
			Awaitility.await()
				.during(Duration.ofMillis(1_500))
				.atMost(Duration.ofSeconds(10))
				.until(() -> database.query(SESSIONS).equals(sessions));
			database.execute("UPDATE \"Ödd\" SET id = -id");
			capture.awaitChanges(1);
			assertThat(database.query(SESSIONS)).isEqualTo(sessions);
			assertThat(database.query(DIFFERENCES.formatted("c.image", "bemi.change c WHERE c.operation = 'B'")))
				.isEmpty();
			assertThat(database.query(DIFFERENCES.formatted("c.before", "bemi.changes c WHERE true"))).isEmpty();
			assertThat(database.query(DIFFERENCES.formatted("c.values || '{\"id\": 1}'", "bemi.changes c WHERE true")))
				.isEmpty();
			assertThat(database.query("SELECT count(*) FROM bemi.change WHERE operation = 'B'")).containsExactly("1");
			assertThat(database.query("SELECT operation, primary_key, changed, unknown FROM bemi.changes"))
				.containsExactly("UPDATE|-1|{id}|{}");
			ingester.close();
			database.execute("DROP OWNED BY " + role, "DROP ROLE " + role);
		}
	}

	private static void hostile(TestDatabase database, int version, String role) {
		List<String> ofRole = new ArrayList<>(OF_ROLE);
		if (version >= 17) {
			ofRole.add("transaction_timeout = '1s'");
		}
		// Functions that are found before the server's.
		database.execute("CREATE SCHEMA hostile", "GRANT USAGE ON SCHEMA hostile TO PUBLIC", """
				CREATE FUNCTION hostile.hashtext(text) RETURNS int LANGUAGE sql AS 'SELECT 1 / 0';
				CREATE FUNCTION hostile.current_setting(text) RETURNS text LANGUAGE sql AS 'SELECT (1 / 0)::text'
				""");
		ofRole.forEach((setting) -> database.execute("ALTER ROLE " + role + " SET " + setting));
		database.execute("ALTER ROLE " + role + " IN DATABASE " + database.name() + " SET extra_float_digits = -3");
		OF_DATABASE.forEach((setting) -> database.execute("ALTER DATABASE " + database.name() + " SET " + setting));
	}

}
