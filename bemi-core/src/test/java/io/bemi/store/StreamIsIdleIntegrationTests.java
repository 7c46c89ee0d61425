package io.bemi.store;

import java.time.Duration;

import io.bemi.testsupport.OwnServer;
import io.bemi.testsupport.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What ingestion costs a server on which nothing is changed that it records.
 */
class StreamIsIdleIntegrationTests {

	private static final long MB = 1L << 20;

	private static final Duration WINDOW = Boolean.getBoolean("bemi.soak") ? Duration.ofMinutes(3)
			: Duration.ofSeconds(15);

	/**
	 * What three rounds write: a slot moves on by what the server noted the last time but
	 * one, and only once that is confirmed.
	 */
	private static final long KEPT = 40 * MB;

	private static final int ROUNDS = Boolean.getBoolean("bemi.soak") ? 100 : 12;

	/**
	 * Less than 1 MB of log a minute, the server's own checkpoints included.
	 */
	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void anIdleServerWithTheStoreInItWritesNextToNothing(int version) throws Exception {
		try (OwnServer server = OwnServer.start(version); Capture capture = Capture.on(server.database())) {
			History history = new History(capture.database());
			capture.start();
			capture.start();
			history.record(capture, History.BEFORE, 2);
			history.awaitBaseline();
			// What came before is noted once.
			Awaitility.await()
				.atMost(Duration.ofSeconds(60))
				.untilAsserted(() -> assertThat(capture.database()
					.query("SELECT pg_current_wal_insert_lsn() - position < 16384 FROM bemi.source"))
					.containsExactly("t"));
			String begin = capture.database().query("SELECT pg_current_wal_insert_lsn()").get(0);
			String position = capture.database().query("SELECT position, xmin FROM bemi.source").get(0);
			pass(WINDOW);
			long written = Long.parseLong(
					capture.database().query("SELECT pg_current_wal_insert_lsn() - '" + begin + "'::pg_lsn").get(0));
			assertThat(written).isLessThan(MB * WINDOW.toSeconds() / 60);
			assertThat(capture.database().query("SELECT position, xmin FROM bemi.source")).containsExactly(position);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void theLogIsLetGoOfWhileUntrackedTablesAreWritten(int version) throws Exception {
		try (OwnServer server = OwnServer.start(version); Capture capture = Capture.on(server.database())) {
			capture.start();
			capture.database().execute("CREATE TABLE untracked (id int, filler text)");
			assertLogIsLetGoOf(capture, capture.database());
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void theLogIsLetGoOfWhileAnotherDatabaseIsWritten(int version) throws Exception {
		try (OwnServer server = OwnServer.start(version); Capture capture = Capture.on(server.database())) {
			capture.start();
			capture.database().execute("CREATE DATABASE other");
			TestDatabase other = new TestDatabase(capture.database().server(), "other");
			other.execute("CREATE TABLE untracked (id int, filler text)");
			assertLogIsLetGoOf(capture, other);
		}
	}

	/**
	 * Far more is written than is ever kept.
	 */
	private static void assertLogIsLetGoOf(Capture capture, TestDatabase busy) {
		for (int round = 0; round < ROUNDS; round++) {
			busy.execute("INSERT INTO untracked SELECT i, repeat('x', 1000) FROM generate_series(1, 10000) i");
			// Log is let go of up to a place where the server has noted what runs, every
			// 15 seconds and here.
			busy.execute("CHECKPOINT");
			// What is written within two seconds may be kept for as long: no faster than
			// this.
			Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> unconfirmed(capture) < MB);
			assertThat(retained(capture)).isLessThan(KEPT);
		}
		assertThat(capture.database().query("SELECT reason FROM bemi.gap")).isEmpty();
	}

	private static long retained(Capture capture) {
		return behind(capture, "restart_lsn");
	}

	private static long unconfirmed(Capture capture) {
		return behind(capture, "confirmed_flush_lsn");
	}

	private static long behind(Capture capture, String position) {
		return Long.parseLong(capture.database()
			.query("SELECT pg_current_wal_insert_lsn() - " + position + " FROM pg_replication_slots WHERE slot_name = '"
					+ capture.slot() + "'")
			.get(0));
	}

	private static void pass(Duration time) {
		long end = System.nanoTime() + time.toNanos();
		Awaitility.await()
			.atMost(time.plusSeconds(60))
			.pollInterval(Duration.ofMillis(200))
			.until(() -> System.nanoTime() > end);
	}

}
