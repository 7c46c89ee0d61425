package io.bemi.benchmarks;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

/**
 * How fast the log of one database is drained through one slot, and through two with half
 * of its tables each: by nobody who does anything with it, and by Bemi into its store.
 */
final class GroupsComparison {

	private static final int ROWS = Integer.getInteger("bemi.benchmarks.groups.rows", 200_000);

	private static final int ROUNDS = Integer.getInteger("bemi.benchmarks.rounds", 3);

	private GroupsComparison() {
	}

	static void run() throws IOException {
		try (EmbeddedPostgres server = EmbeddedPostgres.builder()
			.setServerConfig("wal_level", "logical")
			.setServerConfig("fsync", "on")
			.setServerConfig("synchronous_commit", "on")
			.setServerConfig("shared_buffers", "512MB")
			.setServerConfig("max_wal_size", "8GB")
			.setServerConfig("max_slot_wal_keep_size", "20GB")
			.setServerConfig("max_replication_slots", "20")
			.start(); GroupsCell cell = new GroupsCell(server, ROWS)) {
			cell.prepare();
			Map<Side, List<Double>> rates = new EnumMap<>(Side.class);
			for (int round = 0; round <= ROUNDS; round++) {
				for (Side side : Side.values()) {
					double rate = cell.drain(side.slots, side.stored);
					// The first round only warms up.
					if (round > 0) {
						rates.computeIfAbsent(side, (key) -> new ArrayList<>()).add(rate);
					}
				}
			}
			print(rates);
		}
		catch (SQLException ex) {
			throw new IOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static void print(Map<Side, List<Double>> rates) {
		System.out.printf("%nRows per second, median (lowest to highest of %d rounds), on %d cores%n%n", ROUNDS,
				Runtime.getRuntime().availableProcessors());
		System.out.printf("| %-6s | %-24s | %-24s | %-20s |%n| --- | --- | --- | --- |%n", "", "one slot", "two slots",
				"two/one");
		print("raw", rates, Side.RAW_ONE, Side.RAW_TWO);
		print("Bemi", rates, Side.BEMI_ONE, Side.BEMI_TWO);
		System.out.printf(Locale.ROOT,
				"%ngroups: one_rows_per_s=%.0f two_rows_per_s=%.0f two_vs_one=%.2f raw_two_vs_one=%.2f%n",
				spread(rates, Side.BEMI_ONE).median(), spread(rates, Side.BEMI_TWO).median(),
				ratio(rates, Side.BEMI_ONE, Side.BEMI_TWO).median(), ratio(rates, Side.RAW_ONE, Side.RAW_TWO).median());
	}

	private static void print(String name, Map<Side, List<Double>> rates, Side one, Side two) {
		System.out.printf("| %-6s | %-24s | %-24s | %-20s |%n", name, spread(rates, one), spread(rates, two),
				ratio(rates, one, two).toString(2));
	}

	private static Spread spread(Map<Side, List<Double>> rates, Side side) {
		return Spread.of(rates.getOrDefault(side, List.of()));
	}

	private static Spread ratio(Map<Side, List<Double>> rates, Side one, Side two) {
		List<Double> ones = rates.getOrDefault(one, List.of());
		List<Double> twos = rates.getOrDefault(two, List.of());
		return Spread.of(IntStream.range(0, Math.min(ones.size(), twos.size()))
			.mapToObj((round) -> twos.get(round) / ones.get(round))
			.toList());
	}

	/**
	 * Who drains.
	 */
	private enum Side {

		RAW_ONE(1, false), RAW_TWO(2, false), BEMI_ONE(1, true), BEMI_TWO(2, true);

		private final int slots;

		private final boolean stored;

		Side(int slots, boolean stored) {
			this.slots = slots;
			this.stored = stored;
		}

	}

}
