package io.bemi.store;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.bemi.ingestion.Ingester;
import io.bemi.testsupport.DurableServer;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A store in another database than the source, which may lose what the source has let go
 * of: its server crashed without having written, or it was restored from a backup.
 */
class LostStoreIntegrationTests {

	private static final String GAPS = "SELECT count(*) FROM bemi.gap";

	private static StoreSettings settings(TestDatabase store) {
		return new StoreSettings(store.url(), store.server().username(), store.server().password(), "bemi");
	}

	private static void stop(Capture capture) {
		capture.ingesters().forEach(Ingester::close);
		capture.ingesters().clear();
	}

	private static void awaitConfirmed(Capture capture, TestDatabase store) {
		String stored = store.query("SELECT max(position) FROM bemi.source").get(0);
		Awaitility.await()
			.atMost(Duration.ofSeconds(20))
			.untilAsserted(
					() -> assertThat(capture.database()
						.query("SELECT confirmed_flush_lsn >= '" + stored
								+ "' FROM pg_replication_slots WHERE slot_name = '" + capture.slot() + "'"))
						.containsExactly("t"));
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void aStoreThatWasSetBackEndsInAGap(int version) throws Exception {
		try (TestDatabase store = PostgresServer.version(version).createDatabase();
				Capture capture = Capture.on(version)) {
			capture.start(settings(store));
			capture.database().execute("INSERT INTO todo VALUES (1, 'kept')", "INSERT INTO todo VALUES (2, 'kept')");
			Capture.awaitChanges(store, 2);
			store.execute("CREATE TABLE backup AS SELECT * FROM bemi.source");
			capture.database()
				.execute("INSERT INTO todo VALUES (3, 'lost')", "UPDATE todo SET task = 'x' WHERE id = 1");
			Capture.awaitChanges(store, 4);
			awaitConfirmed(capture, store);
			stop(capture);
			store.execute(
					"SET session_replication_role = replica; DELETE FROM bemi.change WHERE position > (SELECT position FROM backup)",
					"UPDATE bemi.source s SET position = b.position FROM backup b WHERE b.id = s.id");
			capture.start(settings(store));
			capture.database().execute("UPDATE todo SET task = 'y' WHERE id <= 3");
			Capture.awaitChanges(store, 5);
			assertThat(store.query("SELECT count(*), bool_and(g.from_position = b.position AND g.reason LIKE"
					+ " 'The slot goes on only from%') FROM bemi.gap g, backup b"))
				.containsExactly("1|t");
			Awaitility.await()
				.untilAsserted(
						() -> assertThat(store.query("SELECT count(*) FROM bemi.baseline WHERE completed_at IS NULL"))
							.containsExactly("0"));
			assertThat(store.query("SELECT count(*) FROM bemi.change WHERE operation = 'B' AND position >"
					+ " (SELECT from_position FROM bemi.gap) OR operation = 'U'"))
				.isNotEqualTo(List.of("0"));
			awaitConfirmed(capture, store);
			stop(capture);
			capture.start(settings(store));
			assertThat(store.query(GAPS)).containsExactly("1");
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void whatSomebodyElseTookFromTheSlotIsAGap(int version) throws Exception {
		try (TestDatabase store = PostgresServer.version(version).createDatabase();
				Capture capture = Capture.on(version)) {
			capture.start(settings(store));
			capture.database().execute("INSERT INTO todo VALUES (1, 'kept')");
			Capture.awaitChanges(store, 1);
			stop(capture);
			// On disk, for only that can be taken.
			capture.database().execute("SET synchronous_commit = on; INSERT INTO todo VALUES (2, 'taken')");
			capture.database()
				.query("SELECT count(*) FROM pg_logical_slot_get_binary_changes('" + capture.slot()
						+ "', NULL, NULL, 'proto_version', '1', 'publication_names', 'bemi')");
			capture.start(settings(store));
			capture.database().execute("INSERT INTO todo VALUES (3, 'after')");
			Capture.awaitChanges(store, 2);
			assertThat(store.query(GAPS)).containsExactly("1");
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void aStoreWithNothingToStoreIsNotTakenForOneThatWasSetBack(int version) throws Exception {
		try (TestDatabase store = PostgresServer.version(version).createDatabase();
				Capture capture = Capture.on(version)) {
			capture.database().execute("CREATE TABLE untracked (i int)");
			for (int round = 1; round <= 3; round++) {
				capture.start(settings(store));
				capture.database().execute("INSERT INTO todo VALUES (" + round + ", 'x')");
				Capture.awaitChanges(store, round);
				capture.database().execute("INSERT INTO untracked VALUES (1)");
				awaitConfirmed(capture, store);
				stop(capture);
			}
			assertThat(store.query(GAPS)).containsExactly("0");
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void nothingIsConfirmedThatTheStoreDoesNotKnowOf(int version) throws Exception {
		try (TestDatabase store = PostgresServer.version(version).createDatabase();
				Capture capture = Capture.on(version)) {
			capture.start(settings(store));
			capture.database().execute("CREATE TABLE untracked (i int)", "INSERT INTO todo VALUES (0, 'x')");
			Capture.awaitChanges(store, 1);
			for (int i = 1; i <= 200; i++) {
				capture.database()
					.execute((i % 3 == 0) ? "INSERT INTO todo VALUES (" + i + ", 'x')"
							: "INSERT INTO untracked VALUES (" + i + ")");
				String confirmed = capture.database()
					.query("SELECT confirmed_flush_lsn FROM pg_replication_slots WHERE slot_name = '" + capture.slot()
							+ "'")
					.get(0);
				assertThat(store.query("SELECT position + 1 >= '" + confirmed + "' FROM bemi.source"))
					.containsExactly("t");
			}
		}
	}

	@Test
	void aStoreThatRefusesEveryWriteIsTriedLessAndLessOften() throws Exception {
		try (TestDatabase store = PostgresServer.shared().createDatabase(); Capture capture = Capture.on(18)) {
			capture.start(settings(store));
			capture.database().execute("INSERT INTO todo VALUES (1, 'x')");
			Capture.awaitChanges(store, 1);
			store.execute("CREATE SEQUENCE attempt", """
					CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
					$$ BEGIN PERFORM nextval('public.attempt'); RAISE 'disk full' USING ERRCODE = '53100'; END $$
					""", "CREATE TRIGGER refuse BEFORE INSERT ON bemi.context EXECUTE FUNCTION refuse()");
			capture.database().execute("INSERT INTO todo VALUES (2, 'x')");
			Awaitility.await().pollDelay(Duration.ofSeconds(6)).until(() -> true);
			assertThat(Integer.parseInt(store.query("SELECT last_value FROM attempt").get(0))).isBetween(2, 7);
			store.execute("DROP TRIGGER refuse ON bemi.context");
			Capture.awaitChanges(store, 2);
		}
	}

	@Test
	void aServerThatShutsDownIsNotHeldUp() throws Exception {
		DurableServer server = DurableServer.start(18, Map.of());
		try (TestDatabase store = PostgresServer.shared().createDatabase()) {
			Capture capture = Capture.on(server.server().createDatabase());
			capture.start(settings(store));
			capture.database().execute("INSERT INTO todo VALUES (1, 'x')");
			Capture.awaitChanges(store, 1);
			capture.database().execute("CREATE TABLE untracked (i int)", "INSERT INTO untracked VALUES (1)");
			long begun = System.nanoTime();
			server.close();
			assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun)).isLessThan(5);
			stop(capture);
		}
	}

}
