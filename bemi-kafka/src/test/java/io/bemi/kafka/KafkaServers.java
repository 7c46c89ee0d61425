package io.bemi.kafka;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;

import io.bemi.testsupport.Ports;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A broker and a Kafka Connect with Debezium, each a process that can be killed and
 * started again. One of each per JVM. The password of the shared server is in the
 * environment variable that the command {@code connector} names.
 */
public final class KafkaServers {

	private static @Nullable KafkaServers shared;

	private final Path folder;

	private final int port = Ports.free();

	private final int rest = Ports.free();

	private JavaProcess broker;

	private JavaProcess connect;

	private final HttpClient http = HttpClient.newHttpClient();

	private KafkaServers() throws IOException {
		this.folder = Files.createTempDirectory("bemi-kafka");
		Files.writeString(this.folder.resolve("broker.properties"), """
				process.roles=broker,controller
				node.id=1
				listeners=PLAINTEXT://127.0.0.1:%1$d,CONTROLLER://127.0.0.1:%2$d
				advertised.listeners=PLAINTEXT://127.0.0.1:%1$d
				controller.listener.names=CONTROLLER
				controller.quorum.voters=1@127.0.0.1:%2$d
				log.dirs=%3$s
				offsets.topic.num.partitions=1
				offsets.topic.replication.factor=1
				share.coordinator.state.topic.replication.factor=1
				share.coordinator.state.topic.min.isr=1
				transaction.state.log.replication.factor=1
				transaction.state.log.min.isr=1
				group.initial.rebalance.delay.ms=0
				group.coordinator.rebalance.protocols=classic,consumer
				""".formatted(this.port, Ports.free(), this.folder.resolve("log")));
		Files.writeString(this.folder.resolve("connect.properties"), """
				bootstrap.servers=127.0.0.1:%d
				listeners=HTTP://127.0.0.1:%d
				key.converter=org.apache.kafka.connect.storage.StringConverter
				value.converter=org.apache.kafka.connect.storage.StringConverter
				offset.storage.file.filename=%s
				offset.flush.interval.ms=1000
				config.providers=env
				config.providers.env.class=org.apache.kafka.common.config.provider.EnvVarConfigProvider
				""".formatted(this.port, this.rest, this.folder.resolve("offsets")));
		JavaProcess format = JavaProcess.kafka(this.folder, "kafka.tools.StorageTool", "format", "-t",
				"MkU3OEVBNTcwNTJENDM2Qk", "-c", file("broker.properties"));
		assertThat(format.await()).as(format::output).isZero();
		this.broker = startBroker();
		this.connect = startConnect();
		awaitConnect();
	}

	public static synchronized KafkaServers shared() {
		KafkaServers servers = shared;
		if (servers == null) {
			try {
				servers = new KafkaServers();
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
			shared = servers;
		}
		return servers;
	}

	private String file(String name) {
		return this.folder.resolve(name).toString();
	}

	private JavaProcess startBroker() {
		JavaProcess started = JavaProcess.kafka(this.folder, "kafka.Kafka", file("broker.properties"));
		try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap()))) {
			Awaitility.await("broker")
				.atMost(Duration.ofMinutes(1))
				.ignoreExceptionsInstanceOf(ExecutionException.class)
				.until(() -> {
					assertThat(started.isAlive()).as(started::output).isTrue();
					return !admin.describeCluster().nodes().get().isEmpty();
				});
		}
		return started;
	}

	private JavaProcess startConnect() {
		return JavaProcess.kafka(this.folder, "org.apache.kafka.connect.cli.ConnectStandalone",
				file("connect.properties"));
	}

	private void awaitConnect() {
		Awaitility.await("Kafka Connect")
			.atMost(Duration.ofMinutes(1))
			.ignoreExceptionsInstanceOf(IOException.class)
			.until(() -> {
				assertThat(this.connect.isAlive()).as(this.connect::output).isTrue();
				return send(request("/connectors").GET()).statusCode() == 200;
			});
	}

	/**
	 * Where the broker is.
	 */
	public String bootstrap() {
		return "127.0.0.1:" + this.port;
	}

	/**
	 * Where the programs write to.
	 */
	Path folder() {
		return this.folder;
	}

	/**
	 * Kills the broker, and starts it on the same files.
	 */
	void restartBroker() {
		this.broker.close();
		this.broker = startBroker();
	}

	/**
	 * Kills Kafka Connect, and starts it with a connector again.
	 */
	void restartConnect(ConnectorConfiguration configuration) {
		this.connect.close();
		this.connect = startConnect();
		awaitConnect();
		create(configuration);
	}

	/**
	 * Posts what the command prints.
	 */
	void create(ConnectorConfiguration configuration) {
		create(configuration.toJson());
	}

	/**
	 * Creates a connector.
	 * @param configuration its configuration, as JSON
	 */
	public void create(String configuration) {
		try {
			HttpResponse<String> response = send(request("/connectors").header("Content-Type", "application/json")
				.POST(HttpRequest.BodyPublishers.ofString(configuration)));
			assertThat(response.statusCode()).as(response.body()).isEqualTo(201);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Stops a connector, and forgets it and how far it has read.
	 */
	void forget(String connector) {
		try {
			send(request("/connectors/" + connector + "/stop").PUT(HttpRequest.BodyPublishers.noBody()));
			Awaitility.await()
				.atMost(Duration.ofSeconds(30))
				.until(() -> send(request("/connectors/" + connector + "/offsets").DELETE()).statusCode() == 200);
			delete(connector);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Stops a connector, and forgets it.
	 */
	public void delete(String connector) {
		try {
			send(request("/connectors/" + connector).DELETE());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * What Kafka Connect says of a connector.
	 */
	public String status(String connector) {
		try {
			return send(request("/connectors/" + connector + "/status").GET()).body();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * How many messages were ever sent to the topics whose names begin so.
	 */
	long messages(String topics) {
		try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(Map.of("bootstrap.servers", bootstrap()),
				new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
			List<TopicPartition> partitions = consumer.listTopics()
				.values()
				.stream()
				.flatMap(List::stream)
				.filter((partition) -> partition.topic().startsWith(topics))
				.map((partition) -> new TopicPartition(partition.topic(), partition.partition()))
				.toList();
			return consumer.endOffsets(partitions).values().stream().mapToLong(Long::longValue).sum();
		}
	}

	private HttpRequest.Builder request(String path) {
		return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + this.rest + path));
	}

	private HttpResponse<String> send(HttpRequest.Builder request) throws IOException {
		try {
			return this.http.send(request.build(), HttpResponse.BodyHandlers.ofString());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IOException(ex);
		}
	}

}
