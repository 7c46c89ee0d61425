package io.bemi.kafka;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

import io.bemi.ingestion.BaselineProgress;
import io.bemi.ingestion.BaselineSettings;
import io.bemi.ingestion.ChangeSink;
import io.bemi.ingestion.Gap;
import io.bemi.ingestion.IngestionListener;
import io.bemi.ingestion.IngestionProgress;
import io.bemi.ingestion.IngestionStatus;
import io.bemi.ingestion.IngestionStatus.Phase;
import io.bemi.ingestion.Quarantine;
import io.bemi.ingestion.SourceIngester;
import io.bemi.ingestion.WatchedSink;
import io.bemi.kafka.StagingWriter.LostPartitionException;
import io.bemi.replication.ReplicationSource;
import io.bemi.replication.SlotUsage;
import io.bemi.store.PostgresChangeSink;
import io.bemi.store.StoreSettings;
import io.bemi.store.retention.RetentionSettings;
import io.bemi.store.retention.StoreUpkeep;
import io.bemi.tracking.ColumnRules;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
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
public final class KafkaIngester implements SourceIngester {

	private static final Logger logger = LoggerFactory.getLogger(KafkaIngester.class);

	private static final Duration POLL = Duration.ofMillis(100);

	private static final CloseOptions CLOSING = CloseOptions.timeout(Duration.ofSeconds(5));

	private static final long REST_MILLIS = 1_000;

	private final KafkaSettings settings;

	private final Staging staging;

	private final WatchedSink sink;

	private final Supplier<TransactionStorer> storers;

	private final BrokerWatch broker;

	private final LongAdder received = new LongAdder();

	private final LongAdder rejected = new LongAdder();

	private final Thread thread;

	private volatile boolean stopped;

	private volatile @Nullable KafkaConsumer<byte[], byte[]> consumer;

	/** Whether this one has the partition of the transactions, and so stores. */
	private volatile boolean storing;

	private volatile @Nullable TransactionStorer storer;

	private volatile boolean pausing;

