package io.bemi.kafka;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import io.bemi.ingestion.BaselineSettings;
import io.bemi.ingestion.ChangeSink;
import io.bemi.ingestion.IngestionStatus;
import io.bemi.ingestion.IngestionStatus.Phase;
import io.bemi.kafka.StagingWriter.LostPartitionException;
import io.bemi.replication.ReplicationSource;
import io.bemi.store.PostgresChangeSink;
import io.bemi.store.StoreSettings;
import io.bemi.tracking.ColumnRules;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One consumer of a connector's topics. Any number of them, in any number of processes,
 * share the partitions; together they store each change exactly once. Whatever fails is
 * said once, with what to do about it, and tried again.
 */
public final class KafkaIngester implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(KafkaIngester.class);

	private static final Duration POLL = Duration.ofMillis(100);

	private static final long REST_MILLIS = 1_000;

	private final KafkaSettings settings;

	private final Staging staging;

	private final Supplier<TransactionStorer> storers;

	private final Thread thread;

	private volatile boolean stopped;

	private volatile @Nullable KafkaConsumer<byte[], byte[]> consumer;

	private volatile @Nullable TransactionStorer storer;

	private volatile IngestionStatus status = new IngestionStatus(Phase.STARTING, "Waiting for partitions", null);

	/**
	 * Creates a consumer that does not run yet.
	 * @param settings which topics are read
	 * @param source the database that the connector reads: its catalogue is asked for
	 * tables and types; slot and publication are those of the connector
	 * @param store where changes go
	 * @param baselines which rows are copied that are there already
	 * @param rules which columns are recorded, and how
	 */
	public KafkaIngester(KafkaSettings settings, ReplicationSource source, StoreSettings store,
			BaselineSettings baselines, ColumnRules rules) {
		this(settings, source, store, () -> new PostgresChangeSink(store), baselines, rules);
	}

	KafkaIngester(KafkaSettings settings, ReplicationSource source, StoreSettings store, Supplier<ChangeSink> sinks,
			BaselineSettings baselines, ColumnRules rules) {
		this.settings = settings;
		this.staging = new Staging(store, settings.prefix());
		this.storers = () -> new TransactionStorer(this.staging, source, sinks, baselines, rules);
		this.thread = new Thread(this::run, "bemi-kafka");
		this.thread.setDaemon(true);
	}

	/**
	 * Starts the thread.
	 */
	public void start() {
		this.thread.start();
	}

	/**
	 * What it does now: of the consumers of a connector one stores and is streaming, the
	 * others stand by with that, and read.
	 */
	public IngestionStatus status() {
		IngestionStatus current = this.status;
		TransactionStorer storing = this.storer;
		return (current.phase() == Phase.STREAMING && storing != null && storing.isFailed())
				? new IngestionStatus(Phase.FAILED, storing.state(), null)
				: (current.phase() == Phase.STREAMING && storing != null)
						? new IngestionStatus(Phase.STREAMING, storing.state(), null) : current;
	}

	private void run() {
		while (!this.stopped) {
			try {
				readUntilStopped();
			}
			catch (WakeupException ex) {
				logger.debug("Stopped");
			}
			catch (LostPartitionException ex) {
				logger.info("{}", ex.getMessage());
			}
			catch (Exception | Error ex) {
				failed(ex);
				rest();
			}
		}
		report(new IngestionStatus(Phase.STOPPED, "Reading from Kafka has stopped", null));
	}

	private void readUntilStopped() throws SQLException {
		Connection connection = this.staging.connect();
		try (StagingWriter writer = new StagingWriter(connection, this.staging.feed(connection),
				new EventReader(this.settings));
				KafkaConsumer<byte[], byte[]> open = new KafkaConsumer<>(properties())) {
			this.consumer = open;
			open.subscribe(this.settings.topics(), new Assignment(open, writer));
			while (!this.stopped) {
				ConsumerRecords<byte[], byte[]> records = open.poll(POLL);
				if (!records.isEmpty()) {
					writer.write(records);
					// For people who look at the group: nothing depends on it.
					open.commitAsync((offsets, ex) -> logger.debug("Told the group up to where is read", ex));
				}
				report(phase(open.assignment()));
			}
		}
		finally {
			this.consumer = null;
			stopStoring();
		}
	}

	private IngestionStatus phase(Collection<TopicPartition> partitions) {
		if (partitions.isEmpty()) {
			return new IngestionStatus(Phase.STARTING, "Waiting for partitions", null);
		}
		String reading = "Reading " + partitions.size() + " partitions";
		return (this.storer != null) ? new IngestionStatus(Phase.STREAMING, reading + " and storing", null)
				: new IngestionStatus(Phase.STANDBY, reading + ", another consumer stores", null);
	}

	private Map<String, Object> properties() {
		Map<String, Object> properties = new HashMap<>();
		// So that tables whose topic is new do not wait for long.
		properties.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, 5_000);
		properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 2_000);
		properties.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 16 << 20);
		properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
		properties.put(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
				List.of(CooperativeStickyAssignor.class.getName()));
		properties.putAll(this.settings.properties());
		properties.put(ConsumerConfig.GROUP_ID_CONFIG, this.settings.group());
		properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
		properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
		properties.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
		properties.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
		return properties;
	}

	private void stopStoring() {
		TransactionStorer storing = this.storer;
		this.storer = null;
		if (storing != null) {
			storing.close();
		}
	}

	private void failed(Throwable ex) {
		if (!this.stopped) {
			report(new IngestionStatus(Phase.FAILED, (ex.getMessage() != null) ? ex.getMessage() : ex.toString(), ex));
		}
	}

	private void report(IngestionStatus next) {
		IngestionStatus previous = this.status;
		if (previous.phase() == next.phase() && previous.message().equals(next.message())) {
			return;
		}
		this.status = next;
		if (next.phase() == Phase.FAILED) {
			logger.warn("Changes are not read from Kafka now; they will be once this is mended: {}", next.message());
			logger.debug("Reading failed", next.cause());
		}
		else {
			logger.info("{}", next.message());
		}
	}

	private void rest() {
		try {
			TimeUnit.MILLISECONDS.sleep(REST_MILLIS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			this.stopped = true;
		}
	}

	/**
	 * Stops after what has been read is written down.
	 */
	@Override
	public void close() {
		this.stopped = true;
		KafkaConsumer<byte[], byte[]> open = this.consumer;
		if (open != null) {
			open.wakeup();
		}
		try {
			this.thread.join(TimeUnit.SECONDS.toMillis(20));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Goes on where the store says that a partition has been read up to.
	 */
	private final class Assignment implements ConsumerRebalanceListener {

		private final KafkaConsumer<byte[], byte[]> consumer;

		private final StagingWriter writer;

		Assignment(KafkaConsumer<byte[], byte[]> consumer, StagingWriter writer) {
			this.consumer = consumer;
			this.writer = writer;
		}

		@Override
		public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
			Map<TopicPartition, Long> beginnings = this.consumer.beginningOffsets(partitions);
			for (TopicPartition partition : partitions) {
				try {
					this.consumer.seek(partition, this.writer.take(partition, beginnings.getOrDefault(partition, 0L)));
				}
				catch (SQLException ex) {
					throw new IllegalStateException("The store cannot be used: " + ex.getMessage(), ex);
				}
				if (isOfTransactions(partition)) {
					begin(partition);
				}
			}
		}

		private void begin(TopicPartition partition) {
			int count = this.consumer.partitionsFor(partition.topic()).size();
			if (count != 1) {
				throw new IllegalStateException("Topic '" + partition.topic() + "' has " + count
						+ " partitions, in which transactions are not in their order. Stop the connector, delete the topic,"
						+ " and start it with 'topic.creation.transactions.partitions' = '1'");
			}
			if (KafkaIngester.this.storer == null) {
				KafkaIngester.this.storer = KafkaIngester.this.storers.get();
			}
		}

		private boolean isOfTransactions(TopicPartition partition) {
			return partition.topic().equals(KafkaIngester.this.settings.transactions());
		}

		@Override
		public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
			partitions.forEach(this.writer::leave);
			if (partitions.stream().anyMatch(this::isOfTransactions)) {
				stopStoring();
			}
		}

	}

}
