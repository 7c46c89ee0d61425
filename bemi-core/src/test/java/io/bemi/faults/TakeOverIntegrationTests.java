package io.bemi.faults;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import io.bemi.testsupport.DurableServer;
import io.bemi.testsupport.TestDatabase;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An instance that is stopped in the middle of storing, and wakes up when another one has
 * taken over.
 */
class TakeOverIntegrationTests {

	private static final int ROWS = 60_000;

	private static final String STORING = """
			SELECT pid FROM pg_stat_activity WHERE application_name = 'bemi-store' AND xact_start IS NOT NULL
			   AND pid IN (SELECT pid FROM pg_locks WHERE relation = 'bemi.change'::regclass)
			""";

	private static final String RECORDED = """
			SELECT count(*), count(DISTINCT primary_key), min(ordinal), max(ordinal), count(DISTINCT position)
			  FROM bemi.changes WHERE "table" = 'todo'
			""";

	private static ConditionFactory await() {
		return Awaitility.await()
			.atMost(Duration.ofSeconds(60))
			.pollDelay(Duration.ZERO)
			.pollInterval(Duration.ofMillis(5))
			.ignoreExceptions();
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void aLargeTransactionThatIsHalfStoredIsStoredByTheNext(int version) throws Exception {
		DurableServer server = DurableServer.start(version, Map.of("wal_sender_timeout", "2s"));
		TestDatabase database = server.server().createDatabase();
		database.execute("CREATE TABLE todo (id bigint PRIMARY KEY, task text)",
				"CREATE PUBLICATION bemi FOR TABLE todo");
		try (Instance stopped = new Instance(database, database); Instance next = new Instance(database, database)) {
			stopped.start();
			await().until(() -> database.query("SELECT count(*) FROM bemi.source WHERE position IS NOT NULL")
				.equals(List.of("1")));
			next.start();
			await().until(
					() -> !database
						.query("SELECT FROM pg_stat_activity WHERE application_name = 'bemi-ingestion'"
								+ " AND client_port NOT IN (SELECT client_port FROM pg_stat_replication)")
						.isEmpty());
			CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> database
				.execute("INSERT INTO todo SELECT i, 'task' FROM generate_series(1, " + ROWS + ") i"));
			await().until(() -> !database.query(STORING).isEmpty());
			stopped.signal("STOP");
			String pid = database.query(STORING).get(0);
			writer.join();
			await().until(() -> !database.query(RECORDED).get(0).startsWith("0|"));
			String recorded = ROWS + "|" + ROWS + "|0|" + (ROWS - 1) + "|1";
			assertThat(database.query(RECORDED)).containsExactly(recorded);
			assertThat(database.query("SELECT FROM pg_stat_activity WHERE pid = " + pid)).isEmpty();
			List<String> position = database.query("SELECT id, position FROM bemi.source");
			stopped.signal("CONT");
			next.signal("STOP");
			// It finds out by itself, stands by, and takes over in its turn.
			database.execute("INSERT INTO todo VALUES (0, 'after')");
			await().until(() -> !database.query("SELECT FROM bemi.changes WHERE primary_key = '0'").isEmpty());
			assertThat(database
				.query("SELECT count(*) FROM bemi.source WHERE position > '" + position.get(0).split("\\|")[1] + "'"))
				.containsExactly("1");
			next.signal("CONT");
			database.execute("INSERT INTO todo VALUES (-1, 'end')");
			await().until(() -> !database.query("SELECT FROM bemi.changes WHERE primary_key = '-1'").isEmpty());
			assertThat(database.query("SELECT count(*), count(DISTINCT primary_key) FROM bemi.changes"))
				.containsExactly((ROWS + 2) + "|" + (ROWS + 2));
			assertThat(database.query("SELECT FROM bemi.gap")).isEmpty();
		}
		finally {
			server.close();
		}
	}

}
