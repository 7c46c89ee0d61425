package io.bemi.benchmarks;

import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.bemi.connection.BemiDataSource;
import io.bemi.ingestion.Ingester;
import io.bemi.query.EntityTables;
import io.bemi.query.IngestionBarrier;
import io.bemi.query.JdbcChanges;
import io.bemi.query.QuerySettings;
import io.bemi.replication.ReplicationSettings;
import io.bemi.replication.ReplicationSource;
import io.bemi.revert.JdbcReverter;
import io.bemi.revert.RevertPlan;
import io.bemi.revert.RevertReport;
import io.bemi.store.PostgresChangeSink;
import io.bemi.store.StoreSettings;
import io.bemi.timetravel.JdbcTimeTravel;
import io.bemi.timetravel.TravellingApplication;
import io.bemi.tracking.Tracking;
import io.bemi.tracking.TrackingSettings;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Undoing one transaction of many rows: by a revert, and by what somebody writes by hand
 * who knows what it did. One such script takes the rows from the history, as the revert
 * does; another one from a copy that somebody has happened to keep. Of ten rows six are
 * updated, two deleted and two created, in two tables with a foreign key between them.
 */
final class RevertComparison {

	private static final int ROWS = Integer.getInteger("bemi.benchmarks.rows", 100_000);

	private static final int ROUNDS = Integer.getInteger("bemi.benchmarks.rounds", 4);

	private static final String TABLES = """
			CREATE TABLE orders (id bigint PRIMARY KEY, customer bigint, status text, amount numeric(12, 2), note text, paid boolean,
			    created_at timestamptz, code bigint UNIQUE);
			CREATE TABLE items (id bigint PRIMARY KEY, orders bigint NOT NULL REFERENCES orders, name text, price numeric(12, 2));
			CREATE INDEX ON items (orders);
			INSERT INTO orders SELECT i, i %% 1000, 'new', i, md5(i::text), false, now(), i FROM generate_series(1, 2 * %1$d) i;
			INSERT INTO items SELECT i, i, 'item ' || i, i FROM generate_series(1, 2 * %1$d) i
			""";

	private static final List<String> KEPT = List.of(
			"CREATE UNLOGGED TABLE copy_orders AS SELECT * FROM orders WHERE id <= %1$d * 6 / 10",
			"CREATE UNLOGGED TABLE copy_items AS SELECT * FROM items WHERE id > %1$d AND id <= %1$d + %1$d * 2 / 10",
			"ALTER TABLE copy_orders ADD PRIMARY KEY (id)");

	private static final List<String> JOB = List.of(
			"UPDATE orders SET status = 'sent', amount = amount + 1, paid = true WHERE id <= %1$d * 6 / 10",
			"DELETE FROM items WHERE id > %1$d AND id <= %1$d + %1$d * 2 / 10",
			"INSERT INTO orders SELECT i, 1, 'bad', 1, 'made', false, now(), i FROM generate_series(10 * %1$d, 10 * %1$d + %1$d / 10 - 1) i",
			"INSERT INTO items SELECT i, i, 'bad', 1 FROM generate_series(10 * %1$d, 10 * %1$d + %1$d / 10 - 1) i");

	private static final List<String> FROM_HISTORY = List.of(
			"""
					CREATE TEMP TABLE bad ON COMMIT DROP AS
					SELECT "table", operation, before, (coalesce("values" -> 'id', before -> 'id'))::bigint AS id FROM bemi.changes
					 WHERE transaction_id = %2$d""",
			"ANALYZE bad", """
					UPDATE orders o SET status = b.before ->> 'status', amount = (b.before ->> 'amount')::numeric,
					       paid = (b.before ->> 'paid')::boolean
					  FROM bad b WHERE b."table" = 'orders' AND b.operation = 'UPDATE' AND o.id = b.id""", """
					INSERT INTO items SELECT r.* FROM bad b, jsonb_populate_record(NULL::items, b.before) r
					 WHERE b."table" = 'items' AND b.operation = 'DELETE'""",
			"DELETE FROM items i USING bad b WHERE b.\"table\" = 'items' AND b.operation = 'CREATE' AND i.id = b.id",
			"DELETE FROM orders o USING bad b WHERE b.\"table\" = 'orders' AND b.operation = 'CREATE' AND o.id = b.id");

