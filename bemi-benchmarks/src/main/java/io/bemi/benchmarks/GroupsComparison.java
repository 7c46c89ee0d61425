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

	private static final int ROWS = Integer.getInteger("bemi.benchmarks.groups.rows", 150_000);

	private static final int ROUNDS = Integer.getInteger("bemi.benchmarks.rounds", 3);

	private static final double SHARE = 0.25;

	private static final double[] SHARES = { 0.125, SHARE, 0.5 };

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
				comparison.limit(IngestShape.NARROW, cell);
			}
			try (GroupsCell cell = new GroupsCell(server, IngestShape.WIDE, IngestShape.WIDE.rows(ROWS))) {
				cell.prepare();
				comparison.limit(IngestShape.WIDE, cell);
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

	private void limit(IngestShape shape, GroupsCell cell) throws SQLException, IOException, InterruptedException {
		List<GroupsRounds> measured = new ArrayList<>();
		for (double share : SHARES) {
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
				"| rows | share | decoded only/raw | raw, one slot | raw, two slots | two/one | Bemi, one slot | Bemi, two slots | two/one | a walsender's share | cut short | others' cores |");
		System.out.println("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
		this.limited.forEach((shape, measured) -> measured.forEach((rounds) -> System.out.printf(Locale.ROOT,
				"| %s | %.3f | %s | %s | %s | %s | %s | %s | %s | %.3f, %.3f | %.2f, %.2f | %.2f, %.2f |%n",
				shape.name().toLowerCase(Locale.ROOT), rounds.share(),
				rounds.ratio(GroupsSide.DECODED, GroupsSide.RAW_ONE).toString(2), rounds.rate(GroupsSide.RAW_ONE),
				rounds.rate(GroupsSide.RAW_TWO), rounds.ratio(GroupsSide.RAW_TWO, GroupsSide.RAW_ONE).toString(2),
				rounds.rate(GroupsSide.BEMI_ONE), rounds.rate(GroupsSide.BEMI_TWO),
				rounds.ratio(GroupsSide.BEMI_TWO, GroupsSide.BEMI_ONE).toString(2),
				rounds.walsender(GroupsSide.BEMI_ONE), rounds.walsender(GroupsSide.BEMI_TWO),
				rounds.cutShort(GroupsSide.BEMI_ONE), rounds.cutShort(GroupsSide.BEMI_TWO),
				rounds.others(GroupsSide.BEMI_ONE), rounds.others(GroupsSide.BEMI_TWO))));
	}

	private void printLast(GroupsRounds unlimited) {
		GroupsRounds narrow = at(IngestShape.NARROW);
		GroupsRounds wide = at(IngestShape.WIDE);
		System.out
			.printf(Locale.ROOT, "%ngroups: one_rows_per_s=%.0f two_rows_per_s=%.0f two_vs_one=%.2f raw_two_vs_one=%.2f"
					+ " limited_one_rows_per_s=%.0f limited_two_rows_per_s=%.0f limited_two_vs_one=%.2f"
					+ " limited_raw_two_vs_one=%.2f limited_wide_two_vs_one=%.2f limited_wide_raw_two_vs_one=%.2f%n",
					unlimited.rate(GroupsSide.BEMI_ONE).median(), unlimited.rate(GroupsSide.BEMI_TWO).median(),
					stored(unlimited), raw(unlimited), narrow.rate(GroupsSide.BEMI_ONE).median(),
					narrow.rate(GroupsSide.BEMI_TWO).median(), stored(narrow), raw(narrow), stored(wide), raw(wide));
	}

	private GroupsRounds at(IngestShape shape) {
		return this.limited.getOrDefault(shape, List.of())
			.stream()
			.filter((rounds) -> rounds.share() == SHARE)
			.findFirst()
			.orElseThrow();
	}

	private static double stored(GroupsRounds rounds) {
		return rounds.ratio(GroupsSide.BEMI_TWO, GroupsSide.BEMI_ONE).median();
	}

	private static double raw(GroupsRounds rounds) {
		return rounds.ratio(GroupsSide.RAW_TWO, GroupsSide.RAW_ONE).median();
	}

}
