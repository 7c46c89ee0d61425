package io.bemi.kafka;

import java.util.List;
import java.util.Map;

import io.bemi.ingestion.IngestionStatus;
import io.bemi.ingestion.IngestionStatus.Phase;
import io.bemi.replication.ReplicationSettings;
import io.bemi.replication.ReplicationSource;
import io.bemi.store.StoreSettings;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a consumer finds wrong is said by its status, whatever thread of Kafka's it is
 * found on.
 */
class ConsumerProblemsIntegrationTests {

	private final KafkaServers servers = KafkaServers.shared();

	private final Admin admin = Admin.create(Map.of("bootstrap.servers", this.servers.bootstrap()));

	private final TestDatabase database = PostgresServer.shared().createDatabase();

	private final String topic = this.database.name() + ".transaction";

	@AfterEach
	void close() {
		this.admin.close();
		this.database.close();
	}

	private void createTopic(int partitions) throws Exception {
		this.admin.createTopics(List.of(new NewTopic(this.topic, partitions, (short) 1))).all().get();
	}

	private KafkaIngester start() {
		PostgresServer server = this.database.server();
		ReplicationSource source = new ReplicationSource(new ReplicationSettings(this.database.url(), server.username(),
				server.password(), ConnectorConfiguration.slot(this.database.name()), "bemi"));
		StoreSettings store = new StoreSettings(this.database.url(), server.username(), server.password(), "bemi");
		KafkaIngester consumer = TwoPaths.consumer(this.servers.bootstrap(), source, store, this.database.name(),
				Map.of());
		consumer.start();
		return consumer;
	}

	@Test
	void transactionsInTwoPartitionsAreRefused() throws Exception {
		createTopic(2);
		KafkaIngester consumer = start();
		try {
			awaitFailed(consumer, "Topic '" + this.topic
					+ "' has 2 partitions, in which transactions are not in their order. Stop the connector");
		}
		finally {
			consumer.close();
		}
	}

	/**
	 * What is done about it is what {@code docs/troubleshooting.md} says.
	 */
	@Test
	void whatKafkaHasDeletedIsToldAndGivenUp() throws Exception {
		createTopic(1);
		KafkaIngester first = start();
		try {
			Awaitility.await()
				.ignoreExceptions()
				.untilAsserted(() -> assertThat(this.database.query("SELECT next_offset FROM bemi.kafka_partition"))
					.containsExactly("0"));
		}
		finally {
			first.close();
		}
		send(5);
		this.admin.deleteRecords(Map.of(new TopicPartition(this.topic, 0), RecordsToDelete.beforeOffset(3)))
			.all()
			.get();
		KafkaIngester second = start();
		try {
			awaitFailed(second, "Kafka has deleted what was not read, by partition and offset {" + this.topic
					+ "-0=0}: see 'What Kafka has deleted' in docs/troubleshooting.md");
			this.database.execute("DELETE FROM bemi.kafka_partition WHERE topic = '" + this.topic
					+ "' AND partition = 0 AND feed = (SELECT id FROM bemi.kafka_feed WHERE prefix = '"
					+ this.database.name() + "')");
			Awaitility.await()
				.untilAsserted(() -> assertThat(this.database.query("SELECT record FROM bemi.kafka_rejected"))
					.containsExactly("3", "4"));
			assertThat(second.quarantine().added()).isEqualTo(2);
		}
		finally {
			second.close();
		}
	}

	private void send(int records) {
		try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
				Map.of("bootstrap.servers", this.servers.bootstrap()), new ByteArraySerializer(),
				new ByteArraySerializer())) {
			for (int i = 0; i < records; i++) {
				producer.send(new ProducerRecord<>(this.topic, new byte[] { '{' }));
			}
		}
	}

	private static void awaitFailed(KafkaIngester consumer, String beginning) {
		Awaitility.await()
			.until(consumer::status, (IngestionStatus status) -> status.phase() == Phase.FAILED
					&& status.message().startsWith(beginning));
	}

}
