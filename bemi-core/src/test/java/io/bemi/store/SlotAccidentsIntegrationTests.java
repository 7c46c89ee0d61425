package io.bemi.store;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

import io.bemi.ingestion.Ingester;
import io.bemi.ingestion.IngestionStatus.Phase;
import io.bemi.replication.ReplicationSettings;
import io.bemi.replication.ReplicationSource;
import io.bemi.testsupport.OwnServer;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What becomes of a history whose slot is lost, stuck, dropped or not the one that it
 * was: a gap with a reason and a range, a new baseline, and changes that are recorded
 * again.
 */
class SlotAccidentsIntegrationTests {

	private static final String PUBLICATION = "CREATE PUBLICATION bemi FOR TABLE todo, full_row"
			+ " WITH (publish_via_partition_root = true)";

	@ParameterizedTest
	@ValueSource(ints = { 14, 16, 17, 18 })
	void aSlotWhoseWalWasRemoved(int version) throws Exception {
		try (OwnServer server = OwnServer.start(version, "max_slot_wal_keep_size", "1MB", "min_wal_size", "32MB",
				"max_wal_size", "32MB"); Capture capture = Capture.on(server.database())) {
			History history = new History(capture.database());
			Ingester first = capture.start();
			history.record(capture, History.BEFORE, 2);
			first.close();
			capture.database().execute(History.WITHIN);
			fillWal(capture.database(), 3);
			capture.database().execute("CHECKPOINT");
			assertThat(walStatus(capture)).isEqualTo("lost");
			history.assertGap(capture, capture.start(), "(max_slot_wal_keep_size)");
			assertThat(walStatus(capture)).isEqualTo("reserved");
		}
	}

	@Test
	void aSlotWhoseWalWasRemovedWhileTheStoreWasStuck() throws Exception {
		try (OwnServer server = OwnServer.start(18, "max_slot_wal_keep_size", "1MB", "min_wal_size", "32MB",
				"max_wal_size", "32MB"); Capture capture = Capture.on(server.database())) {
			History history = new History(capture.database());
			Ingester running = capture.start();
			history.record(capture, History.BEFORE, 2);
			try (Connection connection = capture.database().connect();
					Statement statement = connection.createStatement()) {
				connection.setAutoCommit(false);
				statement.execute("LOCK TABLE bemi.source IN EXCLUSIVE MODE");
				capture.database().execute(History.WITHIN);
				fillWal(capture.database(), 3);
				capture.database().execute("CHECKPOINT");
				Awaitility.await()
					.atMost(Duration.ofSeconds(30))
					.untilAsserted(() -> assertThat(walStatus(capture)).isEqualTo("lost"));
				connection.rollback();
			}
			Awaitility.await()
				.atMost(Duration.ofSeconds(30))
				.untilAsserted(() -> assertThat(running.lastGap()).isNotNull());
			history.assertGap(capture, running, "(max_slot_wal_keep_size)");
		}
	}

	@Test
	void aSlotThatNobodyReadForTooLong() throws Exception {
		try (OwnServer server = OwnServer.start(18, "idle_replication_slot_timeout", "1s");
				Capture capture = Capture.on(server.database())) {
			History history = new History(capture.database());
			Ingester first = capture.start();
			history.record(capture, History.BEFORE, 2);
			first.close();
			capture.database().execute(History.WITHIN);
			Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
				capture.database().execute("CHECKPOINT");
				assertThat(walStatus(capture)).isEqualTo("lost");
			});
			history.assertGap(capture, capture.start(), "(idle_replication_slot_timeout)");
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void aSlotThatWasDroppedWhileChangesWereRead(int version) throws Exception {
		try (Capture capture = Capture.on(version)) {
			History history = new History(capture.database());
			Ingester running = capture.start();
			history.record(capture, History.BEFORE, 2);
			try (Connection connection = capture.database().connect();
					Statement statement = connection.createStatement()) {
				// All at once, so that no instance comes in between.
				connection.setAutoCommit(false);
				statement.execute("SELECT pg_advisory_lock(hashtext('bemi slot'), hashtext('" + capture.slot() + "'))");
				terminateAndDrop(statement, capture.slot());
				statement.execute(History.WITHIN);
				connection.commit();
				statement.execute("SELECT pg_advisory_unlock_all()");
				connection.commit();
			}
			Awaitility.await()
				.atMost(Duration.ofSeconds(30))
				.untilAsserted(() -> assertThat(running.lastGap()).isNotNull());
			history.assertGap(capture, running, "The slot was dropped");
		}
	}

