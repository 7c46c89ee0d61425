package io.bemi.kafka;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.bemi.ingestion.BaselineSettings;
import io.bemi.ingestion.Ingester;
import io.bemi.replication.ReplicationSettings;
import io.bemi.replication.ReplicationSource;
import io.bemi.store.PostgresChangeSink;
import io.bemi.store.StoreSettings;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import io.bemi.tracking.ColumnRules;
import io.bemi.tracking.Tracking;
import io.bemi.tracking.TrackingSettings;
import org.awaitility.Awaitility;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A database that is recorded twice, from a slot directly and by Kafka, into two schemas
 * of a store.
 */
public final class TwoPaths implements AutoCloseable {

	/** All of a change but its position, which is that of the other end of the commit. */
	private static final String CHANGES = """
			SELECT row_number() OVER (ORDER BY position, ordinal) AS n, primary_key, "values"::text, metadata::text, database,
			       schema, "table", operation, committed_at, before::text,
			       (SELECT array_agg(c ORDER BY c) FROM unnest(changed) c)::text AS changed, unknown::text, transaction_id,
			       ordinal
			  FROM %s.changes
			""";

	private static final String DIFFERENT = """
			SELECT d::text, k::text FROM (%s) d FULL JOIN (%s) k USING (n)
			 WHERE d.* IS DISTINCT FROM k.* ORDER BY n LIMIT 3
			""".formatted(CHANGES.formatted("direct"), CHANGES.formatted("kafka"));

	private final KafkaServers servers = KafkaServers.shared();

	private final TestDatabase database;

	private final TestDatabase store;

	private final Ingester direct;

	private final ConnectorConfiguration connector;

	private final List<AutoCloseable> workers = new ArrayList<>();

	private int barrier;

	private TwoPaths(TestDatabase database) throws InterruptedException, SQLException {
		this.database = database;
		this.store = database.server().createDatabase();
		try (Connection connection = database.connect()) {
			new Tracking(TrackingSettings.everything("test")).track(connection);
		}
		this.direct = new Ingester(source(ReplicationSettings.slotOf(database.name())),
				new PostgresChangeSink(store("direct")));
		this.direct.start();
		assertThat(this.direct.awaitSettled(Duration.ofSeconds(30))).isTrue();
		this.connector = new ConnectorConfiguration(source(slot()).settings(), database.name(), 3, 1);
		startConnector();
	}

	/**
	 * Starts the connector, and waits until it reads its slot.
	 */
	void startConnector() {
		this.servers.create(this.connector);
		awaitConnector("t");
	}

	/**
	 * Stops the connector and forgets how far it has read, but not its slot.
	 */
	void stopConnector() {
		this.servers.forget("bemi-" + this.database.name());
		awaitConnector("f");
	}

	private void awaitConnector(String active) {
		Awaitility.await("connector")
			.atMost(Duration.ofSeconds(60))
			.untilAsserted(() -> assertThat(active()).as(this::status).containsExactly(active));
	}

	void dropSlot() {
		this.database.execute("SELECT pg_drop_replication_slot('" + slot() + "')");
	}

	/**
	 * A database with tables, and nothing in them.
	 */
	public static TwoPaths on(String... tables) throws InterruptedException, SQLException {
		TestDatabase database = PostgresServer.shared().createDatabase();
		database.execute("CREATE TABLE barrier (number int PRIMARY KEY)");
		database.execute(tables);
		return new TwoPaths(database);
	}

	private List<String> active() {
		return this.database.query("SELECT active FROM pg_replication_slots WHERE slot_name = '" + slot() + "'");
	}

	String status() {
		return this.servers.status("bemi-" + this.database.name());
	}

	KafkaServers servers() {
		return this.servers;
	}

	ConnectorConfiguration connector() {
		return this.connector;
	}

	public TestDatabase database() {
		return this.database;
	}

	TestDatabase store() {
		return this.store;
	}

	String slot() {
		return ConnectorConfiguration.slot(this.database.name());
	}

	private ReplicationSource source(String slot) {
		PostgresServer server = this.database.server();
		return new ReplicationSource(
				new ReplicationSettings(this.database.url(), server.username(), server.password(), slot, "bemi"));
	}

	private StoreSettings store(String schema) {
		return new StoreSettings(this.store.url(), this.store.server().username(), this.store.server().password(),
				schema);
	}

	/**
	 * Starts a consumer in this JVM.
	 */
	public KafkaIngester startConsumer() {
		return startConsumer(Map.of());
	}

