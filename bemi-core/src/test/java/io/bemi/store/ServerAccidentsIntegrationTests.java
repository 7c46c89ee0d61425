package io.bemi.store;

import java.time.Duration;
import java.util.List;

import io.bemi.ingestion.Ingester;
import io.bemi.ingestion.IngestionStatus.Phase;
import io.bemi.testsupport.OwnServer;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What becomes of a history whose server is restored from a backup, or taken over from by
 * a standby.
 */
class ServerAccidentsIntegrationTests {

	private static final String[] PITR = { "restore_command", "false", "recovery_target_action", "promote" };

	/**
	 * A snapshot of the disk: the server goes on as if nothing had been since, on the
	 * same timeline and with the slot of that time.
	 */
	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void aServerThatWasSetBackAndWroteOnPastTheRecordedPosition(int version) throws Exception {
		try (OwnServer server = OwnServer.start(version);
				TestDatabase store = PostgresServer.shared().createDatabase()) {
			Capture capture = Capture.on(server.database());
			History history = new History(store);
			Ingester first = capture.start(settings(store));
			history.record(capture, History.BEFORE, 2);
			first.close();
			server.stop();
			try (OwnServer backup = server.copy()) {
				server.start();
				Ingester second = capture.start(settings(store));
				history.record(capture, "UPDATE todo SET task = 'lost' WHERE id = 2", 1);
				second.close();
				String recorded = store.query("SELECT position FROM bemi.source").get(0);
				backup.start();
				Capture restored = Capture.again(backup.database());
				restored.database().execute(History.WITHIN);
				while (restored.database()
					.query("SELECT pg_current_wal_lsn() <= '" + recorded + "'::pg_lsn + 8000")
					.contains("t")) {
					restored.database().execute("UPDATE todo SET task = task WHERE id = 2");
				}
				Ingester third = restored.start(settings(store));
				history.assertGap(restored, third, "The database was set back to an earlier state");
				third.close();
			}
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void aServerThatWasRestoredToAnEarlierMoment(int version) throws Exception {
		try (OwnServer server = OwnServer.start(version);
				TestDatabase store = PostgresServer.shared().createDatabase()) {
			Capture capture = Capture.on(server.database());
			History history = new History(store);
			Ingester first = capture.start(settings(store));
			history.record(capture, History.BEFORE, 2);
			first.close();
			server.stop();
			try (OwnServer backup = server.copy()) {
				server.start();
				Ingester second = capture.start(settings(store));
				history.record(capture, "UPDATE todo SET task = 'lost' WHERE id = 2", 1);
				second.close();
				backup.signal("recovery.signal").set(PITR).start();
				awaitWritable(backup.database());
				Capture restored = Capture.again(backup.database());
				restored.database().execute(History.WITHIN);
				Ingester third = restored.start(settings(store));
				history.assertGap(restored, third, "timeline 2 left timeline 1 at");
				assertThat(store.query("SELECT timeline FROM bemi.source ORDER BY id")).containsExactly("1", "2");
				third.close();
			}
		}
	}

	/**
	 * Nothing that is recorded is missing in the restored server, whose slot was in the
	 * backup: history goes on.
	 */
	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void aServerThatWasRestoredCompletely(int version) throws Exception {
		try (OwnServer server = OwnServer.start(version)) {
			Capture capture = Capture.on(server.database());
			History history = new History(capture.database());
			Ingester first = capture.start();
			history.record(capture, History.BEFORE, 2);
			first.close();
			capture.database().execute(History.WITHIN);
			server.stop();
			server.signal("recovery.signal").set(PITR).start();
			awaitWritable(server.database());
			Ingester second = capture.start();
			history.assertNoGap(capture, second, 4);
			assertThat(capture.database().query("SELECT timeline FROM bemi.source")).containsExactly("2");
			second.close();
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 16, 18 })
	void aStandbyThatTookOverWithoutTheSlot(int version) throws Exception {
		try (OwnServer server = OwnServer.start(version)) {
			Capture capture = Capture.on(server.database());
			server.stop();
			try (OwnServer standby = server.copy()) {
				server.start();
				standby.signal("standby.signal").set("primary_conninfo", conninfo(server)).start();
				History history = new History(capture.database());
				Ingester first = capture.start();
				history.record(capture, History.BEFORE, 2);
				first.close();
				capture.database().execute(History.WITHIN);
				awaitReplicated(capture.database(), standby);
				server.stop();
				Capture next = Capture.again(standby.database());
				Ingester second = next.start(new StoreSettings(next.database().url(), "postgres", "", "bemi"));
				Awaitility.await().until(() -> second.status().phase() == Phase.FAILED);
				assertThat(second.status().message()).contains("hot standby");
				assertThat(next.database().query("SELECT slot_name FROM pg_replication_slots")).isEmpty();
				next.database().execute("SELECT pg_promote()");
				new History(next.database()).assertGap(next, second,
						"The server that took over, or was restored, has no slot");
				second.close();
			}
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 17, 18 })
	void aStandbyThatTookOverWithTheSlot(int version) throws Exception {
		try (OwnServer server = OwnServer.start(version)) {
			Capture capture = Capture.on(server.database());
			server.stop();
			try (OwnServer standby = server.copy()) {
				startWithSlots(server, standby);
				History history = new History(capture.database());
				Ingester first = capture.start();
				history.record(capture, History.BEFORE, 2);
				awaitSynced(history, capture, standby);
				first.close();
				int recorded = Integer.parseInt(history.store().query("SELECT count(*) FROM bemi.changes").get(0));
				capture.database().execute(History.WITHIN);
				awaitReplicated(capture.database(), standby);
				server.stop();
				Capture next = Capture.again(standby.database());
				Ingester second = next.start();
				Awaitility.await().until(() -> second.status().phase() == Phase.FAILED);
				assertThat(second.status().message()).contains("hot standby, which keeps the slot");
				next.database().execute("SELECT pg_promote()");
				new History(next.database()).assertNoGap(next, second, recorded + 2);
				assertThat(next.database().query("SELECT timeline FROM bemi.source")).containsExactly("2");
				second.close();
			}
		}
	}

	/**
	 * The store, which is elsewhere, has seen what the standby has not.
	 */
	@ParameterizedTest
	@ValueSource(ints = { 17, 18 })
	void aStandbyThatTookOverWithoutTheNewestChanges(int version) throws Exception {
		try (OwnServer server = OwnServer.start(version);
				TestDatabase store = PostgresServer.shared().createDatabase()) {
			Capture capture = Capture.on(server.database());
			server.stop();
			try (OwnServer standby = server.copy()) {
				startWithSlots(server, standby);
				History history = new History(store);
				Ingester first = capture.start(settings(store));
				history.record(capture, History.BEFORE, 2);
				awaitSynced(history, capture, standby);
				standby.stop();
				history.record(capture, "UPDATE todo SET task = 'lost' WHERE id = 2", 1);
				first.close();
				server.stop();
				standby.start();
				Capture next = Capture.again(standby.database());
				next.database().execute("SELECT pg_promote()");
				next.database().execute(History.WITHIN);
				Ingester second = next.start(settings(store));
				history.assertGap(next, second, "a standby took over that had not received everything");
				assertThat(store.query(
						"SELECT g.from_position < (SELECT max(position) FROM bemi.changes WHERE values ->> 'task' = 'lost')"
								+ " FROM bemi.gap g"))
					.containsExactly("t");
				second.close();
			}
		}
	}

	private static void startWithSlots(OwnServer server, OwnServer standby) {
		server.start();
		server.database().execute("SELECT pg_create_physical_replication_slot('standby', true)");
		standby.signal("standby.signal")
			.set("primary_conninfo", conninfo(server), "primary_slot_name", "standby", "sync_replication_slots", "on",
					"hot_standby_feedback", "on")
			.start();
	}

	private static String conninfo(OwnServer server) {
		return "postgresql://postgres@127.0.0.1:" + server.port() + "/" + OwnServer.DATABASE;
	}

	/**
	 * A standby keeps a copy once the slot has moved past where the standby's own began.
	 */
	private static void awaitSynced(History history, Capture capture, OwnServer standby) {
		Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
			capture.database().execute("CHECKPOINT");
			history.record(capture, "INSERT INTO full_row VALUES (1)", 1);
			assertThat(copy(capture, standby)).isNotEmpty();
		});
		Awaitility.await()
			.atMost(Duration.ofSeconds(60))
			.untilAsserted(() -> assertThat(copy(capture, standby)).isEqualTo(capture.database()
				.query("SELECT confirmed_flush_lsn FROM pg_replication_slots WHERE slot_name = '" + capture.slot()
						+ "'")));
	}

	private static List<String> copy(Capture capture, OwnServer standby) {
		return standby.database()
			.query("SELECT confirmed_flush_lsn FROM pg_replication_slots WHERE slot_name = '" + capture.slot()
					+ "' AND synced AND NOT temporary");
	}

	private static void awaitReplicated(TestDatabase primary, OwnServer standby) {
		String written = primary.query("SELECT pg_current_wal_lsn()").get(0);
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.untilAsserted(
					() -> assertThat(standby.database().query("SELECT pg_last_wal_replay_lsn() >= '" + written + "'"))
						.containsExactly("t"));
	}

	private static void awaitWritable(TestDatabase database) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(database.query("SELECT pg_is_in_recovery()")).containsExactly("f"));
	}

	private static StoreSettings settings(TestDatabase store) {
		return new StoreSettings(store.url(), store.server().username(), store.server().password(), "bemi");
	}

}
