package io.bemi.benchmarks;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * How fast the log is drained: by nobody who does anything with it, by Bemi into its
 * store, and by Debezium Engine into a flat table. All drain the same log, from a slot
 * each. Some sides and shapes alone: {@code bemi.benchmarks.ingest.only=bemi,raw} and
 * {@code bemi.benchmarks.ingest.shapes=narrow}.
 */
final class IngestComparison {

	private static final int ROWS = Integer.getInteger("bemi.benchmarks.ingest.rows", 100_000);

	private static final int ROUNDS = Integer.getInteger("bemi.benchmarks.rounds", 3);

	private final Map<IngestShape, Map<IngestSide, List<Double>>> rates = new EnumMap<>(IngestShape.class);

	private IngestComparison() {
	}

	static void run() throws IOException {
		Set<IngestSide> sides = sides();
		try (IngestServer server = IngestServer.start()) {
			IngestFlatTable.create(server);
			IngestComparison comparison = new IngestComparison();
			for (IngestShape shape : shapes()) {
				comparison.measure(server, shape, sides);
			}
			comparison.print();
		}
		catch (SQLException ex) {
			throw new IOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static Set<IngestSide> sides() {
		Set<IngestSide> sides = named("bemi.benchmarks.ingest.only", IngestSide.class);
		if (sides.contains(IngestSide.DEBEZIUM) && !DebeziumProcess.isBuilt()) {
			System.out.println("Without Debezium's side: the module bemi-benchmarks-debezium was not built");
			sides.remove(IngestSide.DEBEZIUM);
		}
		return sides;
	}

	private static Set<IngestShape> shapes() {
		return named("bemi.benchmarks.ingest.shapes", IngestShape.class);
	}

	private static <E extends Enum<E>> Set<E> named(String property, Class<E> type) {
		String names = System.getProperty(property, "");
		if (names.isEmpty()) {
			return EnumSet.allOf(type);
		}
		Set<E> named = EnumSet.noneOf(type);
		Arrays.stream(names.split(","))
			.map((name) -> Enum.valueOf(type, name.toUpperCase(Locale.ROOT)))
			.forEach(named::add);
		return named;
	}

	private void measure(IngestServer server, IngestShape shape, Set<IngestSide> all)
			throws SQLException, IOException, InterruptedException {
		Set<IngestSide> sides = EnumSet.copyOf(all);
		if (shape == IngestShape.HUGE) {
			sides.remove(IngestSide.DEBEZIUM);
		}
		Map<IngestSide, List<Double>> measured = new EnumMap<>(IngestSide.class);
		try (IngestCell cell = new IngestCell(server, shape, ROWS)) {
			cell.prepare();
			for (int round = 0; round <= ROUNDS; round++) {
				for (IngestSide side : sides) {
					// The first round only warms up; Debezium does so in its process.
					if (round > 0) {
						measured.computeIfAbsent(side, (key) -> new ArrayList<>()).add(cell.drain(side));
					}
					else if (side != IngestSide.DEBEZIUM) {
						cell.drain(side);
					}
				}
			}
		}
		this.rates.put(shape, measured);
	}

	private void print() {
		System.out.printf("%nRows per second, median (lowest to highest of %d rounds)%n%n", ROUNDS);
		System.out.printf("| %-6s | %-24s | %-24s | %-24s | %-20s | %-20s |%n| --- | --- | --- | --- | --- | --- |%n",
				"", "raw", "Bemi", "Debezium", "Bemi/raw", "Bemi/Debezium");
		this.rates.forEach((shape, measured) -> System.out.printf("| %-6s | %-24s | %-24s | %-24s | %-20s | %-20s |%n",
				shape.name().toLowerCase(Locale.ROOT), rate(measured, IngestSide.RAW), rate(measured, IngestSide.BEMI),
				rate(measured, IngestSide.DEBEZIUM), ratio(measured, IngestSide.RAW),
				ratio(measured, IngestSide.DEBEZIUM)));
		System.out.printf("%ningest:%s%s%s%s%n",
				lowest("bemi_vs_raw", IngestShape::hasHundredPerTransaction, IngestSide.RAW),
				lowest("bemi_vs_debezium", IngestShape::hasHundredPerTransaction, IngestSide.DEBEZIUM),
				lowest("bemi_vs_debezium_tiny", IngestShape.TINY::equals, IngestSide.DEBEZIUM), rowsPerSecond());
	}

	/**
	 * The lowest ratio of some shapes, as far as they were measured.
	 */
	private String lowest(String key, Predicate<IngestShape> shapes, IngestSide other) {
		return this.rates.entrySet()
			.stream()
			.filter((entry) -> shapes.test(entry.getKey()))
			.map((entry) -> ratios(entry.getValue(), other))
			.filter((ratios) -> !ratios.isEmpty())
			.map((ratios) -> Spread.of(ratios).median())
			.min(Double::compare)
			.map((ratio) -> String.format(Locale.ROOT, " %s=%.2f", key, ratio))
			.orElse("");
	}

	private String rowsPerSecond() {
		List<Double> rates = this.rates.getOrDefault(IngestShape.NARROW, Map.of())
			.getOrDefault(IngestSide.BEMI, List.of());
		return rates.isEmpty() ? "" : String.format(Locale.ROOT, " rows_per_s=%.0f", Spread.of(rates).median());
	}

	private static String rate(Map<IngestSide, List<Double>> measured, IngestSide side) {
		List<Double> rates = measured.getOrDefault(side, List.of());
		return rates.isEmpty() ? "" : Spread.of(rates).toString();
	}

	private static String ratio(Map<IngestSide, List<Double>> measured, IngestSide other) {
		List<Double> ratios = ratios(measured, other);
		return ratios.isEmpty() ? "" : Spread.of(ratios).toString(2);
	}

	/**
	 * How many times as fast as another side Bemi was in each round.
	 */
	private static List<Double> ratios(Map<IngestSide, List<Double>> measured, IngestSide other) {
		List<Double> bemi = measured.getOrDefault(IngestSide.BEMI, List.of());
		List<Double> others = measured.getOrDefault(other, List.of());
		return IntStream.range(0, Math.min(bemi.size(), others.size()))
			.mapToObj((round) -> bemi.get(round) / others.get(round))
			.toList();
	}

}
