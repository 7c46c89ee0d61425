package io.bemi.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.bemi.ingestion.IngestionStatus.Phase;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What has come by Kafka is what has come directly, row by row.
 */
class KafkaPathIntegrationTests {

	private static final boolean SOAK = Boolean.getBoolean("bemi.soak");

	private static final long CHANGES = SOAK ? 1_000_000 : 20_000;

	private static final int LARGE = SOAK ? 1_000_000 : 20_000;

	private static final Duration PATIENCE = SOAK ? Duration.ofMinutes(40) : Duration.ofSeconds(80);

	private static final int WRITERS = 2;

	@Test
	void storesWhatTheDirectPathStores() throws Exception {
		try (TwoPaths paths = TwoPaths.on("CREATE TABLE b (id int PRIMARY KEY, t text)",
				"CREATE TABLE f (a int, b text)", "ALTER TABLE f REPLICA IDENTITY FULL",
				"CREATE TABLE large (id int PRIMARY KEY, t text, b bytea, j jsonb, a text[], i int[], n numeric, x xml, d json)")) {
			paths.startConsumer();
			paths.database()
				.execute("""
						BEGIN;
						INSERT INTO b VALUES (1, 'one');
						SELECT pg_logical_emit_message(true, '_bemi', '{"user": 1}');
						SAVEPOINT s;
						INSERT INTO b VALUES (2, 'gone');
						ROLLBACK TO s;
						INSERT INTO b VALUES (3, 'three');
						INSERT INTO f VALUES (1, 'x');
						UPDATE f SET b = 'y';
						SELECT pg_logical_emit_message(true, '_bemi', '{"user": 2}');
						COMMIT
						""", "UPDATE b SET id = 10 WHERE id = 1", "DELETE FROM b WHERE id = 3",
						"INSERT INTO b SELECT 5, string_agg(md5(i::text), '') FROM generate_series(1, 2000) i",
						"UPDATE b SET id = 6 WHERE id = 5", "ALTER TABLE b ADD COLUMN k int",
						"UPDATE b SET k = 1 WHERE id = 6", "TRUNCATE b, f", "INSERT INTO b VALUES (7, NULL)",
						"""
								INSERT INTO large SELECT 1, t, t::bytea, to_jsonb(t), string_to_array(t, 'a'), ARRAY(SELECT (random() * 1e9)::int FROM generate_series(1, 3000)),
								    (SELECT string_agg(trunc(random() * 1e9)::text, '') FROM generate_series(1, 2000))::numeric, xmlelement(name x, t), to_json(t)
								  FROM (SELECT string_agg(md5(random()::text), '') AS t FROM generate_series(1, 2000) i) s
								""",
						"UPDATE large SET id = id + 1", "UPDATE large SET id = id",
						"ALTER TABLE large REPLICA IDENTITY FULL", "UPDATE large SET id = 5",
						"UPDATE large SET t = 'short', n = NULL", "DELETE FROM large",
						"SELECT pg_logical_emit_message(false, '_bemi', 'of no transaction')",
						"SELECT pg_logical_emit_message(true, '_other', 'of somebody else') FROM (SELECT txid_current()) t");
			paths.awaitStored(Duration.ofSeconds(60));
			assertThat(paths.query("SELECT count(*) FROM kafka.changes")).containsExactly("19");
			assertThat(paths.different()).isEmpty();
			assertThat(paths.misplaced()).isEmpty();
			assertThat(paths.query("SELECT count(*) FROM kafka.quarantine")).containsExactly("0");
			assertThat(paths.database()
				.query("SELECT to_jsonb(s) ->> 'failover', current_setting('server_version_num')::int >= 170000"
						+ " FROM pg_replication_slots s WHERE slot_name = '" + paths.slot() + "'"))
				.containsAnyOf("true|t", "null|f");
			awaitNothingStaged(paths);
		}
	}

