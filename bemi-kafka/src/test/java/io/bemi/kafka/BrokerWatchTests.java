package io.bemi.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.bemi.ingestion.IngestionStatus.Phase;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A consumer says neither that Kafka is away nor that nothing is stored for want of a
 * topic.
 */
class BrokerWatchTests {

	private static final TopicPartition TABLE = new TopicPartition("shop.public.todo", 0);

	private static final TopicPartition TRANSACTIONS = new TopicPartition("shop.transaction", 0);

	private long now = Duration.ofDays(1).toNanos();

	private final BrokerWatch watch = new BrokerWatch(
			new KafkaSettings("shop", "bemi-shop", Map.of("bootstrap.servers", "kafka:9092")), () -> this.now);

	private @Nullable KafkaException failure;

	private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none") {

		@Override
		public synchronized List<PartitionInfo> partitionsFor(String topic, Duration timeout) {
			if (BrokerWatchTests.this.failure != null) {
				throw BrokerWatchTests.this.failure;
			}
			return super.partitionsFor(topic, timeout);
		}

	};

	@Test
	void theTopicOfTheTransactionsMayNotBeMissingForLong() {
		assign(TABLE);
		for (int seconds = 11; seconds < 60; seconds += 11) {
			look();
			assertThat(this.watch.problem()).isNull();
			assertThat(this.watch.isWithoutTransactions()).isTrue();
			assertThat(this.watch.waiting().phase()).isEqualTo(Phase.STARTING);
			assertThat(this.watch.waiting().message()).contains("there is no topic 'shop.transaction' so far");
		}
		look();
		assertThat(this.watch.problem()).startsWith("Nothing comes by Kafka: there is no topic 'shop.transaction'.");
		this.consumer.updatePartitions("shop.transaction",
				List.of(new PartitionInfo("shop.transaction", 0, null, new Node[0], new Node[0])));
		look();
		assertThat(this.watch.problem()).isNull();
		assertThat(this.watch.isWithoutTransactions()).isFalse();
	}

	@Test
	void whoHasThePartitionOfTheTransactionsNeedNotAsk() {
		assign(TRANSACTIONS);
		this.failure = new TimeoutException("not asked");
		look();
		assertThat(this.watch.problem()).isNull();
		assertThat(this.watch.unread()).isEqualTo(5);
	}

	@Test
	void withoutPartitionsOthersHaveThemOrThereIsNoConnector() {
		assign();
		look();
		assertThat(this.watch.waiting().phase()).isEqualTo(Phase.STARTING);
		this.consumer.updatePartitions("shop.transaction",
				List.of(new PartitionInfo("shop.transaction", 0, null, new Node[0], new Node[0])));
		look();
		assertThat(this.watch.waiting().phase()).isEqualTo(Phase.STANDBY);
	}

	@Test
	void saysThatKafkaIsAwayOrRefuses() {
		assign(TABLE);
		this.failure = new TimeoutException("away");
		look();
		assertThat(this.watch.problem()).isEqualTo("Kafka does not answer at kafka:9092");
		this.failure = new TopicAuthorizationException("no right to read 'shop.transaction'");
		look();
		assertThat(this.watch.problem()).isEqualTo("Kafka refuses: no right to read 'shop.transaction'");
	}

	private void assign(TopicPartition... partitions) {
		this.consumer.assign(List.of(partitions));
		for (TopicPartition partition : partitions) {
			this.consumer.updateEndOffsets(Map.of(partition, 5L));
			this.consumer.seek(partition, 0);
		}
	}

	private void look() {
		this.now += Duration.ofSeconds(11).toNanos();
		this.watch.look(this.consumer);
	}

}
