package io.bemi.benchmarks;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

/**
 * How much room changes take, and how fast they are stored: in Bemi's store, and in the
 * flat table of the original. Both take the same changes by COPY, in parts by turns.
 */
final class StoreComparison {

	private static final int CHANGES = Integer.getInteger("bemi.benchmarks.store.changes", 500_000);

	private static final int PARTS = 10;

	private StoreComparison() {
	}

	static void run() throws IOException {
		try (EmbeddedPostgres server = EmbeddedPostgres.builder()
			.setServerConfig("wal_level", "logical")
			.setServerConfig("fsync", "on")
			.setServerConfig("synchronous_commit", "on")
			.setServerConfig("shared_buffers", "1GB")
			.setServerConfig("max_wal_size", "8GB")
			.start(); Connection connection = server.getPostgresDatabase().getConnection()) {
			StoreFigures five = measure(connection, 5);
			StoreFigures one = measure(connection, 1);
			System.out.printf("%n%d changes; per second: median (lowest to highest of %d parts)%n%n", CHANGES,
					PARTS - 1);
			System.out.printf("| %-15s | %-24s | %-24s | %-20s | %8s | %8s | %5s |%n", "per transaction", "Bemi/s",
					"original/s", "Bemi/original", "Bemi B", "orig. B", "ratio");
			System.out.println("| --- | --- | --- | --- | --- | --- | --- |");
			five.print(5);
			one.print(1);
			System.out.printf(Locale.ROOT,
					"%nstore: size_ratio=%.2f insert_ratio=%.2f size_ratio_tiny=%.2f insert_ratio_tiny=%.2f%n",
					five.sizeRatio(), five.insertRatio().median(), one.sizeRatio(), one.insertRatio().median());
		}
		catch (SQLException ex) {
			throw new IOException(ex);
		}
	}

	private static StoreFigures measure(Connection connection, int perTransaction) throws SQLException, IOException {
		for (StoreLayout layout : StoreLayout.values()) {
			layout.create(connection);
		}
		StoreChanges changes = new StoreChanges(CHANGES, perTransaction);
		Map<StoreLayout, List<Double>> rates = new EnumMap<>(StoreLayout.class);
		for (int part = 0; part < PARTS; part++) {
			for (StoreLayout layout : StoreLayout.values()) {
				double rate = layout.fill(connection, changes, CHANGES / PARTS * part, CHANGES / PARTS * (part + 1));
				// The first part only warms up.
				if (part > 0) {
					rates.computeIfAbsent(layout, (key) -> new ArrayList<>()).add(rate);
				}
			}
		}
		Map<StoreLayout, Double> bytes = new EnumMap<>(StoreLayout.class);
		for (StoreLayout layout : StoreLayout.values()) {
			bytes.put(layout, (double) layout.size(connection) / CHANGES);
		}
		return new StoreFigures(rates, bytes);
	}

	/**
	 * What was measured.
	 *
	 * @param rates changes per second, of each part
	 * @param bytes bytes per change
	 */
	private record StoreFigures(Map<StoreLayout, List<Double>> rates, Map<StoreLayout, Double> bytes) {

		void print(int perTransaction) {
			System.out.printf(Locale.ROOT, "| %-15s | %-24s | %-24s | %-20s | %8.0f | %8.0f | %5.2f |%n",
					perTransaction, Spread.of(rates(StoreLayout.BEMI)), Spread.of(rates(StoreLayout.ORIGINAL)),
					insertRatio().toString(2), bytes(StoreLayout.BEMI), bytes(StoreLayout.ORIGINAL), sizeRatio());
		}

		private List<Double> rates(StoreLayout layout) {
			return this.rates.getOrDefault(layout, List.of());
		}

		private double bytes(StoreLayout layout) {
			return this.bytes.getOrDefault(layout, 0.0);
		}

		double sizeRatio() {
			return bytes(StoreLayout.BEMI) / bytes(StoreLayout.ORIGINAL);
		}

		Spread insertRatio() {
			List<Double> bemi = rates(StoreLayout.BEMI);
			List<Double> original = rates(StoreLayout.ORIGINAL);
			return Spread
				.of(IntStream.range(0, bemi.size()).mapToObj((part) -> bemi.get(part) / original.get(part)).toList());
		}

	}

}
