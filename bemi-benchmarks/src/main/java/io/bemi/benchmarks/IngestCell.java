package io.bemi.benchmarks;

import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import io.bemi.ingestion.Ingester;
import io.bemi.ingestion.IngestionStatus.Phase;
import io.bemi.replication.ReplicationSettings;
import io.bemi.replication.ReplicationSource;
import io.bemi.store.PostgresChangeSink;
import io.bemi.store.StoreSettings;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.postgresql.PGConnection;
import org.postgresql.replication.PGReplicationStream;

/**
 * A shape's log, which is written once, and its slots from before that. Whoever drains it
 * begins with a copy of such a slot; Bemi with a copy of the store that goes with it,
 * too.
 */
final class IngestCell implements AutoCloseable {

	private static final String PUBLICATION = "bemi";

	private static final Duration PATIENCE = Duration.ofMinutes(5);

	private final EmbeddedPostgres server;

	private final IngestShape shape;

	private final int all;

	/** The database, and what the names of its slots begin with. */
	private final String name;

	/** Not after the commit of the last transaction, and after the one before. */
	private String end = "0/0";

	IngestCell(EmbeddedPostgres server, IngestShape shape, int all) {
		this.server = server;
		this.shape = shape;
		this.all = all;
		this.name = shape.name().toLowerCase(Locale.ROOT);
	}

	/**
	 * Makes the slots, and writes what is to be drained.
	 */
	void prepare() throws SQLException, InterruptedException {
		execute("postgres", "CREATE DATABASE " + this.name, "CREATE DATABASE " + this.name + "_store");
		execute(this.name, this.shape.table(), "CREATE PUBLICATION " + PUBLICATION + " FOR TABLE measured");
		if (this.shape.live(this.all) > 0) {
			execute(this.name, IngestSql.NARROW_INSERT.replace("{from}", "1")
				.replace("{to}", String.valueOf(this.shape.live(this.all))), "VACUUM ANALYZE measured");
		}
		createSlot("_warm");
		if (this.shape.warmUp(this.all) > 0) {
			write(0, this.shape.warmUp(this.all));
		}
		if (this.shape.live(this.all) == 0) {
			execute(this.name, "TRUNCATE measured");
		}
		createSlot("_measured");
		try (Ingester ingester = ingester(this.name + "_store")) {
			start(ingester);
			await(() -> ingester.baseline().isComplete(), ingester);
		}
		copySlot(ReplicationSettings.slotOf(this.name), this.name + "_bemi");
		this.end = write(0, this.shape.rows(this.all));
	}

	/**
	 * Writes rows, in transactions.
	 * @return a position that is not after the last commit, and after the one before
	 */
	private String write(int from, int to) throws SQLException {
		int size = Math.min(this.shape.perTransaction(this.all), to - from);
		int last = to - size;
		try (Connection connection = connect(this.name); Statement statement = connection.createStatement()) {
			// The last COMMIT waits for all of them.
			statement.execute("SET synchronous_commit = off");
			statement.execute("DO $$ BEGIN FOR n IN 0 .. %d LOOP %s; COMMIT; END LOOP; END $$"
				.formatted((last - from) / size - 1, this.shape.write(from + " + n * " + size + " + 1",
						from + " + n * " + size + " + " + size, this.all)));
			statement.execute("SET synchronous_commit = on");
			connection.setAutoCommit(false);
			statement.execute(this.shape.write(String.valueOf(last + 1), String.valueOf(to), this.all));
			String position = query(statement, "SELECT pg_current_wal_insert_lsn()");
			connection.commit();
			return position;
		}
	}

	/**
	 * Drains the log once.
	 * @return rows per second
	 */
	double drain(IngestSide side) throws SQLException, IOException, InterruptedException {
		double millis = switch (side) {
			case RAW -> drainRaw();
			case BEMI -> drainBemi();
			case DEBEZIUM -> drainDebezium();
		};
		return this.shape.rows(this.all) / millis * 1000;
	}

	private double drainRaw() throws SQLException {
		execute("postgres", "CHECKPOINT");
		try (Connection connection = source().connectForReplication()) {
			PGReplicationStream stream = connection.unwrap(PGConnection.class)
				.getReplicationAPI()
				.replicationStream()
				.logical()
				.withSlotName(this.name + "_measured")
				.withSlotOption("proto_version", 1)
				.withSlotOption("publication_names", PUBLICATION)
				.withSlotOption("messages", true)
				.withAutomaticFlush(false)
				.withStatusInterval(1, TimeUnit.SECONDS)
				.start();
			Stopwatch watch = new Stopwatch();
			for (int rows = 0; rows < this.shape.rows(this.all);) {
				byte kind = stream.read().get();
				rows += (kind == 'I' || kind == 'U') ? 1 : 0;
			}
			watch.stop();
			stream.close();
			return watch.milliseconds();
		}
	}