	private volatile CountDownLatch paused = new CountDownLatch(0);

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
		this(settings, source, store, new PostgresChangeSink(store, StoreUpkeep.keeping(RetentionSettings.FOREVER)),
				baselines, rules, IngestionListener.NONE);
	}

	/**
	 * Creates a consumer that does not run yet.
	 * @param settings which topics are read
	 * @param source the database that the connector reads: its catalogue is asked for
	 * tables and types; slot and publication are those of the connector
	 * @param store where changes wait until their transaction is complete
	 * @param sink where they go then, in the same store; closed with the consumer
	 * @param baselines which rows are copied that are there already
	 * @param rules which columns are recorded, and how
	 * @param listener is told what is stored
	 */
	public KafkaIngester(KafkaSettings settings, ReplicationSource source, StoreSettings store, ChangeSink sink,
			BaselineSettings baselines, ColumnRules rules, IngestionListener listener) {
		this.settings = settings;
		this.staging = new Staging(store, settings.prefix());
		this.sink = new WatchedSink(sink, listener);
		this.broker = new BrokerWatch(settings);
		this.storers = () -> new TransactionStorer(this.staging, source, this.sink, baselines, rules,
				() -> this.broker.unread() == 0);
		this.thread = new Thread(this::run, "bemi-kafka");
		this.thread.setDaemon(true);
	}

	@Override
	public void start() {
		this.thread.start();
	}

	/**
	 * What it does now: of the consumers of a connector one stores and is streaming, the
	 * others stand by with that, and read.
	 */
	@Override
	public IngestionStatus status() {
		IngestionStatus current = this.status;
		TransactionStorer running = this.storer;
		return (current.phase() == Phase.STREAMING && running != null) ? running.status() : current;
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
			catch (OffsetOutOfRangeException ex) {
				failed(new KafkaException("Kafka has deleted what was not read, by partition and offset "
						+ ex.offsetOutOfRangePartitions() + ": see 'What Kafka has deleted' in docs/troubleshooting.md",
						ex));
				rest();
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
				new EventReader(this.settings))) {
			KafkaConsumer<byte[], byte[]> open = new KafkaConsumer<>(properties());
			try {
				this.consumer = open;
				open.subscribe(this.settings.topics(),
						new Assignment(open, writer, this.settings, this::gainedTransactions, this::lostTransactions));
				while (!this.stopped) {
					ConsumerRecords<byte[], byte[]> records = open.poll(POLL);
					if (!records.isEmpty()) {
						write(records, writer);
						// For people who look at the group: nothing depends on it.
						open.commitAsync((offsets, ex) -> logger.debug("Told the group up to where is read", ex));
					}
					storeOrPause(open);
					this.broker.look(open);
					report(seen(open.assignment()));
				}
			}
			finally {
				open.close(CLOSING);
			}
		}
		finally {
			this.consumer = null;
			this.storing = false;
			stopStoring();
		}
	}

	private void write(ConsumerRecords<byte[], byte[]> records, StagingWriter writer) throws SQLException {
		long rejected = writer.rejected();
		writer.write(records);
		this.rejected.add(writer.rejected() - rejected);
		for (ConsumerRecord<byte[], byte[]> message : records) {
			this.received.add(Math.max(0, message.serializedKeySize()) + Math.max(0, message.serializedValueSize()));
		}
	}

	private void gainedTransactions() {
		this.storing = true;
	}

	/**
	 * A pause ends with that: another one stores now.
	 */
	private void lostTransactions() {
		this.storing = false;
		this.pausing = false;
		stopStoring();
	}

	private void storeOrPause(KafkaConsumer<byte[], byte[]> open) {
		if (!this.storing) {
			this.pausing = false;
		}
		if (this.pausing) {
			stopStoring();
			open.pause(open.assignment());
		}
		else {
			// Also where another one stores now: partitions that are kept stay paused.
			open.resume(open.paused());
			if (this.storing && this.storer == null) {
				this.storer = this.storers.get();
			}
		}
	}

	private IngestionStatus seen(Collection<TopicPartition> partitions) {
		String problem = this.broker.problem();
		if (problem != null) {
			return new IngestionStatus(Phase.FAILED, problem, null);
		}
		if (this.storing && this.storer == null) {
			return new IngestionStatus(Phase.PAUSED,
					"Paused: what comes waits in Kafka, for as long as its topics keep records", null);
		}
		if (partitions.isEmpty() || this.broker.isWithoutTransactions()) {
			return this.broker.waiting();
		}
		String reading = "Reading " + partitions.size() + " partitions";
		return this.storing ? new IngestionStatus(Phase.STREAMING, reading + " and storing", null)
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
		properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
		properties.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
		properties.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
		return properties;
	}

	private void stopStoring() {
		TransactionStorer running = this.storer;
		this.storer = null;
		if (running != null) {
			running.close();
		}
	}

	private void failed(Throwable ex) {
		if (!this.stopped) {
			report(new IngestionStatus(Phase.FAILED, (ex.getMessage() != null) ? ex.getMessage() : ex.toString(), ex));
		}
	}

	private void report(IngestionStatus next) {
		IngestionStatus previous = this.status;
		this.status = next;
		if (next.phase() == Phase.PAUSED) {
			this.paused.countDown();
		}
		if (previous.phase() == next.phase() && previous.message().equals(next.message())) {
			return;
		}
		if (next.phase() == Phase.FAILED) {
			logger.warn("Changes are not read from Kafka now; they will be once this is mended: {} (topics '{}.*')",
					next.message(), this.settings.prefix());
			logger.debug("Reading failed", next.cause());
		}
		else {
			logger.info("{} (topics '{}.*')", next.message(), this.settings.prefix());
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

	@Override
	public BaselineProgress baseline() {
		TransactionStorer running = this.storer;
		return (running != null) ? running.baseline() : BaselineProgress.NONE;
	}

	/**
	 * A record that is no event of the connector counts as added, too.
	 */
	@Override
	public Quarantine quarantine() {
		Quarantine stored = this.sink.quarantine();
		return new Quarantine(stored.added() + this.rejected.sum(), stored.rows());
	}

	/**
	 * How much of the log the server keeps for the connector, as far as this one stores.
	 */
	@Override
	public @Nullable SlotUsage slotUsage() {
		TransactionStorer running = this.storer;
		return (running != null) ? running.watch().usage() : null;
	}

	@Override
	public @Nullable Instant activeAt() {
		TransactionStorer running = this.storer;
		return (running != null) ? running.activeAt() : null;
	}

	/**
	 * Known to the one that stores.
	 */
	@Override
	public @Nullable Duration lag() {
		TransactionStorer running = this.storer;
		return (running != null) ? this.sink.progress().lag(running.watch().upToDateAt()) : null;
	}

	/**
	 * What was received is counted as it comes from Kafka.
	 */
	@Override
	public IngestionProgress progress() {
		return this.sink.progress().withReceived(this.received.sum());
	}

	/**
	 * Pauses the one that stores: it keeps its partitions, and reads and stores nothing
	 * more until {@link #resume()}, or until Kafka gives the partition of the
	 * transactions to another one. The others read on, and what they read waits in the
	 * store.
	 */
	@Override
	public IngestionStatus pause(Duration patience) throws InterruptedException {
		if (this.storing) {
			CountDownLatch reached = new CountDownLatch(1);
			this.paused = reached;
			this.pausing = true;
			reached.await(patience.toMillis(), TimeUnit.MILLISECONDS);
		}
		return status();
	}

	@Override
	public void resume() {
		this.pausing = false;
	}

	@Override
	public boolean isPaused() {
		return this.pausing;
	}

	@Override
	public @Nullable Gap lastGap() {
		return this.sink.lastGap();
	}

	@Override
	public OptionalLong gaps() {
		return this.sink.gaps();
	}

	@Override
	public void retire() {
		this.stopped = true;
		KafkaConsumer<byte[], byte[]> open = this.consumer;
		if (open != null) {
			open.wakeup();
		}
	}

	/**
	 * Stops after what has been read is written down, and what is being stored is stored.
	 */
	@Override
	public void close() {
		retire();
		try {
			this.thread.join(TimeUnit.SECONDS.toMillis(20));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
