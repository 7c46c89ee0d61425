package io.bemi.it.monitoring;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import io.bemi.change.Operation;
import io.bemi.context.BemiContext;
import io.bemi.it.support.Recorded;
import io.bemi.query.Changes;
import io.bemi.replication.ReplicationSettings;
import io.bemi.revert.Reverter;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What an application's meters, health and endpoint say when something happens that the
 * application itself goes on with.
 */
class MonitoringIntegrationTests {

	/** A key that the source's index holds and the store's does not. */
	private static final String POISON = """
			INSERT INTO keyed SELECT string_agg(chr(19968 + ('x' || left(md5(i::text || 'a'), 4))::bit(16)::int % 20000), ''),
			  string_agg(chr(19968 + ('x' || left(md5(i::text || 'b'), 4))::bit(16)::int % 20000), '') FROM generate_series(1, 445) i
			""";

	private final Alerts alerts = Alerts.read();

	private final TestDatabase database = PostgresServer.shared().createDatabase();

	@BeforeEach
	void createTable() {
		this.database.execute("CREATE TABLE todo (id integer PRIMARY KEY, task text)",
				"INSERT INTO todo VALUES (0, 'before')", "CREATE TABLE heap (a json)");
	}

	@AfterEach
	void dropDatabase() {
		this.database.close();
	}

	private static ConditionFactory await() {
		return Awaitility.await().atMost(Duration.ofSeconds(60));
	}

	private static Instance start(TestDatabase database, String... properties) {
		Instance instance = Instance.start(database, properties);
		await().untilAsserted(() -> assertThat(instance.health().getValue().at("/details/phase").asText())
			.isIn("STREAMING", "STANDBY"));
		return instance;
	}

	@Test
	void metersObservationsAndTheEndpointTellWhatIsRecorded() {
		try (Instance instance = start(this.database)) {
			this.database.execute("INSERT INTO todo VALUES (1, 'one'), (2, 'two')", "UPDATE todo SET task = 'three'");
			Recorded.await(this.database, "todo", 5);
			await().untilAsserted(() -> assertThat(instance.value("bemi_stored_changes_total")).isEqualTo(5));
			assertThat(instance.value("bemi_stored_transactions_total")).isEqualTo(2);
			assertThat(instance.value("bemi_ingestion_received_bytes_total")).isGreaterThan(100);
			assertThat(instance.value("bemi_store_write_seconds_count")).isGreaterThan(1);
			assertThat(instance.value("bemi_store_write_seconds_sum")).isPositive();
			// The row of the baseline, and what was written.
			assertThat(instance.value("bemi_store_batch_rows_sum")).isEqualTo(6);
			assertThat(instance.value("bemi_ingestion_streaming")).isOne();
			assertThat(instance.value("bemi_ingestion_lag_seconds")).isZero();
			assertThat(instance.value("bemi_gaps")).isZero();
			await().untilAsserted(() -> assertThat(instance.value("bemi_slot_retained_bytes")).isPositive());
			assertThat(this.alerts.firing(instance)).isEmpty();

			JsonNode endpoint = instance.endpoint();
			assertThat(endpoint.at("/phase").asText()).isEqualTo("STREAMING");
			assertThat(endpoint.at("/connected").asBoolean()).isTrue();
			assertThat(endpoint.at("/paused").asBoolean()).isFalse();
			assertThat(endpoint.at("/lagSeconds").asLong()).isZero();
			assertThat(endpoint.at("/storedChanges").asLong()).isEqualTo(5);
			assertThat(endpoint.at("/tables/tracked").toString()).isEqualTo("[\"public.todo\"]");
			assertThat(endpoint.at("/tables/untracked/0/table").asText()).isEqualTo("public.heap");
			assertThat(endpoint.at("/tables/untracked/0/reason").asText()).isNotEmpty();
			assertThat(endpoint.at("/gaps").toString()).isEqualTo("[]");
			assertThat(endpoint.at("/quarantine").asLong()).isZero();
			assertThat(endpoint.at("/settings").toString()).contains("\"bemi.tracking.mode\":\"auto\"",
					"\"bemi.replication.slot\":\"" + ReplicationSettings.slotOf(this.database.name()) + "\"");
			assertThat(endpoint.toString()).doesNotContain("jdbc:", "username", "password");

			assertThat(instance.application().getBean(Changes.class).query().table("todo").count()).isEqualTo(5);
			Reverter reverter = instance.application().getBean(Reverter.class);
			reverter.execute(reverter.plan(instance.application()
				.getBean(Changes.class)
				.query()
				.table("todo")
				.primaryKey(1)
				.operation(Operation.UPDATE)));
			assertThat(instance.application().getBean(WatchedApplication.Observed.class).names()).contains("bemi.store",
					"bemi.baseline.copy public.todo", "bemi.query count", "bemi.revert");
		}
	}

