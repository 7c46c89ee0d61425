package io.bemi.it.monitoring;

import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import io.bemi.it.support.Recorded;
import io.bemi.testsupport.OwnServer;
import io.bemi.testsupport.TestDatabase;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is said when the server is away, and when the store does not answer until the slot
 * is lost.
 */
class ServerAwayIntegrationTests {

	private final Alerts alerts = Alerts.read();

	private static ConditionFactory await() {
		return Awaitility.await().atMost(Duration.ofSeconds(90));
	}

	@Test
	void aConnectionThatIsLostIsSaid() {
		try (OwnServer server = OwnServer.start(18)) {
			TestDatabase database = server.database();
			database.execute("CREATE TABLE todo (id integer PRIMARY KEY, task text)");
			try (Instance instance = Instance.start(database)) {
				await().untilAsserted(() -> assertThat(instance.health().getKey()).isEqualTo(200));
				await().untilAsserted(() -> assertThat(this.alerts.firing(instance)).isEmpty());
				server.stop();
				await().untilAsserted(() -> {
					Map.Entry<Integer, JsonNode> health = instance.health();
					assertThat(health.getKey()).isEqualTo(503);
					assertThat(health.getValue().at("/details/phase").asText()).isEqualTo("FAILED");
					assertThat(health.getValue().at("/details/connected").asBoolean(true)).isFalse();
				});
				assertThat(this.alerts.firing(instance)).contains("BemiIngestionFailed", "BemiNobodyRecords");
				assertThat(instance.endpoint().at("/gaps").asText()).startsWith("Not asked for");
				server.start();
				await().untilAsserted(() -> {
					assertThat(instance.health().getKey()).isEqualTo(200);
					assertThat(this.alerts.firing(instance)).doesNotContain("BemiIngestionFailed", "BemiNobodyRecords");
				});
			}
		}
	}

	/**
	 * Takes the two minutes after which the history counts as behind.
	 */
	@Test
	void aStoreThatDoesNotAnswerIsSaidUntilTheSlotIsLost() throws Exception {
		try (OwnServer server = OwnServer.start(18, "max_slot_wal_keep_size", "64MB", "min_wal_size", "32MB",
				"max_wal_size", "32MB")) {
			TestDatabase database = server.database();
			database.execute("CREATE TABLE todo (id integer PRIMARY KEY, task text)");
			try (Instance instance = Instance.start(database)) {
				database.execute("INSERT INTO todo VALUES (1, 'before')");
				Recorded.await(database, "todo", 1);
				try (Connection connection = database.connect(); Statement statement = connection.createStatement()) {
					connection.setAutoCommit(false);
					statement.execute("LOCK TABLE bemi.source IN EXCLUSIVE MODE");
					database.execute("UPDATE todo SET task = 'within'");
					awaitStandstill(database);
					fillWal(database, 4);
					await().untilAsserted(() -> assertThat(this.alerts.firing(instance)).contains("BemiSlotHalfFull",
							"BemiSlotNearlyFull"));
					assertThat(instance.health().getKey()).isEqualTo(503);
					await().untilAsserted(() -> assertThat(this.alerts.firing(instance)).contains("BemiStandsStill"));
					// The patience with the store ends in the same moment, and it is
					// tried anew.
					Awaitility.await()
						.atMost(Duration.ofSeconds(180))
						.untilAsserted(() -> assertThat(this.alerts.firing(instance)).contains("BemiBehind"));
					fillWal(database, 4);
					database.execute("CHECKPOINT");
					await().untilAsserted(() -> assertThat(this.alerts.firing(instance)).contains("BemiSlotLost"));
					assertThat(instance.health().getKey()).isEqualTo(503);
					connection.rollback();
				}
				await().untilAsserted(() -> {
					assertThat(instance.health().getKey()).isEqualTo(200);
					assertThat(instance.health().getValue().at("/details/lastGap/reason").asText())
						.contains("(max_slot_wal_keep_size)");
					assertThat(this.alerts.firing(instance)).contains("BemiGap")
						.doesNotContain("BemiSlotLost", "BemiBehind", "BemiSlotHalfFull");
				});
			}
		}
	}

	/**
	 * The stream is read on for a second beside a store that does not answer.
	 */
	private static void awaitStandstill(TestDatabase database) {
		Awaitility.await()
			.pollDelay(Duration.ofSeconds(2))
			.untilAsserted(() -> assertThat(
					database.query("SELECT now() - state_change > interval '1.5 s' FROM pg_stat_activity"
							+ " WHERE application_name = 'bemi-store' AND wait_event_type = 'Lock'"))
				.containsExactly("t"));
	}

	private static void fillWal(TestDatabase database, int segments) {
		for (int i = 0; i < segments; i++) {
			database.execute("SELECT pg_logical_emit_message(false, 'filler', repeat('x', 15000000))",
					"SELECT pg_switch_wal()");
		}
	}

}
