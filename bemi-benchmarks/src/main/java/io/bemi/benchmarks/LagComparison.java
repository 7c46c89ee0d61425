package io.bemi.benchmarks;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.function.ToDoubleFunction;

import io.bemi.ingestion.Ingester;
import io.bemi.ingestion.IngestionStatus.Phase;
import io.bemi.replication.ReplicationSettings;
import io.bemi.replication.ReplicationSource;
import io.bemi.store.PostgresChangeSink;
import io.bemi.store.StoreSettings;
import io.bemi.tracking.Tracking;
import io.bemi.tracking.TrackingSettings;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

/**
 * How long it takes from a COMMIT to a change that can be read, with the ingester in this
 * process and the store in the same database.
 */
final class LagComparison {

	private static final int SECONDS = Integer.getInteger("bemi.benchmarks.lag.seconds", 15);

	private static final int ROUNDS = Integer.getInteger("bemi.benchmarks.rounds", 3);

	private static final int SLOW = 100;

	private static final int FAST = 1_000;

	private LagComparison() {
	}

	static void run() throws IOException {
		try (EmbeddedPostgres server = EmbeddedPostgres.builder()
			.setServerConfig("wal_level", "logical")
			.setServerConfig("fsync", "on")
			.setServerConfig("synchronous_commit", "on")
			.setServerConfig("shared_buffers", "512MB")
			.setServerConfig("max_wal_size", "4GB")
			.setServerConfig("max_slot_wal_keep_size", "20GB")
			.start()) {
			try (Connection connection = server.getPostgresDatabase().getConnection();
					Statement statement = connection.createStatement()) {
				statement.execute(LagRound.TABLE);
				new Tracking(TrackingSettings.everything("lag")).track(connection);
			}
			String url = server.getJdbcUrl("postgres", "postgres");
			try (Ingester ingester = new Ingester(
					new ReplicationSource(new ReplicationSettings(url, "postgres", "",
							ReplicationSettings.slotOf("postgres"), TrackingSettings.DEFAULT_PUBLICATION)),
					new PostgresChangeSink(new StoreSettings(url, "postgres", "", "bemi")))) {
				ingester.start();
				ingester.awaitSettled(Duration.ofMinutes(1));
				Map<Integer, List<Lag>> lags = measure(new LagRound(server.getPostgresDatabase()));
				if (ingester.status().phase() != Phase.STREAMING) {
					throw new IllegalStateException(ingester.status().toString());
				}
				print(lags);
			}
		}
		catch (SQLException | ExecutionException ex) {
			throw new IOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static Map<Integer, List<Lag>> measure(LagRound round)
			throws SQLException, InterruptedException, ExecutionException {
		Map<Integer, List<Lag>> lags = new TreeMap<>();
		// Only warms up.
		round.run(FAST, SECONDS);
		for (int i = 0; i < ROUNDS; i++) {
			for (int rate : new int[] { SLOW, FAST }) {
				lags.computeIfAbsent(rate, (key) -> new ArrayList<>()).add(round.run(rate, SECONDS));
			}
		}
		return lags;
	}

	private static void print(Map<Integer, List<Lag>> lags) {
		System.out
			.printf("%nMilliseconds from COMMIT to a change that is seen, median (lowest to highest of %d rounds of"
					+ " %d s)%n%n", ROUNDS, SECONDS);
		System.out.printf("| %-14s | %-24s | %-24s | %-24s | %-24s | %-24s |%n| --- | --- | --- | --- | --- | --- |%n",
				"transactions/s", "reached", "p50", "p95", "p99", "max");
		lags.forEach((rate, rounds) -> System.out.printf("| %-14s | %-24s | %-24s | %-24s | %-24s | %-24s |%n", rate,
				spread(rounds, Lag::rate).toString(), spread(rounds, (lag) -> lag.percentile(50)).toString(1),
				spread(rounds, (lag) -> lag.percentile(95)).toString(1),
				spread(rounds, (lag) -> lag.percentile(99)).toString(1),
				spread(rounds, (lag) -> lag.percentile(100)).toString(1)));
		List<Lag> fast = lags.getOrDefault(FAST, List.of());
		System.out.printf(Locale.ROOT, "%nlag: p50_ms=%.1f p99_ms=%.1f%n",
				spread(fast, (lag) -> lag.percentile(50)).median(), spread(fast, (lag) -> lag.percentile(99)).median());
	}

	private static Spread spread(List<Lag> rounds, ToDoubleFunction<Lag> figure) {
		return Spread.of(rounds.stream().mapToDouble(figure).boxed().toList());
	}

}
