package io.bemi.baseline;

import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.bemi.ingestion.Ingester;
import io.bemi.replication.ReplicationSettings;
import io.bemi.replication.ReplicationSource;
import io.bemi.store.PostgresChangeSink;
import io.bemi.store.StoreSettings;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A transaction that waits for a synchronous standby is in the stream while no snapshot
 * sees it: rows that are copied then are older than the history.
 */
class UnseenCommitIntegrationTests {

	private static final String STATE = """
			SELECT operation, primary_key, image::text FROM bemi.change ORDER BY position, ordinal, primary_key
			""";

	private static ReplicationSettings replication(TestDatabase database) {
		return new ReplicationSettings(database.url(), database.server().username(), database.server().password(),
				ReplicationSettings.slotOf(database.name()), "bemi");
	}

	private static StoreSettings store(TestDatabase store) {
		return new StoreSettings(store.url(), store.server().username(), store.server().password(), "bemi");
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void rowsThatAreOlderThanTheHistoryAreNotCopied(int version) throws Exception {
		try (EmbeddedPostgres server = PostgresServer.embeddedBuilder(version)
			.setServerConfig("wal_level", "logical")
			.setServerConfig("synchronous_standby_names", "nobody")
			.setServerConfig("synchronous_commit", "local")
			.start();
				TestDatabase database = PostgresServer.of(server).createDatabase();
				TestDatabase store = PostgresServer.shared().createDatabase()) {
			database.execute("CREATE TABLE account (id integer PRIMARY KEY, a text, document text)",
					"ALTER TABLE account ALTER document SET STORAGE EXTERNAL",
					"INSERT INTO account SELECT i, 'old', repeat('x', 4000) FROM generate_series(1, 6) i",
					"CREATE TABLE a_keyless (a integer)", "ALTER TABLE a_keyless REPLICA IDENTITY FULL",
					"INSERT INTO a_keyless VALUES (1)", "CREATE PUBLICATION bemi FOR TABLE account, a_keyless",
					"SELECT pg_create_logical_replication_slot('" + ReplicationSettings.slotOf(database.name())
							+ "', 'pgoutput')");
			try (Ingester ingester = new Ingester(new ReplicationSource(replication(database)),
					new PostgresChangeSink(store(store)));
					Connection earlier = database.connect();
					Statement statement = earlier.createStatement()) {
				earlier.setAutoCommit(false);
				// Until this one ends, nothing is copied.
				statement.execute("SELECT pg_current_xact_id()");
				String before = database.query("SELECT pg_snapshot_xmax(pg_current_snapshot())").get(0);
				ingester.start();
				// A transaction of its own shows that it has begun to watch the others.
				Awaitility.await()
					.until(() -> !database.query("SELECT pg_snapshot_xmax(pg_current_snapshot())")
						.equals(List.of(before)));
				CompletableFuture<Void> unseen = CompletableFuture.runAsync(() -> database.execute(
						"""
								BEGIN; SET LOCAL synchronous_commit = on; UPDATE account SET id = 11 WHERE id = 1; DELETE FROM account WHERE id = 2;
								UPDATE account SET a = 'new' WHERE id = 3; INSERT INTO account VALUES (7, 'new');
								INSERT INTO a_keyless VALUES (2); COMMIT"""));
				Awaitility.await()
					.atMost(Duration.ofSeconds(20))
					.until(() -> store.query("SELECT 1 FROM bemi.changes").size() == 5);
				assertThat(database.query("SELECT id FROM account WHERE id IN (1, 7)")).containsExactly("1");
				earlier.commit();
				Awaitility.await()
					.atMost(Duration.ofSeconds(20))
					.until(() -> store
						.query("SELECT 1 FROM bemi.baseline WHERE name = 'account' AND completed_at IS NOT NULL")
						.size() == 1);
				assertThat(unseen).isNotDone();
				database.execute("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
				unseen.get(20, TimeUnit.SECONDS);
				Awaitility.await()
					.atMost(Duration.ofSeconds(20))
					.until(() -> store.query("SELECT 1 FROM bemi.baseline WHERE completed_at IS NULL").isEmpty());
				assertThat(store.query(STATE.replace("image::text", "image ->> 'a', length(image ->> 'document')")))
					.containsExactly("B|4|old|4000", "B|5|old|4000", "B|6|old|4000", "U|11|old|null", "D|2|null|null",
							"U|3|new|null", "C|7|new|null", "C|null|2|null", "B|11|old|4000", "B|3|new|4000",
							"B|null|1|null", "B|null|2|null");
			}
		}
	}

}