	@Test
	void aPauseIsSaid() {
		try (Instance instance = start(this.database); Instance other = start(this.database)) {
			JsonNode refused = other.post("pause");
			assertThat(refused.at("/paused").asBoolean()).isFalse();
			assertThat(refused.at("/message").asText()).contains("another instance records: pause that one");

			JsonNode answer = instance.post("pause");
			assertThat(answer.at("/paused").asBoolean()).isTrue();
			assertThat(answer.at("/phase").asText()).isEqualTo("PAUSED");
			assertThat(answer.at("/message").asText()).contains("nothing is recorded", "keeps the log");
			Map.Entry<Integer, JsonNode> health = instance.health();
			assertThat(health.getKey()).isEqualTo(503);
			assertThat(health.getValue().at("/status").asText()).isEqualTo("OUT_OF_SERVICE");
			assertThat(health.getValue().at("/details/message").asText()).contains("until ingestion is resumed");
			assertThat(this.alerts.firing(instance, other)).containsExactly("BemiNobodyRecords", "BemiPaused");

			this.database.execute("INSERT INTO todo VALUES (1, 'paused')");
			await().during(Duration.ofSeconds(3)).until(() -> Recorded.find(this.database, "todo").isEmpty());
			assertThat(other.health().getValue().at("/details/phase").asText()).isEqualTo("STANDBY");
			assertThat(instance.post("resume").at("/paused").asBoolean()).isFalse();
			Recorded.await(this.database, "todo", 1);
			await().untilAsserted(() -> assertThat(this.alerts.firing(instance, other)).isEmpty());
			assertThat(instance.http().post("alice", "/actuator/bemi/nonsense").statusCode()).isEqualTo(400);
		}
	}

	@Test
	void anInstanceThatStandsByIsUp() {
		try (Instance instance = start(this.database); Instance other = start(this.database)) {
			Map.Entry<Integer, JsonNode> health = other.health();
			assertThat(health.getKey()).isEqualTo(200);
			assertThat(health.getValue().at("/details/phase").asText()).isEqualTo("STANDBY");
			assertThat(this.alerts.firing(instance, other)).isEmpty();
			// As when the one that streams is a stranger to the others.
			assertThat(this.alerts.firing(other)).containsExactly("BemiEveryInstanceStandsBy", "BemiNobodyRecords");
		}
	}

	@Test
	void rowsInQuarantineAreSaid() {
		this.database.execute("CREATE TABLE keyed (a text, b text, PRIMARY KEY (a, b))");
		try (Instance instance = start(this.database)) {
			this.database.execute(POISON);
			Recorded.await(this.database, "keyed", 1);
			await().untilAsserted(
					() -> assertThat(instance.health().getValue().at("/details/quarantine").asLong()).isOne());
			assertThat(this.alerts.firing(instance)).containsExactly("BemiQuarantine");
		}
	}