	private static void terminateAndDrop(Statement statement, String slot) throws SQLException {
		statement.execute("SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = '" + slot
				+ "' AND active_pid IS NOT NULL");
		Awaitility.await().atMost(Duration.ofSeconds(20)).ignoreExceptions().until(() -> {
			statement.execute("SAVEPOINT s");
			try {
				statement.execute("SELECT pg_drop_replication_slot('" + slot + "')");
				return true;
			}
			catch (SQLException ex) {
				statement.execute("ROLLBACK TO s");
				throw ex;
			}
		});
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void aSlotThatWasCreatedAnewByHand(int version) throws Exception {
		try (Capture capture = Capture.on(version)) {
			History history = new History(capture.database());
			Ingester first = capture.start();
			history.record(capture, History.BEFORE, 2);
			first.close();
			capture.database()
				.execute("SELECT pg_drop_replication_slot('" + capture.slot() + "')", History.WITHIN,
						"SELECT pg_create_logical_replication_slot('" + capture.slot() + "', 'pgoutput')");
			history.assertGap(capture, capture.start(), "it was dropped and created anew");
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void aSlotThatOthersHaveRead(int version) throws Exception {
		try (Capture capture = Capture.on(version)) {
			History history = new History(capture.database());
			Ingester first = capture.start();
			history.record(capture, History.BEFORE, 2);
			first.close();
			capture.database()
				.execute(History.WITHIN, "SELECT count(*) FROM pg_logical_slot_get_binary_changes('" + capture.slot()
						+ "', NULL, NULL, 'proto_version', '1', 'publication_names', 'bemi')");
			history.assertGap(capture, capture.start(), "read by others");
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void anInstanceThatIsStoppedWhileItPreparesKeepsNobodyOut(int version) throws Exception {
		try (Capture capture = Capture.on(version)) {
			History history = new History(capture.database());
			Ingester first = capture.start();
			history.record(capture, History.BEFORE, 2);
			first.close();
			PostgresServer server = capture.database().server();
			ReplicationSource source = new ReplicationSource(new ReplicationSettings(capture.database().url(),
					server.username(), server.password(), capture.slot(), "bemi"));
			try (Connection stopped = source.connect(); Statement statement = stopped.createStatement()) {
				source.claim(stopped);
				try (ResultSet row = statement.executeQuery("SHOW idle_session_timeout")) {
					row.next();
					assertThat(row.getString(1)).isEqualTo("30s");
				}
				// Sooner, for the sake of the test.
				statement.execute("SET idle_session_timeout = '3s'");
				Ingester next = capture.start();
				Awaitility.await().until(() -> next.status().phase() == Phase.STANDBY);
				Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> next.status().phase() == Phase.STREAMING);
				history.assertNoGap(capture, next, 2);
			}
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void aHealthySlotIsGoneOnWithAfterAnIdleTime(int version) throws Exception {
		try (Capture capture = Capture.on(version)) {
			History history = new History(capture.database());
			Ingester first = capture.start();
			history.record(capture, History.BEFORE, 2);
			// More than is skipped without a note, and then some.
			capture.database()
				.execute("CREATE TABLE untracked AS SELECT repeat('x', 1000) FROM generate_series(1, 5000)");
			Awaitility.await()
				.atMost(Duration.ofSeconds(20))
				.untilAsserted(() -> assertThat(capture.database()
					.query("SELECT s.confirmed_flush_lsn > (SELECT max(position) + 1000000 FROM bemi.context)"
							+ " FROM pg_replication_slots s WHERE slot_name = '" + capture.slot() + "'"))
					.containsExactly("t"));
			capture.database().execute("INSERT INTO untracked VALUES ('y')");
			first.close();
			capture.database().execute(History.WITHIN);
			history.assertNoGap(capture, capture.start(), 4);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 15, 16, 17, 18 })
	void aPublicationThatWasDroppedAndMadeAgainWhileNobodyRead(int version) throws Exception {
		try (Capture capture = Capture.on(version)) {
			History history = new History(capture.database());
			Ingester first = capture.start();
			history.record(capture, History.BEFORE, 2);
			first.close();
			capture.database().execute("DROP PUBLICATION bemi", History.WITHIN, PUBLICATION);
			history.assertGap(capture, capture.start(), "The publication 'bemi' was dropped");
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void aPublicationThatWasDroppedWhileChangesWereRead(int version) throws Exception {
		try (Capture capture = Capture.on(version)) {
			History history = new History(capture.database());
			Ingester running = capture.start();
			history.record(capture, History.BEFORE, 2);
			capture.database().execute("DROP PUBLICATION bemi", History.WITHIN);
			Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> running.status().phase() == Phase.FAILED);
			assertThat(running.status().message()).contains("There is no publication 'bemi'");
			capture.database().execute(PUBLICATION);
			Awaitility.await()
				.atMost(Duration.ofSeconds(60))
				.untilAsserted(() -> assertThat(running.lastGap()).isNotNull());
			history.assertGap(capture, running, "The publication 'bemi' was dropped");
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void aStoreThatWasSetBack(int version) throws Exception {
		try (Capture capture = Capture.on(version); TestDatabase store = capture.database().server().createDatabase()) {
			StoreSettings settings = settings(store);
			History history = new History(store);
			Ingester first = capture.start(settings);
			history.record(capture, History.BEFORE, 2);
			String position = store.query("SELECT position FROM bemi.source").get(0);
			history.record(capture, History.WITHIN, 2);
			first.close();
			// As a backup of the store that was taken before.
			store.execute("UPDATE bemi.source SET position = '" + position + "'",
					"SET session_replication_role = replica; DELETE FROM bemi.change WHERE position > '" + position
							+ "'",
					"DELETE FROM bemi.context WHERE position > '" + position + "'");
			history.assertGap(capture, capture.start(settings), "the store was set back");
		}
	}

	/**
	 * The new cluster has the tables, as pg_upgrade or a dump leave them. From 17 on
	 * pg_upgrade takes slots along.
	 */
	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void aDatabaseThatIsInAnotherCluster(boolean slotMigrated) throws Exception {
		try (OwnServer former = OwnServer.start(16);
				OwnServer next = OwnServer.start(18);
				Capture capture = Capture.on(former.database());
				TestDatabase store = io.bemi.testsupport.PostgresServer.shared().createDatabase()) {
			History history = new History(store);
			Ingester first = capture.start(settings(store));
			history.record(capture, History.BEFORE, 2);
			first.close();
			try (Capture upgraded = Capture.on(next.database())) {
				upgraded.database()
					.execute(History.BEFORE, History.WITHIN,
							slotMigrated ? "SELECT pg_create_logical_replication_slot('" + upgraded.slot()
									+ "', 'pgoutput', false, false, true)" : "SELECT 1");
				history.assertGap(upgraded, upgraded.start(settings(store)), "in another cluster");
			}
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 15, 16, 17, 18 })
	void aServerShutsDownWhileChangesAreRead(int version) throws Exception {
		try (OwnServer server = OwnServer.start(version); Capture capture = Capture.on(server.database())) {
			History history = new History(capture.database());
			Ingester running = capture.start();
			History.awaitStreaming(running);
			history.record(capture, History.BEFORE, 2);
			capture.database().execute("CREATE TABLE untracked AS SELECT 1");
			long begin = System.nanoTime();
			server.stop();
			assertThat(server.isRunning()).isFalse();
			assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
			server.start();
			capture.database().execute(History.WITHIN);
			history.assertNoGap(capture, running, 4);
		}
	}

	private static StoreSettings settings(TestDatabase store) {
		return new StoreSettings(store.url(), store.server().username(), store.server().password(), "bemi");
	}

	private static String walStatus(Capture capture) {
		return capture.database()
			.query("SELECT wal_status FROM pg_replication_slots WHERE slot_name = '" + capture.slot() + "'")
			.get(0);
	}

	private static void fillWal(TestDatabase database, int segments) {
		for (int i = 0; i < segments; i++) {
			database.execute("SELECT pg_logical_emit_message(false, 'fill', repeat('x', 100000))",
					"SELECT pg_switch_wal()");
		}
	}

}
