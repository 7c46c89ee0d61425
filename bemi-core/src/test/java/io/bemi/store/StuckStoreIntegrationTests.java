package io.bemi.store;

import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;

import io.bemi.ingestion.Ingester;
import io.bemi.testsupport.OwnServer;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The server of the source does not have to wait for a store that does not answer.
 */
class StuckStoreIntegrationTests {

	/** Less than the patience with a store. */
	private static final Duration AT_MOST = Duration.ofSeconds(60);

	/**
	 * The process of the stream tells its client that it ends, and the checkpoint waits
	 * until that has been read.
	 */
	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void aCheckpointThatGivesTheSlotUpDoesNotWait(int version) throws Exception {
		try (OwnServer server = OwnServer.start(version, "max_slot_wal_keep_size", "64MB", "min_wal_size", "32MB",
				"max_wal_size", "32MB"); TestDatabase store = PostgresServer.shared().createDatabase()) {
			Capture capture = Capture.on(server.database());
			History history = new History(store);
			Ingester ingester = capture.start(settings(store));
			history.record(capture, History.BEFORE, 2);
			try (Connection stuck = store.connect(); Statement statement = stuck.createStatement()) {
				stuckOn(capture, stuck, statement);
				Instant before = Instant.now();
				capture.database().execute("CHECKPOINT");
				assertThat(Duration.between(before, Instant.now())).isLessThan(AT_MOST);
				stuck.rollback();
			}
			history.assertGap(capture, ingester, "(max_slot_wal_keep_size)");
		}
	}

	/**
	 * A shutdown waits until all that was written has been sent.
	 */
	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void aShutdownDoesNotWait(int version) throws Exception {
		try (OwnServer server = OwnServer.start(version);
				TestDatabase store = PostgresServer.shared().createDatabase()) {
			Capture capture = Capture.on(server.database());
			History history = new History(store);
			Ingester ingester = capture.start(settings(store));
			history.record(capture, History.BEFORE, 2);
			try (Connection stuck = store.connect(); Statement statement = stuck.createStatement()) {
				stuckOn(capture, stuck, statement);
				server.stop();
				Awaitility.await().atMost(AT_MOST).until(() -> !server.isRunning());
				stuck.rollback();
			}
			server.start();
			Capture again = Capture.again(server.database());
			Capture.awaitChanges(store, 4);
			history.assertNoGap(again, ingester, 4);
		}
	}

	private static void stuckOn(Capture capture, Connection stuck, Statement statement) throws Exception {
		stuck.setAutoCommit(false);
		statement.execute("LOCK TABLE bemi.source IN EXCLUSIVE MODE");
		capture.database().execute(History.WITHIN);
		for (int i = 0; i < 8; i++) {
			capture.database()
				.execute("SELECT pg_logical_emit_message(false, 'filler', repeat('x', 15000000))",
						"SELECT pg_switch_wal()");
		}
	}

	private static StoreSettings settings(TestDatabase store) {
		return new StoreSettings(store.url(), store.server().username(), store.server().password(), "bemi");
	}

}
