package io.bemi.benchmarks;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * What questions cost in a short and in a long history.
 */
final class ReadComparison {

	static final int PER_MONTH = Integer.getInteger("bemi.benchmarks.per-month", 1_000_000);

	/** After which no other round begins, so that all takes eight minutes at most. */
	private static final long LONGEST = TimeUnit.MINUTES.toNanos(6);

	private static final int ROUNDS = 5;

	private static final int CALLS = 25;

	private static final int SCANS = 3;

	private ReadComparison() {
	}

	static void run() throws IOException {
		try (EmbeddedPostgres server = EmbeddedPostgres.builder()
			.setServerConfig("shared_buffers", "1GB")
			.setServerConfig("wal_level", "minimal")
			.setServerConfig("max_wal_senders", "0")
			.setServerConfig("max_wal_size", "8GB")
			.setServerConfig("fsync", "off")
			.setServerConfig("maintenance_work_mem", "512MB")
			.setServerConfig("jit", "off")
			.start()) {
			// A pool of one connection.
			SingleConnectionDataSource pool = new SingleConnectionDataSource(
					server.getPostgresDatabase().getConnection(), true);
			long begun = System.nanoTime();
			ReadStore small = new ReadStore(pool, "million", PER_MONTH).fill(pool, PER_MONTH);
			ReadStore large = new ReadStore(pool, "millions", 10 * PER_MONTH).fill(pool, PER_MONTH);
			System.out.printf(Locale.ROOT, "Filled in %.0f s%n", (System.nanoTime() - begun) / 1e9);
			compare(small, large, begun + LONGEST);
		}
		catch (SQLException ex) {
			throw new IOException(ex);
		}
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
				"%nThe slowest indexed question:%nread: p95_ms_1m=%.1f p95_ms_10m=%.1f growth=%.2f%n", smallest,
				largest, largest / smallest);
	}

	private static double percentile(List<Double> times, int percent) {
		List<Double> sorted = times.stream().sorted().toList();
		return sorted.get(Math.min(sorted.size() - 1, sorted.size() * percent / 100));
	}

}
