package io.bemi.sample;

import java.time.Duration;

import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Kills the sample under write load.
 */
class KillIntegrationTests {

	private static final int KILLS = 5;

	static final String UPDATES = """
			SELECT count(*) FROM bemi.changes WHERE "table" = 'tick' AND operation = 'UPDATE'
			""";

	@Test
	void everyCommittedRowIsRecordedExactlyOnceInCommitOrder() throws Exception {
		try (TestDatabase database = PostgresServer.shared().createDatabase()) {
			SampleProcess sample = SampleProcess.on(database);
			sample.start();
			try {
				await().until(sample::isUp);
				WriteLoad.createTables(database);
				try (WriteLoad load = WriteLoad.start(sample, database)) {
					for (int kill = 0; kill < KILLS; kill++) {
						awaitProgress(database);
						sample.kill();
						sample.start();
						await().until(sample::isUp);
					}
					awaitProgress(database);
				}
				await().untilAsserted(
						() -> assertThat(database.query(UPDATES)).isEqualTo(database.query("SELECT n FROM tick")));
				assertTicks(database, database);
				assertEntries(database, database);
				assertTodos(database, database);
			}
			finally {
				sample.kill();
			}
		}
	}

	private static ConditionFactory await() {
		return Awaitility.await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(200));
	}

	// New changes have been recorded since the start, so that a kill hits a stream at
	// work.
	static void awaitProgress(TestDatabase database) {
		String before = database.query(UPDATES).get(0);
		int target = Integer.parseInt(before) + 200;
		await().until(() -> Integer.parseInt(database.query(UPDATES).get(0)) > target);
	}

	static void assertTicks(TestDatabase database, TestDatabase store) {
		assertThat(store.query("""
				SELECT values ->> 'n' FROM bemi.changes WHERE "table" = 'tick' AND operation = 'UPDATE' ORDER BY id
				""")).as("ticks in the order of history")
			.isEqualTo(database.query("SELECT generate_series(1, n) FROM tick"));
	}

	static void assertEntries(TestDatabase database, TestDatabase store) {
		assertThat(store.query("""
				SELECT primary_key, string_agg(values ->> 'version', ',' ORDER BY id) FROM bemi.changes
				WHERE "table" = 'entry' GROUP BY primary_key ORDER BY primary_key::bigint
				""")).as("versions of every entry").isEqualTo(database.query("""
				SELECT id, (SELECT string_agg(v::text, ',' ORDER BY v) FROM generate_series(0, version) v)
				FROM entry ORDER BY id
				"""));
		assertThat(store.query("""
				SELECT count(*) FROM (
					SELECT (values ->> 'n')::int AS n, lag((values ->> 'n')::int) OVER (ORDER BY id) AS previous
					FROM bemi.changes WHERE "table" = 'entry') c
				WHERE n < previous
				""")).as("entries out of the order of commits").containsExactly("0");
	}

	static void assertTodos(TestDatabase database, TestDatabase store) {
		assertThat(store.query("""
				SELECT primary_key, string_agg(right(values ->> 'task', 1), ',' ORDER BY id) FROM bemi.changes
				WHERE "table" = 'todo' GROUP BY primary_key ORDER BY primary_key::bigint
				""")).as("names of every todo").isNotEmpty().isEqualTo(database.query("""
				SELECT id, (SELECT string_agg(v::text, ',' ORDER BY v) FROM generate_series(0, right(task, 1)::int) v)
				FROM todo ORDER BY id
				"""));
		assertThat(store.query("""
				SELECT DISTINCT metadata ->> 'user' FROM bemi.changes WHERE "table" = 'todo'
				""")).containsExactly("writer");
	}

}
