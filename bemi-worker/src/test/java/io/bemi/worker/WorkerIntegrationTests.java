package io.bemi.worker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.bemi.query.Changes;
import io.bemi.replication.ReplicationSettings;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import io.micrometer.core.instrument.MeterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Tests for one worker, as an application: several databases, one store.
 */
@ExtendWith(OutputCaptureExtension.class)
class WorkerIntegrationTests {

	private static TestDatabase source() {
		TestDatabase source = PostgresServer.shared().createDatabase();
		source.execute("CREATE TABLE todo (id bigint PRIMARY KEY, task text)",
				"CREATE PUBLICATION bemi FOR TABLE todo");
		return source;
	}

	static List<String> arguments(TestDatabase store, Map<String, TestDatabase> sources) {
		List<String> arguments = new ArrayList<>(List.of("--server.port=0", "--bemi.store.url=" + store.url(),
				"--bemi.store.username=" + store.server().username(),
				"--bemi.store.password=" + store.server().password(), "--spring.security.user.name=auditor",
				"--spring.security.user.password=audit0r"));
		sources.forEach((name, source) -> {
			String place = "--bemi.worker.databases." + name;
			arguments.add(place + ".url=" + source.url());
			arguments.add(place + ".username=" + source.server().username());
			arguments.add(place + ".password=" + source.server().password());
		});
		return arguments;
	}

	private static ConfigurableApplicationContext run(List<String> arguments) {
		return new SpringApplicationBuilder(BemiWorkerApplication.class).web(WebApplicationType.SERVLET)
			.run(arguments.toArray(String[]::new));
	}

