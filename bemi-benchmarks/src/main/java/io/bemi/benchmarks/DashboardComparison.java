package io.bemi.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import io.bemi.benchmarks.DashboardQuestion.Kind;
import io.bemi.benchmarks.shop.ShopApplication;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.util.FileSystemUtils;

/**
 * What the dashboard of an application takes over ten million changes, by HTTP.
 */
final class DashboardComparison {

	private static final int ROUNDS = 5;

	private static final int LOOKS = 2;

	/** No round begins later than that after the start. */
	private static final Duration LATEST_ROUND = Duration.ofMinutes(6);

	/** So long the state of recording is kept. */
	private static final Duration KEPT = Duration.ofMillis(5_100);

	private DashboardComparison() {
	}

	static void run() throws IOException {
		Path directory = Files.createTempDirectory("bemi-dashboard");
		try {
			long begun = System.nanoTime();
			long deadline = begun + LATEST_ROUND.toNanos();
			try (EmbeddedPostgres server = ReadComparison.server(directory, "minimal")) {
				fill(server);
			}
			System.out.printf(Locale.ROOT, "Filled in %.0f s%n", (System.nanoTime() - begun) / 1e9);
			try (EmbeddedPostgres server = ReadComparison.server(directory, "logical")) {
				String url = server.getJdbcUrl("postgres", "postgres");
				AsOfHistory.createTables(url);
				try (ConfigurableApplicationContext application = ShopApplication.start(url,
						"spring.main.web-application-type=servlet", "server.port=0", "bemi.dashboard.enabled=true",
						"bemi.dashboard.access=open")) {
					measure(application, store(server), deadline);
				}
			}
		}
		catch (SQLException | InterruptedException | ExecutionException ex) {
			throw new IOException(ex);
		}
		finally {
			FileSystemUtils.deleteRecursively(directory);
		}
	}

	private static ReadStore store(EmbeddedPostgres server) {
		return new ReadStore(server.getPostgresDatabase(), "bemi", 10 * ReadComparison.PER_MONTH);
	}

	private static void fill(EmbeddedPostgres server) throws SQLException, InterruptedException, ExecutionException {
		ReadStore store = store(server);
		store.create(server.getPostgresDatabase());
		store.fill(server.getPostgresDatabase(), 0, ReadComparison.PER_MONTH);
		ExecutorService threads = Executors.newFixedThreadPool(2);
		try {
			List<Future<?>> months = new ArrayList<>();
			for (int month = 1; month < store.months(ReadComparison.PER_MONTH); month++) {
				int number = month;
				months.add(threads.submit(() -> {
					store.fill(server.getPostgresDatabase(), number, ReadComparison.PER_MONTH);
					return null;
				}));
			}
			for (Future<?> month : months) {
				month.get();
			}
		}
		finally {
			threads.shutdownNow();
		}
	}

	private static void measure(ConfigurableApplicationContext application, ReadStore store, long deadline)
			throws IOException, InterruptedException, ExecutionException {
		int port = application.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
		DashboardClient client = new DashboardClient(port);
		List<FirstPage> looks = new ArrayList<>();
		Map<DashboardQuestion, List<Double>> times = new EnumMap<>(DashboardQuestion.class);
		Random random = new Random(1);
		ExecutorService threads = Executors.newFixedThreadPool(FirstPage.CONNECTIONS);
		try {
			for (int round = 0; round < ROUNDS && (round < 2 || System.nanoTime() < deadline); round++) {
				for (int look = 0; look < LOOKS; look++) {
					Thread.sleep(KEPT.toMillis());
					looks.add(FirstPage.look(client, store, threads));
				}
				for (DashboardQuestion question : DashboardQuestion.values()) {
					ask(question, client, store, random, times, round > 0);
				}
			}
		}
		finally {
			threads.shutdownNow();
		}
		print(times);
		Viewing viewing = Viewing.measure(application.getBean(JdbcTemplate.class), port);
		print(looks, times, viewing);
	}

	private static void ask(DashboardQuestion question, DashboardClient client, ReadStore store, Random random,
			Map<DashboardQuestion, List<Double>> times, boolean counts) throws InterruptedException {
		for (int call = 0; call < question.kind().calls(); call++) {
			String path = question.path(client, store, random);
			if (question.kind() == Kind.STATUS) {
				Thread.sleep(KEPT.toMillis());
			}
			Stopwatch watch = new Stopwatch();
			DashboardClient.Answer answer = client.get(path);
			watch.stop();
			if (answer.sent().length < 20) {
				throw new IllegalStateException("Nothing was found at " + path + ": " + answer.text());
			}
			// The first round only warms up.
			if (counts) {
				times.computeIfAbsent(question, (key) -> new ArrayList<>()).add(watch.milliseconds());
			}
		}
	}

	private static void print(Map<DashboardQuestion, List<Double>> times) {
		System.out.printf("%nMilliseconds: half of the calls, and 95 of 100, take no longer%n%n");
		System.out.printf("| %-18s | %8s | %8s |%n| --- | --- | --- |%n", "", "p50", "p95");
		times.forEach((question, all) -> System.out.printf(Locale.ROOT, "| %-18s | %8.1f | %8.1f |%n",
				question.name().toLowerCase(Locale.ROOT), ReadComparison.percentile(all, 50),
				ReadComparison.percentile(all, 95)));
	}

	private static double slowest(Map<DashboardQuestion, List<Double>> times, Kind kind) {
		return times.entrySet()
			.stream()
			.filter((entry) -> entry.getKey().kind() == kind)
			.mapToDouble((entry) -> ReadComparison.percentile(entry.getValue(), 95))
			.max()
			.orElse(0);
	}

	private static void print(List<FirstPage> looks, Map<DashboardQuestion, List<Double>> times, Viewing viewing) {
		List<Double> later = looks.stream().skip(1).map(FirstPage::millis).toList();
		System.out.printf(Locale.ROOT,
				"%nThe first page: %.0f ms after the start, then %.0f ms (half) and %.0f ms (95 of 100), %d bytes%n",
				looks.get(0).millis(), ReadComparison.percentile(later, 50), ReadComparison.percentile(later, 95),
				looks.get(looks.size() - 1).bytes());
		System.out.println(viewing);
		System.out.printf(Locale.ROOT,
				"%ndashboard: first_page_cold_ms=%.0f first_page_p95_ms=%.0f first_page_kb=%.1f filter_p95_ms=%.1f"
						+ " overview_p95_ms=%.1f status_ms=%.0f viewers_mb=%.1f%n",
				looks.get(0).millis(), ReadComparison.percentile(later, 95),
				looks.stream().mapToLong(FirstPage::bytes).max().orElse(0) / 1e3, slowest(times, Kind.FILTER),
				slowest(times, Kind.OVERVIEW), slowest(times, Kind.STATUS), viewing.more());
	}

}