	/**
	 * Starts a consumer in this JVM.
	 * @param properties of the consumer, beside those that all have
	 */
	KafkaIngester startConsumer(Map<String, Object> properties) {
		KafkaIngester consumer = consumer(this.servers.bootstrap(), source(slot()), store("kafka"),
				this.database.name(), properties);
		this.workers.add(consumer);
		consumer.start();
		return consumer;
	}

	/**
	 * Starts a consumer in a JVM of its own.
	 */
	JavaProcess startWorker() {
		PostgresServer server = this.database.server();
		JavaProcess worker = JavaProcess.own(this.servers.folder(), Worker.class, this.servers.bootstrap(),
				this.database.name(), this.database.url(), server.username(), server.password(), slot(),
				this.store.url());
		this.workers.add(worker);
		return worker;
	}

	static KafkaIngester consumer(String bootstrap, ReplicationSource source, StoreSettings store, String prefix,
			Map<String, Object> more) {
		Map<String, Object> properties = new HashMap<>(Map.of("bootstrap.servers", bootstrap, "session.timeout.ms",
				6_000, "heartbeat.interval.ms", 500, "metadata.max.age.ms", 500));
		properties.putAll(more);
		return new KafkaIngester(new KafkaSettings(prefix, "bemi-" + prefix, properties), source, store,
				BaselineSettings.ALL, ColumnRules.NONE);
	}

	/**
	 * Waits until everything that is committed by now has come both ways.
	 */
	public void awaitStored(Duration patience) {
		this.barrier++;
		this.database.execute("INSERT INTO barrier VALUES (" + this.barrier + ")");
		for (String path : new String[] { "direct", "kafka" }) {
			Awaitility.await(path)
				.atMost(patience)
				.pollInterval(Duration.ofMillis(100))
				.untilAsserted(() -> assertThat(isStored(path)).as(() -> path + ": " + state()).isTrue());
		}
	}

	private boolean isStored(String path) {
		return this.store.query("SELECT to_regclass('" + path + ".changes')").get(0).contains("changes") && this.store
			.query("SELECT count(*) FROM %s.changes WHERE \"table\" = 'barrier' AND primary_key = '%d'".formatted(path,
					this.barrier))
			.equals(List.of("1"));
	}

	private String state() {
		return this.direct.status() + ", "
				+ this.workers.stream()
					.map((worker) -> (worker instanceof KafkaIngester consumer) ? consumer.status().toString()
							: ((JavaProcess) worker).output())
					.toList()
				+ ", " + status();
	}

	/**
	 * The first changes that are not the same.
	 */
	public List<String> different() {
		return this.store.query(DIFFERENT);
	}

	/**
	 * The first changes whose position is not within their commit.
	 */
	List<String> misplaced() {
		return this.store
			.query("""
					SELECT d.position, k.position
					  FROM (SELECT row_number() OVER (ORDER BY position, ordinal) AS n, position FROM direct.changes) d
					  JOIN (SELECT row_number() OVER (ORDER BY position, ordinal) AS n, position FROM kafka.changes) k USING (n)
					 WHERE k.position <= d.position OR k.position - d.position > 100000 LIMIT 3
					""");
	}

	/**
	 * How many changes have come by Kafka.
	 */
	long stored() {
		return this.store.query("SELECT to_regclass('kafka.change')").get(0).contains("change")
				? Long.parseLong(this.store.query("SELECT count(*) FROM kafka.change").get(0)) : 0;
	}

	public List<String> query(String sql) {
		return this.store.query(sql);
	}

	@Override
	public void close() throws Exception {
		for (AutoCloseable worker : this.workers) {
			worker.close();
		}
		this.direct.close();
		this.servers.delete("bemi-" + this.database.name());
		this.database.close();
		this.store.close();
	}

	/**
	 * A consumer that runs until it is killed.
	 */
	static final class Worker {

		private Worker() {
		}

		/**
		 * Runs it.
		 * @param arguments as {@link #startWorker()} gives them
		 * @throws InterruptedException when it is interrupted
		 */
		public static void main(String[] arguments) throws InterruptedException {
			ReplicationSource source = new ReplicationSource(
					new ReplicationSettings(arguments[2], arguments[3], arguments[4], arguments[5], "bemi"));
			StoreSettings store = new StoreSettings(arguments[6], arguments[3], arguments[4], "kafka");
			consumer(arguments[0], source, store, arguments[1], Map.of()).start();
			Thread.currentThread().join();
		}

	}

}
