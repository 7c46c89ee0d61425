package io.bemi.connection;

import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

import io.bemi.context.BemiContext;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever an application does, it sees the same with the proxy as without: results,
 * exceptions, warnings, transaction states, and the rows that are left.
 */
class DifferentialIntegrationTests {

	private static final Map<String, Map<String, String>> SETTINGS = Map.of("default", Map.of(), "simple",
			Map.of("preferQueryMode", "simple"), "threshold", Map.of("prepareThreshold", "1"), "autosave",
			Map.of("autosave", "always"));

	private static final String[] SCHEMA = { "DROP SCHEMA public CASCADE", "CREATE SCHEMA public",
			"CREATE TABLE item (id int PRIMARY KEY, name text)", "CREATE TABLE parent (id int PRIMARY KEY)",
			"CREATE TABLE child (id int PRIMARY KEY, parent int REFERENCES parent DEFERRABLE INITIALLY DEFERRED)",
			"CREATE TABLE watched (what text)",
			"CREATE FUNCTION add_item(int) RETURNS int LANGUAGE sql AS 'INSERT INTO item VALUES ($1, ''f'')"
					+ " RETURNING id'",
			"CREATE PROCEDURE put_item(int) LANGUAGE sql AS 'INSERT INTO item VALUES ($1, ''p'')'",
			"CREATE PROCEDURE put_and_commit(key int) LANGUAGE plpgsql AS $$ BEGIN INSERT INTO item VALUES (key, 'c');"
					+ " COMMIT; INSERT INTO item VALUES (key + 1000, 'c'); END $$",
			"""
					CREATE FUNCTION watch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
					  CASE NEW.what
					    WHEN 'raise' THEN RAISE EXCEPTION 'no' USING ERRCODE = 'P0099';
					    WHEN 'warn' THEN RAISE WARNING 'careful'; RAISE WARNING 'really';
					    WHEN 'sleep' THEN PERFORM pg_sleep(5);
					    WHEN 'write' THEN INSERT INTO item VALUES (77, 'late');
					    ELSE NULL;
					  END CASE;
					  RETURN NULL;
					END $$""",
			"CREATE CONSTRAINT TRIGGER late AFTER INSERT ON watched DEFERRABLE INITIALLY DEFERRED FOR EACH ROW"
					+ " EXECUTE FUNCTION watch()",
			"""
					CREATE FUNCTION notice() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
					  IF NEW.what = 'notice' THEN RAISE NOTICE 'seen'; END IF; RETURN NULL;
					END $$""", "CREATE TRIGGER early AFTER INSERT ON watched FOR EACH ROW EXECUTE FUNCTION notice()",
			"DROP SCHEMA IF EXISTS hostile CASCADE", "CREATE SCHEMA hostile",
			"CREATE FUNCTION hostile.pg_logical_emit_message(boolean, text, text) RETURNS pg_lsn LANGUAGE plpgsql AS"
					+ " $$ BEGIN RAISE EXCEPTION 'stolen'; END $$" };

	private static final Map<Integer, TestDatabase> databases = new ConcurrentHashMap<>();

	@AfterAll
	static void dropDatabases() {
		databases.values().forEach(TestDatabase::close);
	}

	static Stream<Arguments> transactions() {
		return conversations(TransactionScenarios.ALL);
	}

	static Stream<Arguments> autocommit() {
		return conversations(AutocommitScenarios.ALL);
	}

	private static Stream<Arguments> conversations(Map<String, Scenario> scenarios) {
		return Stream
			.concat(Stream.of(Map.entry(14, "autosave")),
					SETTINGS.keySet().stream().sorted().map((settings) -> Map.entry(18, settings)))
			.flatMap((server) -> scenarios.keySet()
				.stream()
				.map((scenario) -> Arguments.of(server.getKey(), server.getValue(), scenario)));
	}

	@ParameterizedTest
	@MethodSource("transactions")
	void transactionsLookTheSame(int version, String settings, String scenario) throws Exception {
		List<String> plain = hold(version, settings, Objects.requireNonNull(TransactionScenarios.ALL.get(scenario)),
				false, false);
		assertThat(hold(version, settings, Objects.requireNonNull(TransactionScenarios.ALL.get(scenario)), false, true))
			.isEqualTo(plain);
	}

	@ParameterizedTest
	@MethodSource("autocommit")
	void autocommitLooksTheSame(int version, String settings, String scenario) throws Exception {
		List<String> plain = hold(version, settings, Objects.requireNonNull(AutocommitScenarios.ALL.get(scenario)),
				true, false);
		assertThat(hold(version, settings, Objects.requireNonNull(AutocommitScenarios.ALL.get(scenario)), true, true))
			.isEqualTo(plain);
	}

	@Test
	void failingBatchOfSimpleModeKeepsNothing() throws Exception {
		// The one known difference: without a transaction each entry commits by itself.
		assertThat(hold(18, "simple", AutocommitScenarios.FAILING_BATCH, true, false)).contains("1|b", "2|b", "3|b");
		assertThat(hold(18, "simple", AutocommitScenarios.FAILING_BATCH, true, true))
			.allSatisfy((line) -> assertThat(line).doesNotContain("|b"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "default", "threshold", "autosave" })
	void failingBatchLooksTheSame(String settings) throws Exception {
		List<String> plain = hold(18, settings, AutocommitScenarios.FAILING_BATCH, true, false);
		assertThat(hold(18, settings, AutocommitScenarios.FAILING_BATCH, true, true)).isEqualTo(plain);
	}

	private static List<String> hold(int version, String settings, Scenario scenario, boolean autoCommit,
			boolean proxied) throws Exception {
		TestDatabase database = databases.computeIfAbsent(version,
				(key) -> PostgresServer.version(key).createDatabase());
		database.execute(SCHEMA);
		PGSimpleDataSource dataSource = (PGSimpleDataSource) database.dataSource();
		for (Map.Entry<String, String> setting : Objects.requireNonNull(SETTINGS.get(settings)).entrySet()) {
			dataSource.setProperty(setting.getKey(), setting.getValue());
		}
		List<String> lines = new ArrayList<>();
		try (Connection connection = proxied ? new BemiDataSource(dataSource).getConnection()
				: dataSource.getConnection(); BemiContext.Scope scope = BemiContext.open(Map.of("user", "alice"))) {
			connection.setAutoCommit(autoCommit);
			Trace trace = new Trace(connection);
			scenario.run(connection, trace, database);
			lines.addAll(trace.lines());
		}
		lines.addAll(database.query("SELECT * FROM item ORDER BY id"));
		lines.addAll(database.query("SELECT * FROM child"));
		lines.addAll(database.query("SELECT * FROM watched"));
		return lines;
	}

}
