package io.bemi.benchmarks;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How fast the log of one database is drained through one slot, and through two with half
 * of its tables each: by nobody who does anything with it, and by Bemi into its store.
 * First with all that the machine has; then as if each walsender had a core to itself on
 * a machine with cores to spare, which is modelled: it has a share of a core only.
 */
final class GroupsComparison {

	private static final int ROWS = Integer.getInteger("bemi.benchmarks.groups.rows", 120_000);

	private static final int ROUNDS = Integer.getInteger("bemi.benchmarks.rounds", 3);

	private static final double SHARE = 0.125;

	private final Map<IngestShape, List<GroupsRounds>> limited = new EnumMap<>(IngestShape.class);

	private GroupsComparison() {
	}

	static void run() throws IOException {
		try (IngestServer server = IngestServer.start()) {
			GroupsComparison comparison = new GroupsComparison();
			GroupsRounds unlimited;
			try (GroupsCell cell = new GroupsCell(server, IngestShape.NARROW, ROWS)) {
				cell.prepare();
				// The first round only warms up.
				new GroupsRounds(cell, 1).run(1);
				unlimited = new GroupsRounds(cell, 1);
				unlimited.run(ROUNDS);
				comparison.limit(IngestShape.NARROW, cell, SHARE / 2, SHARE, SHARE * 2);
			}
			for (IngestShape shape : List.of(IngestShape.WIDE, IngestShape.TINY)) {
				try (GroupsCell cell = new GroupsCell(server, shape, ROWS)) {
					cell.prepare();
					comparison.limit(shape, cell, SHARE);
				}
			}
			print(unlimited);
			comparison.print();
			comparison.printLast(unlimited);
		}
		catch (SQLException ex) {
			throw new IOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void limit(IngestShape shape, GroupsCell cell, double... shares)
			throws SQLException, IOException, InterruptedException {
		List<GroupsRounds> measured = new ArrayList<>();
		for (double share : shares) {
			GroupsRounds rounds = new GroupsRounds(cell, share);
			rounds.run(ROUNDS);
			measured.add(rounds);
		}
		this.limited.put(shape, measured);
	}

	private static void print(GroupsRounds rounds) {
		System.out.printf("%nRows per second, median (lowest to highest of %d rounds), on %d cores%n%n", ROUNDS,
				Runtime.getRuntime().availableProcessors());
		System.out.printf("| %-6s | %-24s | %-24s | %-20s |%n| --- | --- | --- | --- |%n", "", "one slot", "two slots",
				"two/one");
		print("raw", rounds, GroupsSide.RAW_ONE, GroupsSide.RAW_TWO);
		print("Bemi", rounds, GroupsSide.BEMI_ONE, GroupsSide.BEMI_TWO);
	}

	private static void print(String name, GroupsRounds rounds, GroupsSide one, GroupsSide two) {
		System.out.printf("| %-6s | %-24s | %-24s | %-20s |%n", name, rounds.rate(one), rounds.rate(two),
				rounds.ratio(two, one).toString(2));
	}

	private void print() {
		System.out.printf("%nThe same, where each walsender has a share of a core only; and which it really had%n%n");
		System.out.println(
				"| rows | share | decoding | raw, one slot | raw, two slots | two/one | Bemi, one slot | Bemi, two slots | two/one | a walsender's share | cut short | others' cores |");
		System.out.println("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
		this.limited.forEach((shape, measured) -> measured.forEach((rounds) -> System.out.printf(Locale.ROOT,
				"| %s | %.3f | %s | %s | %s | %s | %s | %s | %s | %.3f, %.3f | %.2f, %.2f | %.2f, %.2f |%n",
				shape.name().toLowerCase(Locale.ROOT), rounds.share(),
				rounds.ratio(GroupsSide.RAW_ONE, GroupsSide.DECODED).toString(2), rounds.rate(GroupsSide.RAW_ONE),
				rounds.rate(GroupsSide.RAW_TWO), rounds.ratio(GroupsSide.RAW_TWO, GroupsSide.RAW_ONE).toString(2),
				rounds.rate(GroupsSide.BEMI_ONE), rounds.rate(GroupsSide.BEMI_TWO),
				rounds.ratio(GroupsSide.BEMI_TWO, GroupsSide.BEMI_ONE).toString(2),
				rounds.walsender(GroupsSide.BEMI_ONE), rounds.walsender(GroupsSide.BEMI_TWO),
				rounds.cutShort(GroupsSide.BEMI_ONE), rounds.cutShort(GroupsSide.BEMI_TWO),
				rounds.others(GroupsSide.BEMI_ONE), rounds.others(GroupsSide.BEMI_TWO))));
	}

	private void printLast(GroupsRounds unlimited) {
		GroupsRounds narrow = at(IngestShape.NARROW);
		System.out.printf(Locale.ROOT,
				"%ngroups: one_rows_per_s=%.0f two_rows_per_s=%.0f %s limited_one_rows_per_s=%.0f"
						+ " limited_two_rows_per_s=%.0f %s %s %s%n",
				unlimited.rate(GroupsSide.BEMI_ONE).median(), unlimited.rate(GroupsSide.BEMI_TWO).median(),
				ratios("", unlimited), narrow.rate(GroupsSide.BEMI_ONE).median(),
				narrow.rate(GroupsSide.BEMI_TWO).median(), ratios("limited_", narrow),
				ratios("limited_wide_", at(IngestShape.WIDE)), ratios("limited_tiny_", at(IngestShape.TINY)));
	}

	private static String ratios(String prefix, GroupsRounds rounds) {
		return String.format(Locale.ROOT, "%1$stwo_vs_one=%2$.2f %1$sraw_two_vs_one=%3$.2f", prefix,
				rounds.ratio(GroupsSide.BEMI_TWO, GroupsSide.BEMI_ONE).median(),
				rounds.ratio(GroupsSide.RAW_TWO, GroupsSide.RAW_ONE).median());
	}

	private GroupsRounds at(IngestShape shape) {
		return this.limited.getOrDefault(shape, List.of())
			.stream()
			.filter((rounds) -> rounds.share() == SHARE)
			.findFirst()
			.orElseThrow();
	}

}
