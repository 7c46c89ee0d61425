package io.bemi.benchmarks;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import io.bemi.ingestion.Ingester;
import io.bemi.ingestion.IngestionStatus.Phase;
import io.bemi.replication.ReplicationSettings;
import io.bemi.replication.ReplicationSource;
import io.bemi.replication.SlotGroup;
import io.bemi.store.PostgresChangeSink;
import io.bemi.store.StoreSettings;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.postgresql.PGConnection;
import org.postgresql.replication.PGReplicationStream;

/**
 * A log of two tables, which is written once, and its slots from before that: one for
 * both tables, and one for each. Whoever drains it begins with copies of such slots, and
 * of the store that goes with them.
 */
final class GroupsCell implements AutoCloseable {

	private static final String DATABASE = "grouped";

	private static final List<String> TABLES = List.of("measured_a", "measured_b");

	private static final int PER_TRANSACTION = 100;

	private static final Duration PATIENCE = Duration.ofMinutes(5);

	private final EmbeddedPostgres server;

	private final int rows;

	/** Not after the commit of the last transaction, and after the one before. */
	private String end = "0/0";

	GroupsCell(EmbeddedPostgres server, int rows) {
		this.server = server;
		this.rows = rows / PER_TRANSACTION * PER_TRANSACTION;
	}

	/**
	 * Makes the slots, and writes what is to be drained.
	 */
	void prepare() throws SQLException, InterruptedException {
		execute("postgres", "CREATE DATABASE " + DATABASE);
		for (String table : TABLES) {
			execute(DATABASE, IngestSql.NARROW_TABLE.replace("measured", table),
					"CREATE PUBLICATION only_" + table + " FOR TABLE " + table);
		}
		execute(DATABASE, "CREATE PUBLICATION of_both FOR TABLE " + String.join(", ", TABLES));
		for (int slots = 1; slots <= 2; slots++) {
			execute("postgres", "CREATE DATABASE " + store(slots));
			List<Ingester> ingesters = start(slots, store(slots));
			await(() -> ingesters.stream().allMatch((ingester) -> ingester.baseline().isComplete()), ingesters);
			ingesters.forEach(Ingester::close);
			for (ReplicationSettings settings : settings(slots)) {
				copySlot(settings.slot(), settings.slot() + "_kept");
			}
		}
		this.end = write();
	}

	private static String store(int slots) {
		return "store_of_" + slots;
	}

	private List<ReplicationSettings> settings(int slots) {
		if (slots == 1) {
			return List.of(settings("through_one", "of_both", null));
		}
		List<String> names = TABLES.stream().map((table) -> "through_" + table).toList();
		return TABLES.stream()
			.map((table) -> settings("through_" + table, "only_" + table,
					new SlotGroup("through_two", names, List.of(table), List.of())))
			.toList();
	}

	private ReplicationSettings settings(String slot, String publication,
			@org.jspecify.annotations.Nullable SlotGroup group) {
		return new ReplicationSettings(url(DATABASE), "postgres", "", slot, publication, group);
	}

	/**
	 * Each transaction writes as much to one table as to the other.
	 * @return a position that is not after the last commit, and after the one before
	 */
	private String write() throws SQLException {
		int half = PER_TRANSACTION / 2;
		StringBuilder body = new StringBuilder();
		for (String table : TABLES) {
			body.append(IngestSql.NARROW_INSERT.strip()
				.replace("measured", table)
				.replace("{from}", "n * " + half + " + 1")
				.replace("{to}", "n * " + half + " + " + half)).append("; ");
		}
		int transactions = this.rows / PER_TRANSACTION;
		try (Connection connection = connect(DATABASE); Statement statement = connection.createStatement()) {
			// The last COMMIT waits for all of them.
			statement.execute("SET synchronous_commit = off");
			statement.execute(
					"DO $$ BEGIN FOR n IN 0 .. %d LOOP %s COMMIT; END LOOP; END $$".formatted(transactions - 2, body));
			statement.execute("SET synchronous_commit = on");
			connection.setAutoCommit(false);
			statement.execute("DO $$ DECLARE n int := %d; BEGIN %s END $$".formatted(transactions - 1, body));
			String position = query(statement, "SELECT pg_current_wal_insert_lsn()");
			connection.commit();
			return position;
		}
	}

	/**
	 * Drains the log once.
	 * @param slots through how many slots
	 * @param stored whether into a store
	 * @return rows per second
	 */
	double drain(int slots, boolean stored) throws SQLException, InterruptedException {
		for (ReplicationSettings settings : settings(slots)) {
			execute("postgres",
					"SELECT pg_terminate_backend(active_pid, 10000) FROM pg_replication_slots WHERE slot_name = '"
							+ settings.slot() + "' AND active",
					"SELECT pg_drop_replication_slot('" + settings.slot() + "')");
			copySlot(settings.slot() + "_kept", settings.slot());
		}
		double millis = stored ? drainIntoStore(slots) : drainRaw(slots);
		return this.rows / millis * 1000;
	}

