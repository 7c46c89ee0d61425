package io.bemi.benchmarks;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

import io.bemi.benchmarks.shop.ShopApplication;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * What it costs to read the past, beside the present by the same code.
 */
final class AsOfComparison {

	private static final int ROUNDS = Integer.getInteger("bemi.benchmarks.rounds", 7);

	private AsOfComparison() {
	}

	static void run() throws IOException {
		try (EmbeddedPostgres server = EmbeddedPostgres.builder()
			.setServerConfig("wal_level", "logical")
			.setServerConfig("fsync", "on")
			.setServerConfig("synchronous_commit", "on")
			.setServerConfig("shared_buffers", "1GB")
			.setServerConfig("max_wal_size", "4GB")
			.start()) {
			String url = server.getJdbcUrl("postgres", "postgres");
			AsOfHistory.createTables(url);
			try (ConfigurableApplicationContext application = ShopApplication.start(url)) {
				long begun = System.nanoTime();
				AsOfHistory history = AsOfHistory.record(application);
				System.out.printf(Locale.ROOT, "Recorded in %.0f s%n", (System.nanoTime() - begun) / 1e9);
				compare(application, history);
			}
		}
		catch (SQLException ex) {
			throw new IOException(ex);
		}
	}

	static void compare(ConfigurableApplicationContext application, AsOfHistory history) {
		Map<AsOfQuestion, List<Double>> present = new EnumMap<>(AsOfQuestion.class);
		Map<AsOfQuestion, List<Double>> middle = new EnumMap<>(AsOfQuestion.class);
		Map<AsOfQuestion, List<Double>> last = new EnumMap<>(AsOfQuestion.class);
		for (int round = 0; round <= ROUNDS; round++) {
			for (AsOfQuestion question : AsOfQuestion.values()) {
				// The first round only warms up.
				boolean counts = round > 0;
				measure(question, round, present, counts, (id, watch) -> question.present(application, id, watch));
				measure(question, round, middle, counts,
						(id, watch) -> question.past(application, history.middle(), id, watch));
				measure(question, round, last, counts,
						(id, watch) -> question.past(application, history.last(), id, watch));
			}
		}
		print(present, middle, last);
	}

	private static void measure(AsOfQuestion question, int round, Map<AsOfQuestion, List<Double>> rounds,
			boolean counts, Work work) {
		Random random = new Random(round);
		List<Double> times = new ArrayList<>();
		for (int call = 0; call < question.calls(); call++) {
			long id = 1 + random.nextInt(AsOfHistory.LIVE);
			Stopwatch watch = new Stopwatch();
			work.run(id, watch);
			times.add(watch.milliseconds());
		}
		if (counts) {
			rounds.computeIfAbsent(question, (key) -> new ArrayList<>()).add(Spread.of(times).median());
		}
	}

	private static void print(Map<AsOfQuestion, List<Double>> present, Map<AsOfQuestion, List<Double>> middle,
			Map<AsOfQuestion, List<Double>> last) {
		System.out.printf("%nMilliseconds, median (lowest to highest of %d rounds)%n%n", ROUNDS);
		System.out.printf("| %-12s | %-24s | %-24s | %-24s |%n| --- | --- | --- | --- |%n", "", "present",
				"past, half way", "past, all changes");
		for (AsOfQuestion question : AsOfQuestion.values()) {
			System.out.printf("| %-12s | %-24s | %-24s | %-24s |%n", question.name().toLowerCase(Locale.ROOT),
					text(present, question), text(middle, question), text(last, question));
		}
		System.out.printf(Locale.ROOT,
				"%nasof: record_ms=%.2f find_by_id_ms=%.2f association_ms=%.2f with_association_ms=%.2f table_ms=%.0f%n",
				median(last, AsOfQuestion.RECORD), median(last, AsOfQuestion.FIND_BY_ID),
				Math.max(median(last, AsOfQuestion.TO_ONE), median(last, AsOfQuestion.TO_MANY)),
				Math.max(median(last, AsOfQuestion.WITH_TO_ONE), median(last, AsOfQuestion.WITH_TO_MANY)),
				median(last, AsOfQuestion.TABLE));
	}

	private static double median(Map<AsOfQuestion, List<Double>> rounds, AsOfQuestion question) {
		return Spread.of(rounds.getOrDefault(question, List.of())).median();
	}

	private static String text(Map<AsOfQuestion, List<Double>> rounds, AsOfQuestion question) {
		Spread spread = Spread.of(rounds.getOrDefault(question, List.of()));
		return String.format(Locale.ROOT, "%.2f (%.2f to %.2f)", spread.median(), spread.lowest(), spread.highest());
	}

	/**
	 * What is measured, of one record.
	 */
	@FunctionalInterface
	private interface Work {

		Object run(long id, Stopwatch watch);

	}

}
