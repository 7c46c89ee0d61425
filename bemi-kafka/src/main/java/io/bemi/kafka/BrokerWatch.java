package io.bemi.kafka;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import io.bemi.ingestion.IngestionStatus;
import io.bemi.ingestion.IngestionStatus.Phase;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Asks Kafka now and then whether it is there, and how much is left to read: a consumer
 * says neither of itself. Used by the consumer's thread, but for what was seen.
 */
final class BrokerWatch {

	private static final long INTERVAL = TimeUnit.SECONDS.toNanos(10);

	private static final Duration PATIENCE = Duration.ofSeconds(5);

	private final KafkaSettings settings;

	private volatile @Nullable String problem;

	private IngestionStatus waiting = new IngestionStatus(Phase.STARTING, "Waiting for partitions", null);

	private volatile long unread = Long.MAX_VALUE;

	private long lookedAt = System.nanoTime();

	BrokerWatch(KafkaSettings settings) {
		this.settings = settings;
	}

	/**
	 * Looks, if the last time is long enough ago.
	 */
	void look(Consumer<?, ?> consumer) {
		if (System.nanoTime() - this.lookedAt < INTERVAL) {
			return;
		}
		Set<TopicPartition> partitions = consumer.assignment();
		try {
			if (partitions.isEmpty()) {
				boolean there = consumer.listTopics(PATIENCE).containsKey(this.settings.transactions());
				this.waiting = there
						? new IngestionStatus(Phase.STANDBY, "Standing by: others of the group have all partitions",
								null)
						: new IngestionStatus(Phase.STARTING, "Waiting for the connector: there is no topic '"
								+ this.settings.transactions() + "' so far", null);
				this.unread = Long.MAX_VALUE;
			}
			else {
				this.unread = unread(consumer, partitions);
			}
			this.problem = null;
		}
		catch (TimeoutException ex) {
			this.problem = "Kafka does not answer at " + this.settings.properties()
				.getOrDefault("bootstrap.servers", "'bootstrap.servers', which is not set");
		}
		this.lookedAt = System.nanoTime();
	}

	private static long unread(Consumer<?, ?> consumer, Set<TopicPartition> partitions) {
		return consumer.endOffsets(partitions, PATIENCE)
			.entrySet()
			.stream()
			.mapToLong((end) -> Math.max(0, end.getValue() - consumer.position(end.getKey(), PATIENCE)))
			.sum();
	}

	/**
	 * Why nothing is read; {@code null} when Kafka answers.
	 */
	@Nullable String problem() {
		return this.problem;
	}

	/**
	 * What a consumer without partitions waits for.
	 */
	IngestionStatus waiting() {
		return this.waiting;
	}

	/**
	 * How many records were left to read in the consumer's partitions; the largest number
	 * where it is not known.
	 */
	long unread() {
		return this.unread;
	}

}
