package io.bemi.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Period;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import javax.sql.DataSource;

import io.bemi.store.retention.RetentionSettings;
import io.bemi.store.StoreSettings;
import io.bemi.store.retention.StoreUpkeep;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.util.FileSystemUtils;

/**
 * What it takes to drop a month of the history, and how long others wait for it.
 */
final class RetentionComparison {

	private static final int CHANGES = Integer.getInteger("bemi.benchmarks.changes", 10_000_000);

	private static final String SCHEMA = "kept";

	/** Tables with a key, and what was recorded last. */
	private static final String[] PREPARE = { """
			UPDATE kept.relation SET columns = '[{"name": "id", "type": 20, "modifier": -1, "key": true}]'
			""",
			"""
					INSERT INTO kept.baseline (source, oid, schema, name, since, ordinal, committed_at, transaction_id, completed_at, known, relation)
					SELECT 1, oid, schema, name, '0/1', 0, '2025-01-01', 0, now(), '0/1', id FROM kept.relation
					""",
			"""
					CREATE TABLE kept.change_2025_02 PARTITION OF kept.change FOR VALUES FROM ('2025-02-01 00:00+00') TO ('2025-03-01 00:00+00')
					""",
			"""
					CREATE TABLE kept.context_2025_02 PARTITION OF kept.context FOR VALUES FROM ('2025-02-01 00:00+00') TO ('2025-03-01 00:00+00')
					""",
			"""
					CREATE TABLE kept.change_2050_01 PARTITION OF kept.change FOR VALUES FROM ('2050-01-01 00:00+00') TO ('2050-02-01 00:00+00')
					""",
			"""
					CREATE TABLE kept.context_2050_01 PARTITION OF kept.context FOR VALUES FROM ('2050-01-01 00:00+00') TO ('2050-02-01 00:00+00')
					""" };

	private static final String WRITE = """
			INSERT INTO kept.change (committed_at, source, position, ordinal, relation, transaction_id, context, operation,
			                         primary_key, image, replaced)
			SELECT '2050-01-01 00:00+00', 1, ?::numeric + '8/0'::pg_lsn, o, 1 + o % 20, ?, 0, 'U', (? * 10 + o)::text,
			       jsonb_build_object('id', o, 'note', md5(o::text)), '{"note": "before"}'
			  FROM generate_series(1, 10) o
			""";

	private static final String READ = """
			SELECT count(*) FROM kept.changes WHERE schema = 'public' AND "table" = 'table_7' AND primary_key = ?
			""";

	private final DataSource database;

	private final AtomicBoolean done = new AtomicBoolean();

	private RetentionComparison(DataSource database) {
		this.database = database;
	}

	static void run() throws IOException {
		Path directory = Files.createTempDirectory("bemi-retention");
		try {
			try (EmbeddedPostgres server = ReadComparison.server(directory, "minimal")) {
				fill(server.getPostgresDatabase());
			}
			try (EmbeddedPostgres server = ReadComparison.server(directory, "replica")) {
				new RetentionComparison(server.getPostgresDatabase())
					.measure(new StoreSettings(server.getJdbcUrl("postgres", "postgres"), "postgres", "", SCHEMA));
			}
		}
		catch (SQLException | InterruptedException ex) {
			throw new IOException(ex);
		}
		finally {
			FileSystemUtils.deleteRecursively(directory);
		}
	}

	private static void fill(DataSource database) throws SQLException {
		long begun = System.nanoTime();
		ReadStore store = new ReadStore(database, SCHEMA, CHANGES);
		store.create(database);
		store.fill(database, 0, CHANGES);
		try (Connection connection = database.getConnection(); Statement statement = connection.createStatement()) {
			for (String sql : PREPARE) {
				statement.execute(sql);
			}
		}
		System.out.printf(Locale.ROOT, "Filled in %.0f s%n", (System.nanoTime() - begun) / 1e9);
	}

	private void measure(StoreSettings settings) throws IOException, InterruptedException {
		JdbcTemplate jdbc = new JdbcTemplate(this.database);
		long bytes = size(jdbc, "change_2025_01");
		long contextBytes = size(jdbc, "context_2025_01");
		AtomicLong written = new AtomicLong();
		AtomicLong writing = new AtomicLong();
		AtomicLong reading = new AtomicLong();
		Thread writer = repeat(writing, () -> {
			long number = written.incrementAndGet();
			jdbc.update(WRITE, number * 8, number, number);
		});
		Thread reader = repeat(reading,
				() -> jdbc.queryForObject(READ, Long.class, String.valueOf(System.nanoTime() % (CHANGES / 20))));
		long begun = System.nanoTime();
		try (StoreUpkeep upkeep = new StoreUpkeep(settings,
				new RetentionSettings(Period.ofMonths(12), List.of(), null))) {
			upkeep.look();
		}
		double seconds = (System.nanoTime() - begun) / 1e9;
		this.done.set(true);
		writer.join();
		reader.join();
		Long kept = jdbc.queryForObject("SELECT sum(carried) FROM kept.retention_run WHERE outcome = 'Done'",
				Long.class);
		long carried = (kept != null) ? kept : 0;
		System.out.printf(Locale.ROOT,
				"retention: changes=%d bytes_per_change=%d context_bytes_per_change=%d carried=%d seconds=%.1f"
						+ " carried_per_s=%.0f longest_write_ms=%.0f longest_read_ms=%.0f writes=%d%n",
				CHANGES, bytes / CHANGES, contextBytes / CHANGES, carried, seconds, carried / seconds,
				writing.get() / 1e6, reading.get() / 1e6, written.get());
	}

	private static long size(JdbcTemplate jdbc, String table) {
		Long size = jdbc.queryForObject("SELECT pg_total_relation_size(('kept.' || ?)::regclass)", Long.class, table);
		return (size != null) ? size : 0;
	}

	/**
	 * Does something again and again, and notes how long it took at most.
	 */
	private Thread repeat(AtomicLong longest, Runnable work) {
		Thread thread = new Thread(() -> {
			while (!this.done.get()) {
				long begun = System.nanoTime();
				work.run();
				longest.accumulateAndGet(System.nanoTime() - begun, Math::max);
				java.util.concurrent.locks.LockSupport.parkNanos(2_000_000);
			}
		});
		thread.start();
		return thread;
	}

}
