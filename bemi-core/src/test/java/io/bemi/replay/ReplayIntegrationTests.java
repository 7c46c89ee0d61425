package io.bemi.replay;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

/**
 * Random programs that change rows and tables: folding the history gives the tables as
 * they were at each moment, and what was before each change is what a trigger saw.
 * <p>
 * A program that goes wrong is printed with its seed and runs alone with
 * {@code -Dbemi.replay.seed=… -Dbemi.replay.programs=1}.
 */
class ReplayIntegrationTests {

	private static final int PROGRAMS = Integer.getInteger("bemi.replay.programs",
			Boolean.getBoolean("bemi.soak") ? 25 : 1);

	private static final int STEPS = Integer.getInteger("bemi.replay.steps",
			Boolean.getBoolean("bemi.soak") ? 800 : 1_000);

	private static final int MOMENTS = 20;

	private static final long SEED = Long.getLong("bemi.replay.seed", 1);

	@ParameterizedTest
	@CsvSource({ "14,DEFAULT", "14,FULL", "18,DEFAULT", "18,FULL" })
	void theHistoryGivesTheTablesAndEveryRowBefore(int version, String identity) throws Exception {
		Map<String, Integer> counts = new TreeMap<>();
		int commits = 0;
		for (long seed = SEED; seed < SEED + PROGRAMS; seed++) {
			try (Program program = new Program(version, seed, identity.equals("FULL"))) {
				List<Moment> moments = program.run(STEPS, MOMENTS);
				Moment settled = program.settle();
				Oracle oracle = program.oracle();
				List<String> problems = new ArrayList<>(oracle.problems());
				for (int i = 0; i < moments.size(); i++) {
					String moment = "at moment " + i + ", ";
					oracle.check(moments.get(i), false).forEach((difference) -> problems.add(moment + difference));
				}
				oracle.check(settled, true).forEach((difference) -> problems.add("at last, " + difference));
				if (!problems.isEmpty()) {
					fail("PostgreSQL %d, identity %s, seed %d, %d problems, such as: %s%n%s", version, identity, seed,
							problems.size(), String.join("\n", problems.subList(0, Math.min(5, problems.size()))),
							program);
				}
				commits += program.commits();
				oracle.counts().forEach((what, count) -> counts.merge(what, count, Integer::sum));
			}
		}
		System.out.printf("PostgreSQL %d, identity %s, %d programs from seed %d: %d transactions, %s%n", version,
				identity, PROGRAMS, SEED, commits, counts);
		assertThat(counts.get("rows compared")).isGreaterThan(100);
	}

}