	/**
	 * Statements over all that waits of it take longer the larger it is.
	 */
	@Test
	void storesALargeTransactionWhole() throws Exception {
		try (TwoPaths paths = TwoPaths.on("CREATE TABLE b (id int PRIMARY KEY, t text)")) {
			paths.startConsumer();
			paths.database().execute("INSERT INTO b VALUES (0, 'before')");
			paths.awaitStored(Duration.ofSeconds(60));
			long begun = System.nanoTime();
			paths.database()
				.execute("INSERT INTO b SELECT i, 'row ' || i FROM generate_series(1, " + LARGE + ") i",
						"UPDATE b SET t = 'after' WHERE id = 0");
			paths.awaitStored(PATIENCE);
			System.out.printf("Kafka: a transaction of %d rows was stored after %.1f s%n", LARGE,
					(System.nanoTime() - begun) / (double) TimeUnit.SECONDS.toNanos(1));
			assertThat(paths.query(
					"SELECT count(DISTINCT transaction_id), count(*) FROM kafka.changes WHERE \"values\" ->> 't' LIKE 'row %'"))
				.containsExactly("1|" + LARGE);
			assertThat(paths.different()).isEmpty();
			awaitNothingStaged(paths);
		}
	}

	@Test
	void copiesTheRowsThatWereThere() throws Exception {
		try (TwoPaths paths = TwoPaths.on("CREATE TABLE kept (id int PRIMARY KEY, t text)",
				"INSERT INTO kept SELECT i, 'row ' || i FROM generate_series(1, 3000) i",
				"CREATE TABLE keyless (a int)", "ALTER TABLE keyless REPLICA IDENTITY FULL",
				"INSERT INTO keyless VALUES (1), (2)")) {
			paths.startConsumer();
			paths.awaitStored(Duration.ofSeconds(60));
			Awaitility.await()
				.atMost(Duration.ofSeconds(30))
				.untilAsserted(() -> assertThat(paths.query("SELECT count(*) FROM kafka.change WHERE operation = 'B'"))
					.containsExactly("3002"));
			paths.database()
				.execute("UPDATE kept SET t = 'new' WHERE id % 2 = 0", "UPDATE kept SET id = -id WHERE id < 10",
						"DELETE FROM kept WHERE id % 3 = 0");
			paths.awaitStored(Duration.ofSeconds(30));
			assertThat(paths.query("SELECT count(*) FROM kafka.changes WHERE unknown <> '{}'")).containsExactly("0");
			assertThat(paths.different()).isEmpty();
		}
	}

	@Test
	void whatComesInAPauseIsStoredAfterIt() throws Exception {
		try (TwoPaths paths = TwoPaths.on("CREATE TABLE b (id int PRIMARY KEY, t text)")) {
			KafkaIngester consumer = paths.startConsumer();
			paths.database().execute("INSERT INTO b VALUES (0, 'before')");
			paths.awaitStored(Duration.ofSeconds(60));
			for (int round = 1; round <= 5; round++) {
				long stored = paths.stored();
				assertThat(consumer.pause(Duration.ofSeconds(10)).phase()).isEqualTo(Phase.PAUSED);
				paths.database().execute("INSERT INTO b VALUES (" + round + ", 'in a pause')");
				Awaitility.await()
					.during(Duration.ofMillis(300))
					.untilAsserted(() -> assertThat(paths.stored()).isEqualTo(stored));
				consumer.resume();
				Awaitility.await()
					.atMost(Duration.ofSeconds(30))
					.untilAsserted(
							() -> assertThat(paths.stored()).as(consumer.status()::toString).isEqualTo(stored + 1));
			}
			assertThat(paths.different()).isEmpty();
			assertThat(consumer.progress().changes()).isEqualTo(paths.stored());
			Awaitility.await().until(() -> consumer.slotUsage() != null);
		}
	}

	@Test
	void aPauseThatAnotherConsumerEndsLeavesNothingUnread() throws Exception {
		try (TwoPaths paths = TwoPaths.on("CREATE TABLE b (id int PRIMARY KEY, t text)")) {
			ChosenStorer.chosen = "first";
			String assignor = ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG;
			KafkaIngester first = paths.startConsumer(
					Map.of(ConsumerConfig.CLIENT_ID_CONFIG, "first", assignor, ChosenStorer.class.getName()));
			paths.database().execute("INSERT INTO b VALUES (0, 'before')");
			paths.awaitStored(Duration.ofSeconds(60));
			assertThat(first.pause(Duration.ofSeconds(10)).phase()).isEqualTo(Phase.PAUSED);
			ChosenStorer.chosen = "second";
			KafkaIngester second = paths.startConsumer(
					Map.of(ConsumerConfig.CLIENT_ID_CONFIG, "second", assignor, ChosenStorer.class.getName()));
			// Some of them in partitions that the first has kept.
			paths.database().execute("INSERT INTO b SELECT i, 'after' FROM generate_series(1, 50) i");
			paths.awaitStored(Duration.ofSeconds(60));
			assertThat(paths.different()).isEmpty();
			assertThat(first.isPaused()).isFalse();
			assertThat(first.status().phase()).isEqualTo(Phase.STANDBY);
			assertThat(first.status().message()).matches("Reading \\d+ partitions, another consumer stores");
			assertThat(second.status().phase()).isEqualTo(Phase.STREAMING);
		}
	}

