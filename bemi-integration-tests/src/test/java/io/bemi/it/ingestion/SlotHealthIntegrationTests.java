package io.bemi.it.ingestion;

import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bemi.it.support.Applications;
import io.bemi.it.support.Http;
import io.bemi.it.support.Recorded;
import io.bemi.it.support.WebSecurity;
import io.bemi.testsupport.OwnServer;
import io.bemi.testsupport.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What an application's health says while its slot is lost, over HTTP.
 */
class SlotHealthIntegrationTests {

	private static final Duration AT_MOST = Duration.ofSeconds(60);

	@Test
	void isDownBeforeTheSlotIsLostAndTellsOfTheGapAfterwards() throws Exception {
		try (OwnServer server = OwnServer.start(18, "max_slot_wal_keep_size", "64MB", "min_wal_size", "32MB",
				"max_wal_size", "32MB")) {
			TestDatabase database = server.database();
			database.execute("CREATE TABLE todo (id integer PRIMARY KEY, task text)");
			try (ConfigurableApplicationContext application = Applications.start(database, Application.class,
					"management.endpoint.health.show-details=always")) {
				Http http = Http.to(application);
				database.execute("INSERT INTO todo VALUES (1, 'before')");
				Recorded.await(database, "todo", 1);
				Awaitility.await().atMost(AT_MOST).untilAsserted(() -> {
					JsonNode health = health(http, 200);
					assertThat(health.at("/phase").asText()).isEqualTo("STREAMING");
					assertThat(health.at("/slot/limit").asLong()).isEqualTo(64 << 20);
				});
				try (Connection connection = database.connect(); Statement statement = connection.createStatement()) {
					connection.setAutoCommit(false);
					statement.execute("LOCK TABLE bemi.source IN EXCLUSIVE MODE");
					database.execute("UPDATE todo SET task = 'within'");
					awaitStandstill(database);
					fillWal(database, 4);
					Awaitility.await().atMost(AT_MOST).untilAsserted(() -> {
						JsonNode health = health(http, 503);
						assertThat(health.at("/problem").asText()).contains("of the log that it may keep for the slot");
						assertThat(health.at("/slot/share").asDouble()).isGreaterThan(0.8);
					});
					fillWal(database, 4);
					database.execute("CHECKPOINT");
					Awaitility.await().atMost(AT_MOST).untilAsserted(() -> {
						JsonNode health = health(http, 503);
						assertThat(health.at("/problem").asText()).containsAnyOf("The slot is lost",
								"Changes are not recorded now");
					});
					connection.rollback();
				}
				Awaitility.await().atMost(AT_MOST).untilAsserted(() -> {
					JsonNode health = health(http, 200);
					assertThat(health.at("/phase").asText()).isEqualTo("STREAMING");
					assertThat(health.at("/lastGap/reason").asText()).contains("(max_slot_wal_keep_size)");
					assertThat(health.at("/lastGap/from").asText()).contains("/");
					assertThat(health.at("/lastGap/to").asText()).contains("/");
					assertThat(health.has("baseline")).isFalse();
				});
				database.execute("UPDATE todo SET task = 'after'");
				Awaitility.await()
					.atMost(AT_MOST)
					.untilAsserted(() -> assertThat(database
						.query("""
								SELECT operation, before ->> 'task', values ->> 'task' FROM bemi.changes ORDER BY id DESC LIMIT 1
								"""))
						.containsExactly("UPDATE|within|after"));
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

	private static JsonNode health(Http http, int status) throws JsonProcessingException {
		HttpResponse<String> response = http.get("alice", "/actuator/health/bemi");
		assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
		return new ObjectMapper().readTree(response.body()).at("/details");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(WebSecurity.class)
	static class Application {

	}

}
