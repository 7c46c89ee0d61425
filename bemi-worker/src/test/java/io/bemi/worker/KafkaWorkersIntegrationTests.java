package io.bemi.worker;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

import io.bemi.kafka.KafkaServers;
import io.bemi.query.Json;
import io.bemi.testsupport.Ports;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Two workers record a database by Kafka and one from its slot, and one of them is
 * killed: nothing is lost, nothing is there twice.
 */
class KafkaWorkersIntegrationTests {

	private static final long SEED = 11;

	private final KafkaServers kafka = KafkaServers.shared();

	private final TestDatabase store = PostgresServer.shared().createDatabase();

	private final WrittenDatabase shop = WrittenDatabase.on(PostgresServer.shared());

	private final WrittenDatabase billing = WrittenDatabase.on(PostgresServer.shared());

	private final List<Worker> workers = new ArrayList<>();

	@AfterEach
	void close() {
		this.workers.forEach((worker) -> worker.process().close());
		this.kafka.delete("bemi-" + this.shop.database().name());
		this.shop.close();
		this.billing.close();
		this.store.close();
	}

	@Test
	void nothingIsLostOrThereTwiceWhenOneIsKilled() throws Exception {
		Worker first = start("kafka-1");
		Worker second = start("kafka-2");
		this.kafka.create(connector());
		awaitReplication();
		AtomicBoolean done = new AtomicBoolean();
		CompletableFuture<Void> load = CompletableFuture.runAsync(() -> write(done));
		awaitRecorded(this.shop, 100);
		awaitRecorded(this.billing, 100);
		first.awaitUp();
		second.awaitUp();
		Worker storing = first.stores() ? first : second;
		Worker other = (storing == first) ? second : first;
		storing.process().kill();
		awaitRecorded(this.shop, recorded(this.shop) + 100);
		awaitRecorded(this.billing, recorded(this.billing) + 100);
		done.set(true);
		load.join();
		awaitAll();
		other.awaitUp();
		assertThat(other.stores()).isTrue();
		assertThat(other.source("billing")).containsEntry("here", true).containsEntry("phase", "STREAMING");
		assertThat(other.source("shop")).containsEntry("here", true)
			.containsEntry("topics", this.shop.database().name() + ".*")
			.containsEntry("consumerGroup", "bemi-" + this.shop.database().name());
		assertPauses(other);
		other.process().end();
		assertThat(this.store.query("SELECT reason FROM bemi.gap")).isEmpty();
		assertThat(this.store.query("SELECT error FROM bemi.quarantine")).isEmpty();
		assertThat(this.store.query("SELECT error FROM bemi.kafka_rejected")).isEmpty();
	}

	private void assertPauses(Worker worker) throws SQLException {
		assertThat(worker.post("shop/pause")).contains("Paused: what comes waits in Kafka");
		assertThat(worker.health("shop").contains("OUT_OF_SERVICE")).isTrue();
		int before = recorded(this.shop);
		this.shop.database().execute("INSERT INTO todo VALUES (1000000, 'while it was paused')");
		Awaitility.await()
			.during(Duration.ofSeconds(1))
			.untilAsserted(() -> assertThat(recorded(this.shop)).isEqualTo(before));
		assertThat(worker.post("shop/resume")).contains("is recorded now");
		awaitAll();
	}

	private Worker start(String name) throws IOException {
		int port = Ports.free();
		List<String> arguments = new ArrayList<>(configuration());
		arguments.remove("--server.port=0");
		arguments.add("--server.port=" + port);
		WorkerProcess process = WorkerProcess.startJar(name, arguments);
		Worker worker = new Worker(process,
				RestClient.builder()
					.baseUrl("http://localhost:" + port + "/actuator/")
					.defaultHeaders((headers) -> headers.setBasicAuth("auditor", "audit0r"))
					.build());
		this.workers.add(worker);
		return worker;
	}

