package io.bemi.store;

import java.time.Duration;
import java.util.List;

import io.bemi.ingestion.Ingester;
import io.bemi.ingestion.IngestionStatus.Phase;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What {@code docs/limits.md} says of connections and slots.
 */
class ConnectionsIntegrationTests {

	private static final String CONNECTIONS = """
			SELECT application_name, backend_type, count(*) FROM pg_stat_activity
			 WHERE datname = current_database() AND application_name LIKE 'bemi-%' GROUP BY 1, 2 ORDER BY 1, 2
			""";

	@Test
	void areAsManyAsDocumented() throws Exception {
		try (Capture capture = Capture.on(18)) {
			Ingester streaming = capture.start();
			Awaitility.await().until(() -> streaming.baseline().isComplete());
			await(capture, "bemi-ingestion|client backend|1", "bemi-ingestion|walsender|1",
					"bemi-store|client backend|1");
			Ingester standby = capture.start();
			Awaitility.await().until(() -> standby.status().phase() == Phase.STANDBY);
			await(capture, "bemi-ingestion|client backend|2", "bemi-ingestion|walsender|1",
					"bemi-store|client backend|1");
			assertThat(capture.database()
				.query("SELECT count(*) FROM pg_replication_slots WHERE database = current_database()"))
				.containsExactly("1");
		}
	}

	private static void await(Capture capture, String... expected) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(20))
			.untilAsserted(() -> assertThat(capture.database().query(CONNECTIONS)).isEqualTo(List.of(expected)));
	}

}
