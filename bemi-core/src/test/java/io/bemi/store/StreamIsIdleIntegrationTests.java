package io.bemi.store;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

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
	 * A slot moves on by what the server noted the last time but one, and only once that
	 * is confirmed.
	 */
	private static final int ROUNDS_KEPT = 4;

	private static final int ROUNDS = Boolean.getBoolean("bemi.soak") ? 100 : 8;

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
			Set<String> notes = new HashSet<>();
			pass(WINDOW, () -> notes.addAll(capture.database().query("SELECT position FROM bemi.source")));
			long written = number(capture, "SELECT pg_current_wal_insert_lsn() - '" + begin + "'::pg_lsn");
			assertThat(written).isLessThan(MB * WINDOW.toSeconds() / 60);
			// What noting writes is not noted: only what the server writes by itself.
			assertThat(notes.size() - 1L).isLessThanOrEqualTo(written / 16384);
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
		List<Long> marks = new ArrayList<>();
		for (int round = 0; round < ROUNDS; round++) {
			busy.execute("INSERT INTO untracked SELECT i, repeat('x', 1000) FROM generate_series(1, 10000) i");
			// Log is let go of up to a place where the server has noted what runs, every
			// 15 seconds and here.
			busy.execute("CHECKPOINT");
			long mark = number(capture, "SELECT pg_current_wal_insert_lsn() - '0/0'");
			marks.add(mark);
			// What is written within two seconds may be kept for as long: no faster than
			// this.
			Awaitility.await()
				.atMost(Duration.ofSeconds(60))
				.until(() -> slot(capture, "confirmed_flush_lsn") > mark - MB);
			if (round >= ROUNDS_KEPT) {
				assertThat(slot(capture, "restart_lsn")).isGreaterThan(marks.get(round - ROUNDS_KEPT));
			}
		}
		assertThat(capture.database().query("SELECT reason FROM bemi.gap")).isEmpty();
	}

	private static long slot(Capture capture, String position) {
		return number(capture,
				"SELECT " + position + " - '0/0' FROM pg_replication_slots WHERE slot_name = '" + capture.slot() + "'");
	}

	private static long number(Capture capture, String sql) {
		return Long.parseLong(capture.database().query(sql).get(0));
	}

	private static void pass(Duration time, Runnable look) {
		long end = System.nanoTime() + time.toNanos();
		Awaitility.await().atMost(time.plusSeconds(60)).pollInterval(Duration.ofMillis(200)).until(() -> {
			look.run();
			return System.nanoTime() > end;
		});
	}

}
