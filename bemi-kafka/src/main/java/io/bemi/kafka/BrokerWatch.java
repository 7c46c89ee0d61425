package io.bemi.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import io.bemi.ingestion.IngestionStatus;
import io.bemi.ingestion.IngestionStatus.Phase;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Asks Kafka now and then whether it is there, and how much is left to read: a consumer
 * says neither of itself. Used by the consumer's thread, but for what was seen.
 */
final class BrokerWatch {

	private static final long INTERVAL = TimeUnit.SECONDS.toNanos(10);

	private static final Duration PATIENCE = Duration.ofSeconds(5);

	/** How long it may take until the connector has made its topic. */
	private static final long MISSING = TimeUnit.MINUTES.toNanos(1);

	private final KafkaSettings settings;

	private final LongSupplier nanoTime;

	private volatile @Nullable String problem;

	private IngestionStatus waiting = new IngestionStatus(Phase.STARTING, "Waiting for partitions", null);

	private volatile long unread = Long.MAX_VALUE;

	private boolean withoutTransactions;

	private long lookedAt;

	/** When the topic of the transactions was there last. */
	private long thereAt;

	BrokerWatch(KafkaSettings settings) {
		this(settings, System::nanoTime);
	}

	/**
	 * Creates one with a clock of its own.
	 */
	BrokerWatch(KafkaSettings settings, LongSupplier nanoTime) {
		this.settings = settings;
		this.nanoTime = nanoTime;
		this.lookedAt = nanoTime.getAsLong();
		this.thereAt = this.lookedAt;
	}

	/**
	 * Looks, if the last time is long enough ago.
	 */
	void look(Consumer<?, ?> consumer) {
		if (this.nanoTime.getAsLong() - this.lookedAt < INTERVAL) {
			return;
		}
		Set<TopicPartition> partitions = consumer.assignment();
		try {
			this.problem = lookForTransactions(consumer, partitions);
			this.unread = partitions.isEmpty() ? Long.MAX_VALUE : unread(consumer, partitions);
		}
		catch (TimeoutException ex) {
			this.problem = "Kafka does not answer at " + this.settings.properties()
				.getOrDefault("bootstrap.servers", "'bootstrap.servers', which is not set");
		}
		catch (AuthorizationException ex) {
			this.problem = "Kafka refuses: " + ex.getMessage();
		}
		this.lookedAt = this.nanoTime.getAsLong();
	}

	/**
	 * Without the topic of the transactions nothing is stored, and nobody has its
	 * partition who could say so.
	 * @return what is wrong once it has been missing for long
	 */
	private @Nullable String lookForTransactions(Consumer<?, ?> consumer, Set<TopicPartition> partitions) {
		String topic = this.settings.transactions();
		boolean there = partitions.stream().anyMatch((partition) -> partition.topic().equals(topic))
				|| isThere(consumer.partitionsFor(topic, PATIENCE));
		this.withoutTransactions = !there;
		if (there) {
			this.thereAt = this.nanoTime.getAsLong();
			this.waiting = new IngestionStatus(Phase.STANDBY, "Standing by: others of the group have all partitions",
					null);
			return null;
		}
		String missing = "there is no topic '" + topic + "'";
		this.waiting = new IngestionStatus(Phase.STARTING, "Waiting for the connector: " + missing + " so far", null);
		return (this.nanoTime.getAsLong() - this.thereAt < MISSING) ? null
				: "Nothing comes by Kafka: " + missing
						+ ". Either no connector has run that was made by the command 'connector', or one without"
						+ " 'provide.transaction.metadata' = 'true', or this consumer may not see it";
	}

	private static boolean isThere(@Nullable List<PartitionInfo> partitions) {
		return partitions != null && !partitions.isEmpty();
	}

	private static long unread(Consumer<?, ?> consumer, Set<TopicPartition> partitions) {
		return consumer.endOffsets(partitions, PATIENCE)
			.entrySet()
			.stream()
			.mapToLong((end) -> Math.max(0, end.getValue() - consumer.position(end.getKey(), PATIENCE)))
			.sum();
	}

	/**
	 * Why nothing is read or stored; {@code null} when Kafka answers, and has the topics.
	 */
	@Nullable String problem() {
		return this.problem;
	}

	/**
	 * Whether the topic of the transactions was not there last.
	 */
	boolean isWithoutTransactions() {
		return this.withoutTransactions;
	}

	/**
	 * What a consumer without partitions, or without transactions, waits for.
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
