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
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * What a consumer finds wrong is said by its status, whatever thread of Kafka's it is
 * found on.
 */
class ConsumerProblemsIntegrationTests {

	private final KafkaServers servers = KafkaServers.shared();

	@Test
	void transactionsInTwoPartitionsAreRefused() throws Exception {
		PostgresServer server = PostgresServer.shared();
		try (TestDatabase database = server.createDatabase();
				Admin admin = Admin.create(Map.of("bootstrap.servers", this.servers.bootstrap()))) {
			admin.createTopics(List.of(new NewTopic(database.name() + ".transaction", 2, (short) 1))).all().get();
			ReplicationSource source = new ReplicationSource(new ReplicationSettings(database.url(), server.username(),
					server.password(), ConnectorConfiguration.slot(database.name()), "bemi"));
			StoreSettings store = new StoreSettings(database.url(), server.username(), server.password(), "bemi");
			KafkaIngester consumer = TwoPaths.consumer(this.servers.bootstrap(), source, store, database.name(),
					Map.of());
			try {
				consumer.start();
				awaitFailed(consumer, "Topic '" + database.name()
						+ ".transaction' has 2 partitions, in which transactions are not in their order. Stop the connector");
			}
			finally {
				consumer.close();
			}
		}
	}

	private static void awaitFailed(KafkaIngester consumer, String beginning) {
		Awaitility.await()
			.until(consumer::status, (IngestionStatus status) -> status.phase() == Phase.FAILED
					&& status.message().startsWith(beginning));
	}

}
