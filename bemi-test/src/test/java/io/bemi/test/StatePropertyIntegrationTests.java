package io.bemi.test;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

import io.bemi.revert.Workload;
import io.bemi.revert.Workload.Op;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Random transactions over tables with all kinds of foreign keys and with triggers; marks
 * in between, and moves to any of them in any order: each gives exactly the rows that
 * there were, as another connection reads them.
 * <p>
 * {@code -Dbemi.states.cases=1000 -Dbemi.states.seed=…} for more of them, or others.
 */
class StatePropertyIntegrationTests {

	private static final int CASES = Integer.getInteger("bemi.states.cases",
			Boolean.getBoolean("bemi.soak") ? 1_000 : 40);

	private static final long SEED = Long.getLong("bemi.states.seed", 1);

	private final Map<String, Integer> counts = new TreeMap<>();

	private final long[] values = { 10_000_000_000L };

	@ParameterizedTest
	@ValueSource(ints = { 18, 14 })
	void aMoveGivesExactlyTheRowsOfTheMark(int version) throws Exception {
		try (TrackedDatabase tracked = TrackedDatabase.of(version, Workload.tables());
				Connection connection = tracked.database().connect()) {
			connection.setAutoCommit(false);
			for (int number = 1; number <= CASES; number++) {
				run(tracked, connection, number);
			}
		}
		System.out.printf("PostgreSQL %d, seed %d: %s%n", version, SEED, this.counts);
		assertThat(this.counts.get("moves")).isGreaterThan(CASES * 3);
		assertThat(this.counts.get("rows written")).isGreaterThan(CASES * 10);
	}

	private void run(TrackedDatabase tracked, Connection connection, int number) throws SQLException {
		Random random = new Random(SEED * 1_000_003 + number);
		Workload workload = new Workload(random, number, true, this.values);
		Map<String, List<String>> marked = new TreeMap<>();
		List<String> journal = new ArrayList<>();
		int steps = 12 + random.nextInt(12);
		for (int step = 0; step < steps; step++) {
			switch ((step < 2) ? step : random.nextInt(4)) {
				case 0 -> transact(connection, workload, 30, journal);
				case 1 -> {
					String name = "state " + random.nextInt(5);
					tracked.states().mark(name);
					marked.put(name, tracked.rows("app"));
					journal.add("mark " + name);
					count("marks", 1);
				}
				default -> {
					transact(connection, workload, random.nextInt(10), journal);
					List<String> names = List.copyOf(marked.keySet());
					String name = names.get(random.nextInt(names.size()));
					StateMove move = random.nextBoolean() ? tracked.states().rollbackTo(name)
							: tracked.states().rollForwardTo(name);
					journal.add("move to " + name);
					assertThat(tracked.rows("app")).as("seed %d, case %d: %s", SEED, number, journal)
						.isEqualTo(marked.get(name));
					count("moves", 1);
					count("rows written", move.deleted() + move.inserted());
					count(move.tables().isEmpty() ? "moves with nothing to do" : "moves that wrote", 1);
				}
			}
		}
		marked.keySet().forEach(tracked.states()::forget);
	}

	private void count(String what, int number) {
		this.counts.merge(what, number, Integer::sum);
	}

	/**
	 * Runs statements; those that are refused are rolled back, one by one.
	 */
	private static void transact(Connection connection, Workload workload, int count, List<String> journal)
			throws SQLException {
		try (Statement statement = connection.createStatement()) {
			statement.execute("SET LOCAL search_path = app");
			for (int i = 0; i < count; i++) {
				Op op = workload.draw();
				try {
					statement.execute("SAVEPOINT s;" + op.sql()
							+ ";SET CONSTRAINTS ALL IMMEDIATE;SET CONSTRAINTS ALL DEFERRED;RELEASE SAVEPOINT s");
					journal.add(op.sql());
				}
				catch (SQLException ex) {
					statement.execute("ROLLBACK TO SAVEPOINT s");
				}
			}
			connection.commit();
		}
	}

}
