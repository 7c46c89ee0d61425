package io.bemi.timetravel;

import java.util.Objects;
import java.util.Set;

import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The driver's prepared statements, those of the past and those of the present, outlive
 * the times in the past, where the search path begins with "$user".
 */
class PlansOfThePastIntegrationTests {

	private static final int TIMES = 20;

	private static final String PLANNED = """
			SELECT coalesce(max(generic_plans + custom_plans), 0) FROM pg_prepared_statements
			 WHERE statement LIKE 'SELECT task FROM todo WHERE id =%' AND (statement LIKE '%past%') = ?
			""";

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void statementsKeepTheirPlans(int version) throws Exception {
		try (Recording recording = recording(version, "\"$user\", plans")) {
			long past = record(recording);
			JdbcTemplate jdbc = new JdbcTemplate(recording.dataSource());
			for (int i = 0; i < TIMES; i++) {
				assertThat(pastTask(recording, past, jdbc)).isEqualTo("past");
				assertThat(task(jdbc)).isEqualTo("present");
			}
			assertThat(jdbc.queryForObject(PLANNED, Long.class, true)).isGreaterThan(TIMES / 2);
			assertThat(jdbc.queryForObject(PLANNED, Long.class, false)).isGreaterThan(TIMES / 2);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void aRoleThatMayNotReadThePastIsNotTaken(int version) throws Exception {
		try (Recording recording = recording(version, "\"$user\", plans")) {
			long past = record(recording);
			JdbcTemplate jdbc = new JdbcTemplate(recording.dataSource());
			assertThat(user(recording, past, jdbc)).isEqualTo("bemi_asof_plans");
			recording.database().execute("REVOKE bemi_past FROM bemi_asof_plans");
			assertThat(user(recording, past, jdbc)).isEqualTo("bemi_past");
			assertThat(pastTask(recording, past, jdbc)).isEqualTo("past");
			recording.database().execute("GRANT bemi_past TO bemi_asof_plans");
			assertThat(user(recording, past, jdbc)).isEqualTo("bemi_asof_plans");
			assertThat(pastTask(recording, past, jdbc)).isEqualTo("past");
			assertThat(task(jdbc)).isEqualTo("present");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "plans", "\"$user\", plans, public", "public, plans", "\"$user\", public, plans" })
	void otherPathsAreReadAsTheyAre(String path) throws Exception {
		try (Recording recording = recording(18, path)) {
			long past = record(recording);
			JdbcTemplate jdbc = new JdbcTemplate(recording.dataSource());
			for (int i = 0; i < TIMES; i++) {
				assertThat(pastTask(recording, past, jdbc)).isEqualTo("past");
				assertThat(task(jdbc)).isEqualTo("present");
			}
			assertThat(user(recording, past, jdbc)).isEqualTo("bemi_past");
		}
	}

	private static Recording recording(int version, String path) throws Exception {
		TestDatabase database = PostgresServer.version(version).createDatabase();
		database.execute("ALTER DATABASE \"%s\" SET search_path = %s".formatted(database.name(), path));
		return Recording.of(database, database, Set.of(), "CREATE SCHEMA plans",
				"CREATE TABLE plans.todo (id bigint PRIMARY KEY, task text)");
	}

	private static long record(Recording recording) {
		long past = recording.transact("INSERT INTO plans.todo VALUES (1, 'past')");
		recording.await(recording.transact("UPDATE plans.todo SET task = 'present'"));
		return past;
	}

	private static String pastTask(Recording recording, long past, JdbcTemplate jdbc) {
		return recording.travel().at(past, () -> task(jdbc));
	}

	private static String user(Recording recording, long past, JdbcTemplate jdbc) {
		return recording.travel()
			.at(past, () -> Objects.requireNonNull(jdbc.queryForObject("SELECT current_user", String.class)));
	}

	private static String task(JdbcTemplate jdbc) {
		return Objects.requireNonNull(jdbc.queryForObject("SELECT task FROM todo WHERE id = ?", String.class, 1L));
	}

}