	private double drainIntoStore(int slots) throws SQLException, InterruptedException {
		String store = store(slots) + "_copy";
		execute("postgres", "DROP DATABASE IF EXISTS " + store + " WITH (FORCE)",
				"CREATE DATABASE " + store + " TEMPLATE " + store(slots), "CHECKPOINT");
		List<Ingester> ingesters = List.of();
		try (Connection connection = connect(store); Statement statement = connection.createStatement()) {
			ingesters = start(slots, store);
			Stopwatch watch = new Stopwatch();
			String stored = "SELECT min(position) >= '" + this.end + "' FROM bemi.source";
			List<Ingester> started = ingesters;
			await(() -> "t".equals(answer(statement, stored)), started);
			watch.stop();
			String recorded = query(statement, "SELECT count(*) FROM bemi.change WHERE operation <> 'B'");
			if (!recorded.equals(String.valueOf(this.rows))) {
				throw new IllegalStateException("Expected " + this.rows + " rows, found " + recorded);
			}
			return watch.milliseconds();
		}
		finally {
			ingesters.forEach(Ingester::close);
		}
	}

	private double drainRaw(int slots) throws SQLException {
		execute("postgres", "CHECKPOINT");
		Stopwatch watch = new Stopwatch();
		List<CompletableFuture<Void>> readers = settings(slots).stream()
			.map((settings) -> CompletableFuture.runAsync(() -> read(settings, this.rows / slots)))
			.toList();
		readers.forEach(CompletableFuture::join);
		watch.stop();
		return watch.milliseconds();
	}

	private static void read(ReplicationSettings settings, int expected) {
		try (Connection connection = new ReplicationSource(settings).connectForReplication()) {
			PGReplicationStream stream = connection.unwrap(PGConnection.class)
				.getReplicationAPI()
				.replicationStream()
				.logical()
				.withSlotName(settings.slot())
				.withSlotOption("proto_version", 1)
				.withSlotOption("publication_names", settings.publication())
				.withSlotOption("messages", true)
				.withAutomaticFlush(false)
				.withStatusInterval(1, TimeUnit.SECONDS)
				.start();
			for (int rows = 0; rows < expected;) {
				rows += (stream.read().get() == 'I') ? 1 : 0;
			}
			stream.close();
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private List<Ingester> start(int slots, String store) throws InterruptedException {
		List<Ingester> ingesters = new ArrayList<>();
		for (ReplicationSettings settings : settings(slots)) {
			Ingester ingester = new Ingester(new ReplicationSource(settings),
					new PostgresChangeSink(new StoreSettings(url(store), "postgres", "", "bemi")));
			ingester.start();
			ingesters.add(ingester);
		}
		await(() -> ingesters.stream().allMatch((ingester) -> ingester.status().phase() == Phase.STREAMING), ingesters);
		return ingesters;
	}

	private static void await(BooleanSupplier condition, List<Ingester> ingesters) throws InterruptedException {
		long deadline = System.nanoTime() + PATIENCE.toNanos();
		while (!condition.getAsBoolean()) {
			if (System.nanoTime() > deadline
					|| ingesters.stream().anyMatch((ingester) -> ingester.status().phase() == Phase.FAILED)) {
				throw new IllegalStateException(
						"Nothing more is stored: " + ingesters.stream().map(Ingester::status).toList());
			}
			Thread.sleep(1);
		}
	}

	private void copySlot(String from, String to) throws SQLException {
		execute(DATABASE, "SELECT pg_copy_logical_replication_slot('" + from + "', '" + to + "')");
	}

	private static String answer(Statement statement, String question) {
		try {
			return query(statement, question);
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static String query(Statement statement, String sql) throws SQLException {
		try (ResultSet row = statement.executeQuery(sql)) {
			row.next();
			return String.valueOf(row.getString(1));
		}
	}

	private void execute(String database, String... statements) throws SQLException {
		try (Connection connection = connect(database); Statement statement = connection.createStatement()) {
			for (String sql : statements) {
				statement.execute(sql);
			}
		}
	}

	private Connection connect(String database) throws SQLException {
		return this.server.getDatabase("postgres", database).getConnection();
	}

	private String url(String database) {
		return this.server.getJdbcUrl("postgres", database);
	}

	/**
	 * Lets go of the log.
	 */
	@Override
	public void close() throws SQLException {
		execute("postgres", "SELECT pg_terminate_backend(active_pid, 10000) FROM pg_replication_slots WHERE active",
				"SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots");
	}

}
