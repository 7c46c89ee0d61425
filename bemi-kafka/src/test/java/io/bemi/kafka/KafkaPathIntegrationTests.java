package io.bemi.kafka;

import java.time.Duration;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a transaction looks like that has come by Kafka.
 */
class KafkaPathIntegrationTests {

	@Test
	void storesWhatTheDirectPathStores() throws Exception {
		try (TwoPaths paths = TwoPaths.on("CREATE TABLE b (id int PRIMARY KEY, t text)",
				"CREATE TABLE f (a int, b text)", "ALTER TABLE f REPLICA IDENTITY FULL")) {
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
						"UPDATE b SET k = 1 WHERE id = 6", "TRUNCATE b, f", "INSERT INTO b VALUES (7, NULL)");
			paths.awaitStored(Duration.ofSeconds(60));
			assertThat(paths.query("SELECT * FROM kafka.changes ORDER BY id")).hasSize(13);
			assertThat(paths.different()).isEmpty();
			Awaitility.await()
				.untilAsserted(() -> assertThat(paths.query("SELECT count(*) FROM kafka.kafka_event")).containsExactly("0"));
		}
	}

}