	private double drainBemi() throws SQLException, InterruptedException {
		String store = this.name + "_copy";
		String slot = ReplicationSettings.slotOf(this.name);
		execute("postgres", "DROP DATABASE IF EXISTS " + store,
				"CREATE DATABASE " + store + " TEMPLATE " + this.name + "_store",
				"SELECT pg_drop_replication_slot('" + slot + "')");
		copySlot(this.name + "_bemi", slot);
		execute("postgres", "CHECKPOINT");
		double millis;
		try (Ingester ingester = ingester(store);
				Connection connection = connect(store);
				Statement statement = connection.createStatement()) {
			start(ingester);
			Stopwatch watch = new Stopwatch();
			String stored = "SELECT position >= '" + this.end + "' FROM bemi.source";
			await(() -> "t".equals(answer(statement, stored)), ingester);
			watch.stop();
			millis = watch.milliseconds();
		}
		check(store, "SELECT count(*) FROM bemi.change WHERE operation <> 'B'", this.shape.rows(this.all));
		check(store, "SELECT count(*) FROM bemi.change WHERE operation = 'B'", this.shape.live(this.all));
		return millis;
	}

	private double drainDebezium() throws SQLException, IOException, InterruptedException {
		for (String slot : new String[] { "_warm", "_measured" }) {
			copySlot(this.name + slot, this.name + slot + "_copy");
		}
		execute("postgres", "CHECKPOINT");
		double millis = DebeziumProcess.drain(url(this.name), PUBLICATION, url(IngestFlatTable.DATABASE),
				this.name + "_warm_copy", this.shape.warmUp(this.all), this.name + "_measured_copy",
				this.shape.rows(this.all));
		check(IngestFlatTable.DATABASE, "SELECT count(*) FROM flat", this.shape.rows(this.all));
		for (String slot : new String[] { "_warm_copy", "_measured_copy" }) {
			dropSlots(this.name + slot);
		}
		return millis;
	}

	private ReplicationSource source() {
		return new ReplicationSource(new ReplicationSettings(url(this.name), "postgres", "",
				ReplicationSettings.slotOf(this.name), PUBLICATION));
	}

	private Ingester ingester(String store) {
		return new Ingester(source(), new PostgresChangeSink(new StoreSettings(url(store), "postgres", "", "bemi")));
	}

	private static void start(Ingester ingester) throws InterruptedException {
		ingester.start();
		await(() -> ingester.status().phase() == Phase.STREAMING, ingester);
	}

	private static void await(BooleanSupplier condition, Ingester ingester) throws InterruptedException {
		long deadline = System.nanoTime() + PATIENCE.toNanos();
		while (!condition.getAsBoolean()) {
			if (System.nanoTime() > deadline || ingester.status().phase() == Phase.FAILED) {
				throw new IllegalStateException("Nothing more is stored: " + ingester.status());
			}
			Thread.sleep(1);
		}
	}

	private void createSlot(String suffix) throws SQLException {
		execute(this.name, "SELECT pg_create_logical_replication_slot('" + this.name + suffix + "', 'pgoutput')");
	}

	private void copySlot(String from, String to) throws SQLException {
		execute(this.name, "SELECT pg_copy_logical_replication_slot('" + from + "', '" + to + "')");
	}

	/**
	 * Drops slots; one that has just been used may be so for a moment still.
	 */
	private void dropSlots(String pattern) throws SQLException {
		execute(this.name,
				"SELECT pg_terminate_backend(active_pid, 10000) FROM pg_replication_slots WHERE active_pid IS NOT NULL",
				"SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name LIKE '" + pattern
						+ "'");
	}

	private void check(String database, String question, int expected) throws SQLException {
		try (Connection connection = connect(database); Statement statement = connection.createStatement()) {
			String found = query(statement, question);
			if (!found.equals(String.valueOf(expected))) {
				throw new IllegalStateException("Expected " + expected + " rows of " + this.shape + ", found " + found);
			}
		}
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
		dropSlots("%");
		execute("postgres", "DROP DATABASE " + this.name + " WITH (FORCE)",
				"DROP DATABASE " + this.name + "_store WITH (FORCE)",
				"DROP DATABASE IF EXISTS " + this.name + "_copy WITH (FORCE)");
	}

}