	@Test
	void aSlotThatWasMadeAnewIsAGap() throws Exception {
		try (TwoPaths paths = TwoPaths.on("CREATE TABLE b (id int PRIMARY KEY, t text)")) {
			KafkaIngester consumer = paths.startConsumer();
			paths.database().execute("INSERT INTO b VALUES (1, 'before')");
			paths.awaitStored(Duration.ofSeconds(60));
			paths.stopConnector();
			String stopped = paths.database().query("SELECT pg_current_wal_lsn()").get(0);
			// It looks every ten seconds, and sees that nobody reads the slot.
			Awaitility.await()
				.atMost(Duration.ofSeconds(30))
				.untilAsserted(() -> assertThat(
						paths.query("SELECT xid FROM kafka.kafka_marker WHERE after_lsn >= '" + stopped + "'"))
					.isNotEmpty());
			paths.dropSlot();
			paths.database().execute("INSERT INTO b VALUES (2, 'lost')");
			Awaitility.await()
				.atMost(Duration.ofSeconds(30))
				.until(consumer::status, (status) -> status.phase() == Phase.FAILED
						&& status.message().startsWith("There is no slot '" + paths.slot() + "'"));
			paths.startConnector();
			paths.database().execute("INSERT INTO b VALUES (3, 'after')");
			paths.awaitStored(Duration.ofSeconds(60));
			assertThat(paths.query("SELECT to_position IS NOT NULL FROM kafka.gap WHERE reason LIKE '%created anew%'"))
				.containsExactly("t");
			assertThat(consumer.lastGap()).isNotNull();
			Awaitility.await()
				.atMost(Duration.ofSeconds(30))
				.untilAsserted(
						() -> assertThat(paths.query("SELECT primary_key FROM kafka.change WHERE operation = 'B'"))
							.contains("2"));
		}
	}

	@Test
	void nothingIsLostOrTwiceWhateverIsKilled() throws Exception {
		try (TwoPaths paths = TwoPaths.on(ShopLoad.TABLES)) {
			long begun = System.nanoTime();
			JavaProcess first = paths.startWorker();
			paths.startWorker();
			ShopLoad load = new ShopLoad(paths.database());
			List<Thread> writers = java.util.stream.IntStream.range(0, WRITERS)
				.mapToObj((writer) -> load.start(writer, CHANGES / WRITERS))
				.toList();
			awaitStoredChanges(paths, CHANGES / 20);
			first.close();
			JavaProcess third = paths.startWorker();
			awaitStoredChanges(paths, CHANGES / 4);
			paths.servers().restartBroker();
			awaitStoredChanges(paths, CHANGES / 2);
			paths.servers().restartConnect(paths.connector());
			for (Thread writer : writers) {
				writer.join();
			}
			paths.awaitStored(PATIENCE);
			double seconds = (System.nanoTime() - begun) / (double) TimeUnit.SECONDS.toNanos(1);
			System.out.printf("Kafka: %d changes in %.1f s%n", load.changes(), seconds);
			assertThat(third.isAlive()).isTrue();
			assertThat(load.changes()).isGreaterThanOrEqualTo(CHANGES);
			assertThat(paths.query("SELECT count(*) - 1 FROM kafka.changes"))
				.containsExactly(String.valueOf(load.changes()));
			assertThat(paths.different()).isEmpty();
			assertThat(paths.misplaced()).isEmpty();
			assertThat(paths.query("SELECT count(*) FROM kafka.quarantine")).containsExactly("0");
			awaitNothingStaged(paths);
		}
	}

	private static void awaitStoredChanges(TwoPaths paths, long count) {
		Awaitility.await()
			.atMost(PATIENCE)
			.pollInterval(Duration.ofMillis(100))
			.untilAsserted(() -> assertThat(paths.stored()).isGreaterThanOrEqualTo(count));
	}

	private static void awaitNothingStaged(TwoPaths paths) {
		// What the connector has sent again after it was stored is taken out every 20
		// seconds.
		Awaitility.await()
			.atMost(Duration.ofSeconds(90))
			.untilAsserted(
					() -> assertThat(paths.query("SELECT count(*) FROM kafka.kafka_event")).containsExactly("0"));
	}

}
