package io.bemi.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.bemi.ingestion.BaselineSettings;
import io.bemi.ingestion.Ingester;
import io.bemi.ingestion.IngestionListener;
import io.bemi.replication.ReplicationSettings;
import io.bemi.replication.ReplicationSource;
import io.bemi.testsupport.OwnServer;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import io.bemi.tracking.ColumnRules;
import io.bemi.tracking.Tracking;
import io.bemi.tracking.TrackingSettings;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A transaction that is skipped while its commit waits for a standby: it is in the log,
 * and nobody sees it yet. The store is elsewhere, so that it does not wait, too.
 */
class UnseenSkipIntegrationTests {

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void whatIsNotSeenYetIsWaitedFor(int version) throws Exception {
		try (OwnServer server = OwnServer.start(version, "synchronous_standby_names", "nobody", "synchronous_commit",
				"local"); TestDatabase store = PostgresServer.shared().createDatabase()) {
			TestDatabase database = server.database();
			database.execute("CREATE TABLE item (id integer PRIMARY KEY, note text)", "INSERT INTO item VALUES (1)");
			String role = database.server().username();
			track(database);
			try (Ingester ingester = new Ingester(
					new ReplicationSource(new ReplicationSettings(database.url(), role, database.server().password(),
							ReplicationSettings.slotOf(database.name()), "bemi")),
					new PostgresChangeSink(new StoreSettings(store.url(), store.server().username(),
							store.server().password(), "bemi")),
					BaselineSettings.ALL, ColumnRules.NONE, Set.of(role), IngestionListener.NONE)) {
				ingester.start();
				assertThat(ingester.awaitSettled(Duration.ofSeconds(20))).isTrue();
				History.awaitStreaming(ingester);
				CompletableFuture<Void> unseen = CompletableFuture.runAsync(() -> database
					.execute("BEGIN; SET LOCAL synchronous_commit = on; SET LOCAL bemi.skip = 'unseen';"
							+ " UPDATE item SET note = 'skipped'; COMMIT"));
				Awaitility.await()
					.atMost(Duration.ofSeconds(20))
					.until(() -> !database.query("SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
						.isEmpty());
				database.execute("INSERT INTO item VALUES (2, 'recorded')");
				// It can be neither recorded nor skipped, nor what comes after it.
				Awaitility.await()
					.during(Duration.ofSeconds(2))
					.atMost(Duration.ofSeconds(4))
					.until(() -> store.query("SELECT id FROM bemi.changes").isEmpty()
							&& store.query("SELECT id FROM bemi.gap").isEmpty());
				assertThat(unseen).isNotDone();
				database.execute("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
				unseen.get(20, TimeUnit.SECONDS);
				Capture.awaitChanges(store, 1);
				assertThat(store.query("SELECT primary_key FROM bemi.changes")).containsExactly("2");
				assertThat(store.query("SELECT reason FROM bemi.gap")).singleElement().asString().contains("unseen");
			}
		}
	}

	private static void track(TestDatabase database) throws SQLException {
		try (Connection connection = database.connect()) {
			new Tracking(TrackingSettings.everything("app")).track(connection);
		}
	}

}
