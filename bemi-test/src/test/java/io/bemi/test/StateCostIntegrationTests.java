package io.bemi.test;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;

import io.bemi.revert.Workload;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a mark and a move take, beside emptying the tables and filling them again.
 */
class StateCostIntegrationTests {

	private static final int ROUNDS = Integer.getInteger("bemi.states.rounds", 4);

	@ParameterizedTest
	@ValueSource(ints = { 1_500, 15_000, 150_000 })
	void aMoveIsQuickWhereLittleHasChanged(int rows) throws Exception {
		try (TrackedDatabase tracked = TrackedDatabase.of(18, Workload.tables());
				Connection connection = tracked.database().connect();
				Statement statement = connection.createStatement()) {
			statement.execute("SET search_path = app");
			seed(statement, rows);
			statement.execute("ANALYZE");
			tracked.states().mark("seeded");
			int rounds = Math.max(2, (rows > 100_000) ? ROUNDS / 4 : ROUNDS);
			double[] marks = new double[rounds];
			double[] moves = new double[rounds];
			double[] seeds = new double[rounds];
			for (int i = 0; i < rounds; i++) {
				marks[i] = millis(() -> tracked.states().mark("again"));
				statement.execute("UPDATE child SET a = a + 1 WHERE id <= 20");
				statement.execute("INSERT INTO parent (id, code, v) SELECT -g, -g, g FROM generate_series(1, 10) g");
				statement.execute("DELETE FROM node WHERE id <= 10");
				moves[i] = millis(() -> assertThat(tracked.states().rollbackTo("seeded").inserted()).isEqualTo(30));
			}
			for (int i = 0; i < rounds; i++) {
				seeds[i] = millis(() -> {
					statement.execute(
							"TRUNCATE parent, child, leaf, strict, node, pair, pair_ref, pair_part, ident, keyless, part, cyc_a, cyc_b, ranked, note, emptied, emptied_ref");
					seed(statement, rows);
				});
			}
			System.out.printf(
					"%d rows in 18 tables, 40 of them changed; median (lowest to highest) of %d, in ms: mark %s, move %s, empty and fill again %s%n",
					rows, rounds, text(marks), text(moves), text(seeds));
			assertThat(moves[rounds / 2]).isLessThan(50 + rows / 20.0);
		}
	}

	private static void seed(Statement statement, int rows) throws SQLException {
		statement.execute(
				"INSERT INTO parent (id, code, v) SELECT g, g, g FROM generate_series(1, %d) g".formatted(rows / 5));
		statement.execute("INSERT INTO child SELECT g, g %% %d + 1, g, g FROM generate_series(1, %d) g"
			.formatted(rows / 5, rows * 3 / 5));
		statement.execute("INSERT INTO node SELECT g, NULL, g FROM generate_series(1, %d) g".formatted(rows / 5));
	}

	private static double millis(Step step) throws SQLException {
		long start = System.nanoTime();
		step.run();
		return (System.nanoTime() - start) / 1e6;
	}

	private static String text(double[] times) {
		Arrays.sort(times);
		return "%.0f (%.0f to %.0f)".formatted(times[times.length / 2], times[0], times[times.length - 1]);
	}

	@FunctionalInterface
	private interface Step {

		void run() throws SQLException;

	}

}