	@Test
	void aSlotThatWasDroppedLeavesAGap() throws SQLException {
		try (Instance instance = start(this.database)) {
			this.database.execute("INSERT INTO todo VALUES (1, 'one')");
			Recorded.await(this.database, "todo", 1);
			String slot = ReplicationSettings.slotOf(this.database.name());
			try (Connection connection = this.database.connect(); Statement statement = connection.createStatement()) {
				statement.execute("SELECT pg_advisory_lock(hashtext('bemi slot'), hashtext('" + slot + "'))");
				statement
					.execute("SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = '"
							+ slot + "'");
				await().ignoreExceptions()
					.until(() -> statement.execute("SELECT pg_drop_replication_slot('" + slot + "')"));
				statement.execute("INSERT INTO todo VALUES (2, 'unseen')");
			}
			await().untilAsserted(() -> {
				Map.Entry<Integer, JsonNode> health = instance.health();
				assertThat(health.getKey()).isEqualTo(200);
				assertThat(health.getValue().at("/details/lastGap/reason").asText()).isEqualTo("The slot was dropped");
				assertThat(health.getValue().at("/details/lastGap/to").asText()).contains("/");
				assertThat(this.alerts.firing(instance)).contains("BemiGap");
				assertThat(instance.value("bemi_gaps")).isOne();
			});
			assertThat(instance.endpoint().at("/gaps/0/reason").asText()).isEqualTo("The slot was dropped");
		}
	}

	@Test
	void aMigrationThatIsSkippedIsSaid() {
		String role = this.database.server().username();
		try (Instance instance = start(this.database, "bemi.tracking.skip-roles=" + role)) {
			this.database.execute("BEGIN; SET LOCAL bemi.skip = 'OPS-17'; UPDATE todo SET task = 'skipped'; COMMIT",
					"INSERT INTO todo VALUES (1, 'one')");
			Recorded.await(this.database, "todo", 1);
			await().untilAsserted(() -> assertThat(instance.value("bemi_gaps")).isOne());
			JsonNode endpoint = instance.endpoint();
			assertThat(endpoint.at("/gaps/0/reason").asText()).contains(role, "OPS-17", "1 change of public.todo");
			assertThat(endpoint.at("/lastGap/reason").asText()).contains("OPS-17");
			assertThat(endpoint.at("/settings").toString()).contains("\"bemi.tracking.skip-roles\":[\"" + role + "\"]");
			assertThat(this.alerts.firing(instance)).containsExactly("BemiGap");
		}
	}

	@Test
	void aWriteThatFailsIsSaid() throws SQLException {
		try (Instance instance = start(this.database)) {
			try (Connection connection = this.database.connect(); Statement statement = connection.createStatement()) {
				connection.setAutoCommit(false);
				statement.execute("LOCK TABLE bemi.source IN EXCLUSIVE MODE");
				this.database.execute("INSERT INTO todo VALUES (1, 'one')");
				await().until(() -> !this.database.query(
						"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'bemi-store'"
								+ " AND datname = current_database() AND wait_event_type = 'Lock'")
					.isEmpty());
				await().untilAsserted(() -> assertThat(this.alerts.firing(instance)).contains("BemiStoreFails"));
				connection.rollback();
			}
			Recorded.await(this.database, "todo", 1);
		}
	}

	@Test
	void contextsThatLoseSomethingAreSaid() {
		try (Instance instance = start(this.database, "bemi.context.max-size=1KB")) {
			JdbcTemplate jdbc = instance.application().getBean(JdbcTemplate.class);
			BemiContext.run(Map.of("user", "x".repeat(5_000)),
					() -> jdbc.update("INSERT INTO todo VALUES (1, 'long')"));
			assertThat(this.alerts.firing(instance)).containsExactly("BemiContextsTooLarge");
			BemiContext.run(Map.of("user", new Broken()), () -> jdbc.update("INSERT INTO todo VALUES (2, 'broken')"));
			assertThat(this.alerts.firing(instance)).contains("BemiContextsFail");
			assertThat(instance.health().getKey()).isEqualTo(200);
		}
	}

	/**
	 * Cannot be turned into JSON.
	 */
	static class Broken {

		public String getName() {
			throw new IllegalStateException("broken");
		}

	}

}