	private static void awaitStored(TestDatabase store, int changes) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(60))
			.pollInterval(Duration.ofMillis(100))
			.ignoreExceptions()
			.untilAsserted(() -> assertThat(store.query("SELECT count(*) FROM bemi.changes"))
				.containsExactly(String.valueOf(changes)));
	}

	private static void awaitStreaming(ConfigurableApplicationContext worker) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(60))
			.until(() -> worker.getBean(Worker.class)
				.readers()
				.stream()
				.allMatch((reader) -> reader.message().startsWith("Streaming")));
	}

	@Test
	void recordsTwoDatabasesInOneStoreAndShowsThem(CapturedOutput output) throws IOException {
		try (TestDatabase shop = source();
				TestDatabase billing = source();
				TestDatabase store = PostgresServer.shared().createDatabase();
				ConfigurableApplicationContext worker = run(
						arguments(store, Map.of("shop", shop, "billing", billing)))) {
			awaitStreaming(worker);
			shop.execute("INSERT INTO todo VALUES (1, 'sell')");
			billing.execute("INSERT INTO todo VALUES (1, 'bill')", "UPDATE todo SET task = 'send'");
			awaitStored(store, 3);
			assertThat(store
				.query("SELECT database, source, operation, values ->> 'task' FROM bemi.changes ORDER BY database = '"
						+ shop.name() + "' DESC, position"))
				.containsExactly(shop.name() + "|" + ReplicationSettings.slotOf(shop.name()) + "|CREATE|sell",
						billing.name() + "|" + ReplicationSettings.slotOf(billing.name()) + "|CREATE|bill",
						billing.name() + "|" + ReplicationSettings.slotOf(billing.name()) + "|UPDATE|send");
			assertThat(worker.getBean(Changes.class).query().list()).hasSize(3);
			assertShown(worker);
			assertMetered(worker);
			assertServed(worker);
		}
		assertThat(output).doesNotContain("audit0r").doesNotContain("security password");
	}

	private static void assertShown(ConfigurableApplicationContext worker) {
		CompositeHealthContributor health = worker.getBean(CompositeHealthContributor.class);
		assertThat(health.stream()).extracting((entry) -> entry.name()).containsExactlyInAnyOrder("billing", "shop");
		assertThat(health.stream()).allSatisfy((entry) -> {
			Health told = Objects.requireNonNull(((HealthIndicator) entry.contributor()).health());
			assertThat(told.getStatus()).isEqualTo(Status.UP);
			assertThat(told.getDetails()).containsEntry("phase", "STREAMING");
		});
		Map<String, Object> status = worker.getBean(WorkerEndpoint.class).status();
		assertThat(status.get("instances")).isEqualTo(Map.of(worker.getBean(Worker.class).name(), 2L));
		assertThat(status.get("sources")).asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.MAP)
			.containsOnlyKeys("billing", "shop");
	}

	private static void assertMetered(ConfigurableApplicationContext worker) throws IOException {
		MeterRegistry registry = worker.getBean(MeterRegistry.class);
		assertThat(registry.get("bemi.ingestion.streaming").tag("database", "shop").gauge().value()).isEqualTo(1);
		assertThat(registry.get("bemi.stored.changes").tag("database", "billing").functionCounter().count())
			.isEqualTo(2);
		assertThat(registry.get("bemi.worker.members").gauge().value()).isEqualTo(1);
		assertThat(registry.get("bemi.worker.problem").tag("database", "shop").tag("group", "").gauge().value())
			.isZero();
		assertThat(Files.readString(Path.of("../docs/monitoring/prometheus-alerts.yml")))
			.contains("max by (job, database, group) (bemi_worker_problem) == 1");
	}

	private static void assertServed(ConfigurableApplicationContext worker) {
		String url = "http://localhost:" + worker.getEnvironment().getProperty("local.server.port");
		RestClient stranger = RestClient.create(url);
		RestClient auditor = RestClient.builder()
			.baseUrl(url)
			.defaultHeaders((headers) -> headers.setBasicAuth("auditor", "audit0r"))
			.build();
		assertThat(stranger.get().uri("/actuator/health").retrieve().body(String.class)).contains("UP")
			.doesNotContain("shop");
		assertThat(status(stranger, "/actuator/bemi").value()).isEqualTo(401);
		assertThat(status(stranger, "/bemi/api/v1/status").is4xxClientError()).isTrue();
		assertThat(auditor.get().uri("/actuator/bemi").retrieve().body(String.class)).contains("shop", "billing");
		assertThat(auditor.get().uri("/bemi/api/v1/status").retrieve().body(String.class)).contains("CONNECTED",
				"2 sources, of which this instance reads 2");
		assertThat(auditor.get().uri("/bemi/api/v1/changes").retrieve().body(String.class)).contains("sell", "send");
		assertNoPageOfOthersPauses(auditor);
	}

	/**
	 * A browser that knows the password sends it along with what any page posts.
	 */
	private static void assertNoPageOfOthersPauses(RestClient auditor) {
		for (String[] header : new String[][] { { "Origin", "https://evil.example.org" }, { "Origin", "null" },
				{ "Sec-Fetch-Site", "cross-site" } }) {
			HttpStatusCode answer = auditor.post()
				.uri("/actuator/bemi/shop/pause")
				.header(header[0], header[1])
				.contentType(MediaType.APPLICATION_FORM_URLENCODED)
				.body("")
				.exchange((request, response) -> response.getStatusCode());
			// Before it is looked who that is.
			assertThat(answer).as(header[0]).isEqualTo(HttpStatus.UNAUTHORIZED);
		}
		assertThat(auditor.get().uri("/actuator/bemi").retrieve().body(String.class)).doesNotContain("Paused");
		assertThat(auditor.post().uri("/actuator/bemi/shop/pause").retrieve().body(String.class)).contains("Paused");
		assertThat(auditor.post().uri("/actuator/bemi/shop/resume").retrieve().body(String.class))
			.contains("is recorded now");
	}

	private static HttpStatusCode status(RestClient client, String path) {
		return client.get().uri(path).exchange((request, response) -> response.getStatusCode());
	}

	@Test
	void aPausedDatabaseIsNotReadAndGoesOn() {
		try (TestDatabase shop = source();
				TestDatabase store = PostgresServer.shared().createDatabase();
				ConfigurableApplicationContext worker = run(arguments(store, Map.of("shop", shop)))) {
			awaitStreaming(worker);
			WorkerEndpoint endpoint = worker.getBean(WorkerEndpoint.class);
			assertThat(endpoint.act("shop", WorkerEndpoint.Action.PAUSE)).containsOnlyKeys("shop");
			shop.execute("INSERT INTO todo VALUES (1, 'later')");
			assertThat(worker.getBean(Changes.class).query().list()).isEmpty();
			endpoint.act("shop", WorkerEndpoint.Action.RESUME);
			awaitStored(store, 1);
			assertThat(endpoint.act("other", WorkerEndpoint.Action.PAUSE)).containsEntry("message",
					"There is no database 'other'");
		}
	}

	@Test
	void aMisconfigurationIsSaidPlainly(CapturedOutput output) {
		assertThatThrownBy(() -> run(List.of("--server.port=0"))).isNotNull();
		assertThat(output).contains("There is no store: 'bemi.store.url' is not set");
		assertThatThrownBy(
				() -> run(List.of("--server.port=0", "--bemi.store.url=jdbc:postgresql://localhost:1/store")))
			.isNotNull();
		assertThat(output).contains("There is no database to record");
		assertThatThrownBy(() -> run(List.of("--server.port=0", "--bemi.store.url=jdbc:postgresql://localhost:1/store",
				"--bemi.worker.databases.a.url=jdbc:postgresql://localhost:1/shop?password=s3cret",
				"--bemi.worker.databases.b.url=jdbc:postgresql://localhost:2/shop")))
			.isNotNull();
		assertThat(output).contains("'a' and 'b' have the same slot, 'bemi_shop'").doesNotContain("s3cret");
	}

}
