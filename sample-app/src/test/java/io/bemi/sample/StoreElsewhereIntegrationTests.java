package io.bemi.sample;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.bemi.testsupport.DurableServer;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The sample with its store on another server, in a database that was empty: that server
 * is away for a while, and much more is written meanwhile than the sample has memory.
 */
class StoreElsewhereIntegrationTests {

	private static final Duration AWAY = Duration.ofSeconds(Boolean.getBoolean("bemi.soak") ? 600 : 10);

	private static final int ROWS = 500;

	private static final int CHARACTERS = 8_000;

	@Test
	void everythingIsThereWhenTheStoreHasBeenAway() throws Exception {
		DurableServer storeServer = DurableServer.start(PostgresServer.DEFAULT_VERSION, Map.of());
		try (TestDatabase database = PostgresServer.shared().createDatabase()) {
			TestDatabase store = storeServer.server().createDatabase();
			SampleProcess sample = SampleProcess.on(database);
			sample.start("bemi.store.url=" + store.url(), "bemi.store.username=" + store.server().username(),
					"bemi.store.password=" + store.server().password());
			try {
				await().until(sample::isUp);
				WriteLoad.createTables(database);
				database
					.execute("CREATE TABLE document (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body text)");
				try (WriteLoad load = WriteLoad.start(sample, database)) {
					KillIntegrationTests.awaitProgress(store);
					storeServer.kill();
					long megabytes = writeWhileAway(sample, database);
					storeServer.restart();
					long begun = System.nanoTime();
					// All that was written comes first.
					int before = updates(store);
					await().until(() -> updates(store) > before);
					System.out.printf(
							"The store was away for %d s, %d MB of documents were written with a heap of %d MB;"
									+ " recording went on %.1f s after it was back%n",
							AWAY.toSeconds(), megabytes, SampleProcess.HEAP_MEGABYTES,
							(System.nanoTime() - begun) / 1e9);
					assertThat(megabytes).isGreaterThan(2 * SampleProcess.HEAP_MEGABYTES);
				}
				await().untilAsserted(() -> assertThat(store.query(KillIntegrationTests.UPDATES))
					.isEqualTo(database.query("SELECT n FROM tick")));
				KillIntegrationTests.assertTicks(database, store);
				KillIntegrationTests.assertEntries(database, store);
				KillIntegrationTests.assertTodos(database, store);
				assertThat(store.query("""
						SELECT count(*), count(DISTINCT primary_key), min(length(values ->> 'body')) FROM bemi.changes
						 WHERE "table" = 'document'"""))
					.isEqualTo(database.query("SELECT count(*), count(*), min(length(body)) FROM document"));
				assertThat(store.query("SELECT FROM bemi.gap")).isEmpty();
				assertThat(database.query("SELECT to_regclass('bemi.change')")).isEqualTo(List.of("null"));
			}
			finally {
				sample.kill();
			}
		}
		finally {
			storeServer.close();
		}
	}

	/**
	 * Twice the memory at least, then at a pace.
	 * @return the size of what was written
	 */
	private static long writeWhileAway(SampleProcess sample, TestDatabase database) {
		long end = System.nanoTime() + AWAY.toNanos();
		long characters = 0;
		while (System.nanoTime() < end || characters <= 2L * SampleProcess.HEAP_MEGABYTES << 20) {
			database.execute("INSERT INTO document (body) SELECT repeat('abcdefgh', " + CHARACTERS / 8
					+ ") FROM generate_series(1, " + ROWS + ")");
			characters += (long) ROWS * CHARACTERS;
			if (characters > 3L * SampleProcess.HEAP_MEGABYTES << 20) {
				database.execute("SELECT pg_sleep(0.5)");
			}
			assertThat(sample.isAlive()).isTrue();
		}
		return characters >> 20;
	}

	private static int updates(TestDatabase store) {
		return Integer.parseInt(store.query(KillIntegrationTests.UPDATES).get(0));
	}

	private static ConditionFactory await() {
		return Awaitility.await().atMost(Duration.ofMinutes(10)).pollInterval(Duration.ofMillis(200));
	}

}