	private List<String> configuration() {
		List<String> arguments = new ArrayList<>(WorkerIntegrationTests.arguments(this.store,
				Map.of("shop", this.shop.database(), "billing", this.billing.database())));
		String place = "--bemi.worker.databases.shop.kafka.";
		arguments.add(place + "bootstrap-servers=" + this.kafka.bootstrap());
		arguments.add(place + "prefix=" + this.shop.database().name());
		arguments.add(place + "properties.session.timeout.ms=6000");
		arguments.add(place + "properties.heartbeat.interval.ms=500");
		arguments.add(place + "properties.metadata.max.age.ms=500");
		return arguments;
	}

	/**
	 * What the command prints: Kafka Connect puts the password in its place.
	 */
	private String connector() throws IOException, InterruptedException {
		List<String> arguments = new ArrayList<>(List.of("shop", "--replication-factor=1"));
		arguments.addAll(configuration());
		return WorkerProcess.connector(arguments);
	}

	private void awaitReplication() {
		Awaitility.await()
			.atMost(Duration.ofSeconds(60))
			.untilAsserted(() -> assertThat(this.shop.database()
				.query("SELECT count(*) FROM pg_replication_slots WHERE active AND database IN ('"
						+ this.shop.database().name() + "', '" + this.billing.database().name() + "')"))
				.as(() -> this.kafka.status("bemi-" + this.shop.database().name()))
				.containsExactly("2"));
	}

	private void write(AtomicBoolean done) {
		Random random = new Random(SEED);
		while (!done.get()) {
			try {
				this.shop.write(random);
				this.billing.write(random);
			}
			catch (SQLException ex) {
				throw new IllegalStateException(ex);
			}
			LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
		}
	}

	private int recorded(WrittenDatabase written) {
		return written.recorded(this.store).size();
	}

	private void awaitRecorded(WrittenDatabase written, int changes) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(60))
			.pollInterval(Duration.ofMillis(200))
			.ignoreExceptions()
			.untilAsserted(() -> assertThat(recorded(written)).as(this::state).isGreaterThanOrEqualTo(changes));
	}

	private String state() {
		return this.workers.stream()
			.map(Worker::process)
			.filter(WorkerProcess::isAlive)
			.map((process) -> process.name() + " runs")
			.toList()
				+ ", staged "
				+ this.store
					.query("SELECT position, xid, events, (SELECT count(*) FROM bemi.kafka_event e WHERE e.xid = x.xid)"
							+ " FROM bemi.kafka_end x ORDER BY position DESC LIMIT 3")
				+ ", stored up to " + this.store.query("SELECT name, position FROM bemi.source") + ", "
				+ this.kafka.status("bemi-" + this.shop.database().name());
	}

	private void awaitAll() {
		for (WrittenDatabase written : List.of(this.shop, this.billing)) {
			List<String> expected = written.written();
			awaitRecorded(written, expected.size());
			assertThat(written.recorded(this.store)).isEqualTo(expected);
		}
	}

	/**
	 * A worker, and how to ask it.
	 *
	 * @param process the process
	 * @param actuator a client of its actuator
	 */
	private record Worker(WorkerProcess process, RestClient actuator) {

		private String get(String path) {
			return this.actuator.get()
				.uri(path)
				.exchange((request, response) -> new String(response.getBody().readAllBytes(), StandardCharsets.UTF_8));
		}

		String post(String path) {
			return String.valueOf(this.actuator.post().uri("bemi/" + path).retrieve().body(String.class));
		}

		String health(String component) {
			return get("health/bemi/" + component);
		}

		void awaitUp() {
			Awaitility.await()
				.atMost(Duration.ofSeconds(30))
				.ignoreExceptions()
				.untilAsserted(() -> assertThat(get("health/bemi")).contains("\"shop\"", "\"billing\"")
					.doesNotContain("DOWN", "OUT_OF_SERVICE"));
		}

		@SuppressWarnings("unchecked")
		Map<String, Object> source(String name) {
			Map<String, Object> sources = (Map<String, Object>) Objects
				.requireNonNull(Json.readObject(get("bemi")).get("sources"));
			return (Map<String, Object>) Objects.requireNonNull(sources.get(name));
		}

		boolean stores() {
			return "STREAMING".equals(source("shop").get("phase"));
		}

	}

}