	private static final List<String> FROM_COPY = List.of(
			"UPDATE orders o SET status = c.status, amount = c.amount, paid = c.paid FROM copy_orders c WHERE o.id = c.id",
			"INSERT INTO items SELECT * FROM copy_items", "DELETE FROM items WHERE id >= 10 * %1$d",
			"DELETE FROM orders WHERE id >= 10 * %1$d");

	private static final String DIGEST = "SELECT (SELECT sum(hashtextextended(o::text, 0)) FROM orders o)"
			+ " || ' ' || (SELECT sum(hashtextextended(i::text, 0)) FROM items i)";

	private final EmbeddedPostgres server;

	private final List<Double> plans = new ArrayList<>();

	private final List<Double> executions = new ArrayList<>();

	private final List<Double> fromHistory = new ArrayList<>();

	private final List<Double> fromCopy = new ArrayList<>();

	private RevertComparison(EmbeddedPostgres server) {
		this.server = server;
	}

	static void run() throws IOException {
		try (EmbeddedPostgres server = EmbeddedPostgres.builder()
			.setServerConfig("shared_buffers", "512MB")
			.setServerConfig("wal_level", "logical")
			.setServerConfig("max_wal_size", "8GB")
			.setServerConfig("fsync", "on")
			.setServerConfig("synchronous_commit", "on")
			.start()) {
			new RevertComparison(server).measure();
		}
		catch (SQLException ex) {
			throw new IOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void measure() throws SQLException, InterruptedException {
		PGSimpleDataSource plain = (PGSimpleDataSource) this.server.getPostgresDatabase();
		try (Connection connection = plain.getConnection()) {
			execute(connection, TABLES);
			new Tracking(new TrackingSettings("app", List.of("*"), List.of("copy_*"), "bemi")).track(connection);
			for (String sql : KEPT) {
				execute(connection, sql);
			}
		}
		String url = this.server.getJdbcUrl("postgres", "postgres");
		String slot = ReplicationSettings.slotOf("postgres");
		try (Ingester ingester = new Ingester(
				new ReplicationSource(new ReplicationSettings(url, "postgres", "", slot, "bemi")),
				new PostgresChangeSink(new StoreSettings(url, "postgres", "", "bemi")))) {
			ingester.start();
			ingester.awaitSettled(Duration.ofMinutes(1));
			HikariDataSource pool = pool(plain);
			BemiDataSource wrapped = new BemiDataSource(pool);
			IngestionBarrier barrier = new IngestionBarrier(pool, slot);
			JdbcChanges changes = new JdbcChanges(wrapped,
					new QuerySettings("bemi", Duration.ZERO, Duration.ofMinutes(5)), EntityTables.NONE, barrier);
			changes.awaitIngested();
			JdbcReverter reverter = new JdbcReverter(wrapped, changes,
					new JdbcTimeTravel(TravellingApplication.of(wrapped), wrapped, "bemi", changes, barrier), 10 * ROWS,
					List::of, List::of);
			for (int round = 0; round < ROUNDS; round++) {
				compare(plain, changes, reverter, round > 0);
			}
			pool.close();
		}
		print();
	}

	private void compare(PGSimpleDataSource plain, JdbcChanges changes, JdbcReverter reverter, boolean counts)
			throws SQLException {
		String before = query(plain, DIGEST);
		long bad = transact(plain, JOB);
		changes.awaitIngested();
		long begun = System.nanoTime();
		RevertPlan plan = reverter.planTransaction(bad);
		long planned = System.nanoTime();
		RevertReport report = reverter.execute(plan);
		long executed = System.nanoTime();
		check(before, query(plain, DIGEST), report.inserted() + report.updated() + report.deleted());
		double history = script(plain, changes, before, FROM_HISTORY);
		double copy = script(plain, changes, before, FROM_COPY);
		if (counts) {
			this.plans.add((planned - begun) / 1e6);
			this.executions.add((executed - planned) / 1e6);
			this.fromHistory.add(history);
			this.fromCopy.add(copy);
		}
	}

	private static double script(PGSimpleDataSource plain, JdbcChanges changes, String before, List<String> script)
			throws SQLException {
		changes.awaitIngested();
		long bad = transact(plain, JOB);
		changes.awaitIngested();
		List<String> statements = script.stream().map((sql) -> sql.formatted(ROWS, bad)).toList();
		long begun = System.nanoTime();
		transact(plain, statements);
		long written = System.nanoTime();
		check(before, query(plain, DIGEST), ROWS);
		changes.awaitIngested();
		return (written - begun) / 1e6;
	}

	private static HikariDataSource pool(PGSimpleDataSource plain) {
		HikariConfig config = new HikariConfig();
		config.setDataSource(plain);
		return new HikariDataSource(config);
	}

	private static void check(String before, String after, long rows) {
		if (!before.equals(after) || rows != ROWS) {
			throw new IllegalStateException("Not as before: " + before + ", " + after + ", " + rows + " rows");
		}
	}

	private void print() {
		System.out.printf("%nMilliseconds for %d rows, heap of %d MB at most%n%n", ROWS,
				Runtime.getRuntime().maxMemory() >> 20);
		System.out.printf("| %-42s | %8s | %8s |%n| --- | --- | --- |%n", "", "median", "longest");
		row("plan, with its wait for ingestion", this.plans);
		row("execute", this.executions);
		row("by hand, from the history", this.fromHistory);
		row("by hand, from a kept copy", this.fromCopy);
		double revert = median(this.plans) + median(this.executions);
		System.out.printf(Locale.ROOT,
				"%nrevert: rows=%d plan_ms=%.0f execute_ms=%.0f script_ms=%.0f ratio=%.2f copy_ms=%.0f copy_ratio=%.2f"
						+ " heap_mb=%d%n",
				ROWS, median(this.plans), median(this.executions), median(this.fromHistory),
				revert / median(this.fromHistory), median(this.fromCopy), revert / median(this.fromCopy),
				Runtime.getRuntime().maxMemory() >> 20);
	}

	private static void row(String name, List<Double> milliseconds) {
		System.out.printf(Locale.ROOT, "| %-42s | %8.0f | %8.0f |%n", name, median(milliseconds),
				milliseconds.stream().mapToDouble(Double::doubleValue).max().orElse(0));
	}

	private static double median(List<Double> milliseconds) {
		return milliseconds.stream().sorted().toList().get(milliseconds.size() / 2);
	}

	private static long transact(PGSimpleDataSource dataSource, List<String> statements) throws SQLException {
		try (Connection connection = dataSource.getConnection()) {
			connection.setAutoCommit(false);
			for (String sql : statements) {
				execute(connection, sql);
			}
			try (Statement statement = connection.createStatement();
					ResultSet row = statement.executeQuery("SELECT pg_current_xact_id()::text::bigint")) {
				row.next();
				long id = row.getLong(1);
				connection.commit();
				return id;
			}
		}
	}

	private static String query(PGSimpleDataSource dataSource, String sql) throws SQLException {
		try (Connection connection = dataSource.getConnection();
				Statement statement = connection.createStatement();
				ResultSet row = statement.executeQuery(sql)) {
			row.next();
			return row.getString(1);
		}
	}

	private static void execute(Connection connection, String sql) throws SQLException {
		try (Statement statement = connection.createStatement()) {
			statement.setEscapeProcessing(false);
			statement.execute(sql.formatted(ROWS));
		}
	}

}
