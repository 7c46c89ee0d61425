package io.bemi.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import javax.sql.DataSource;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.util.FileSystemUtils;

/**
 * What questions cost in a short and in a long history.
 */
final class ReadComparison {

	static final int PER_MONTH = Integer.getInteger("bemi.benchmarks.per-month", 1_000_000);

	/** After which no other round begins, so that all takes eight minutes at most. */
	private static final long LONGEST = TimeUnit.MINUTES.toNanos(6);

	private static final String SMALL = "million";

	private static final String LARGE = "millions";

	private static final int ROUNDS = 5;

	private static final int CALLS = 25;

	private static final int SCANS = 3;

	private ReadComparison() {
	}

	static void run() throws IOException {
		Path directory = Files.createTempDirectory("bemi-read");
		try {
			long begun = System.nanoTime();
			// What is measured is durable; how it came there is not.
			try (EmbeddedPostgres server = server(directory, "minimal")) {
				fill(server.getPostgresDatabase());
			}
			System.out.printf(Locale.ROOT, "Filled in %.0f s%n", (System.nanoTime() - begun) / 1e9);
			try (EmbeddedPostgres server = server(directory, "replica");
					Connection connection = server.getPostgresDatabase().getConnection()) {
				// A pool of one connection.
				SingleConnectionDataSource pool = new SingleConnectionDataSource(connection, true);
				compare(new ReadStore(pool, SMALL, PER_MONTH), new ReadStore(pool, LARGE, 10 * PER_MONTH),
						begun + LONGEST);
			}
		}
		catch (SQLException | InterruptedException | ExecutionException ex) {
			throw new IOException(ex);
		}
		finally {
			FileSystemUtils.deleteRecursively(directory);
		}
	}

	/**
	 * A server over a directory that is kept.
	 * @param walLevel with {@code minimal} it loads, and nothing is durable
	 */
	static EmbeddedPostgres server(Path directory, String walLevel) throws IOException {
		boolean loading = walLevel.equals("minimal");
		EmbeddedPostgres.Builder server = EmbeddedPostgres.builder()
			.setDataDirectory(directory)
			.setCleanDataDirectory(false)
			.setServerConfig("shared_buffers", "1GB")
			.setServerConfig("maintenance_work_mem", "512MB")
			.setServerConfig("max_wal_size", "8GB")
			.setServerConfig("wal_level", walLevel)
			.setServerConfig("fsync", loading ? "off" : "on")
			.setServerConfig("synchronous_commit", loading ? "off" : "on");
		if (loading) {
			server.setServerConfig("max_wal_senders", "0");
		}
		return server.start();
	}

	private static void fill(DataSource database) throws SQLException, InterruptedException, ExecutionException {
		ReadStore small = new ReadStore(database, SMALL, PER_MONTH);
		ReadStore large = new ReadStore(database, LARGE, 10 * PER_MONTH);
		small.create(database);
		large.create(database);
		ExecutorService threads = Executors.newFixedThreadPool(2);
		try {
			List<Future<?>> first = List.of(threads.submit(fill(large, database, 0)),
					threads.submit(fill(small, database, 0)));
			first.get(0).get();
			List<Future<?>> months = new ArrayList<>(first);
			for (int month = 1; month < large.months(PER_MONTH); month++) {
				months.add(threads.submit(fill(large, database, month)));
			}
			for (Future<?> month : months) {
				month.get();
			}
		}
		finally {
			threads.shutdownNow();
		}
	}

	private static Callable<Void> fill(ReadStore store, DataSource database, int month) {
		return () -> {
			store.fill(database, month, PER_MONTH);
			return null;
		};
	}

	private static void compare(ReadStore small, ReadStore large, long deadline) {
		Map<Question, List<Double>> one = new EnumMap<>(Question.class);
		Map<Question, List<Double>> ten = new EnumMap<>(Question.class);
		Random random = new Random(1);
		for (int round = 0; round < ROUNDS && (round < 2 || System.nanoTime() < deadline); round++) {
			for (Question question : Question.values()) {
				// The first round only warms up.
				ask(question, small, random, one, round > 0);
				ask(question, large, random, ten, round > 0);
			}
		}
		print(one, ten);
	}

	private static void ask(Question question, ReadStore store, Random random, Map<Question, List<Double>> times,
			boolean counts) {
		for (int call = 0; call < (question.isIndexed() ? CALLS : SCANS); call++) {
			long begun = System.nanoTime();
			question.ask(store, random);
			double millis = (System.nanoTime() - begun) / 1e6;
			if (counts) {
				times.computeIfAbsent(question, (key) -> new ArrayList<>()).add(millis);
			}
		}
	}

	private static void print(Map<Question, List<Double>> one, Map<Question, List<Double>> ten) {
		System.out.printf("%nMilliseconds: half of the calls, and 95 of 100, take no longer%n%n");
		System.out.printf("| %-12s | %10s | %10s | %10s | %10s |%n| --- | --- | --- | --- | --- |%n", "", "1m p50",
				"1m p95", "10m p50", "10m p95");
		double smallest = 0;
		double largest = 0;
		for (Question question : Question.values()) {
			List<Double> few = one.getOrDefault(question, List.of());
			List<Double> many = ten.getOrDefault(question, List.of());
			System.out.printf(Locale.ROOT, "| %-12s | %10.1f | %10.1f | %10.1f | %10.1f |%n",
					question.name().toLowerCase(Locale.ROOT), percentile(few, 50), percentile(few, 95),
					percentile(many, 50), percentile(many, 95));
			if (question.isIndexed()) {
				smallest = Math.max(smallest, percentile(few, 95));
				largest = Math.max(largest, percentile(many, 95));
			}
		}
		System.out.printf(Locale.ROOT,
				"%nThe slowest indexed question, and the one that no index answers:%n"
						+ "read: p95_ms_1m=%.1f p95_ms_10m=%.1f growth=%.2f content_p95_ms=%.1f%n",
				smallest, largest, largest / smallest, percentile(ten.getOrDefault(Question.CONTENT, List.of()), 95));
	}

	static double percentile(List<Double> times, int percent) {
		List<Double> sorted = times.stream().sorted().toList();
		return sorted.get(Math.min(sorted.size() - 1, sorted.size() * percent / 100));
	}

}
