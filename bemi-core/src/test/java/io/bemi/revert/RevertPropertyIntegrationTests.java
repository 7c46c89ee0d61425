package io.bemi.revert;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;

import io.bemi.context.BemiContext;
import io.bemi.revert.Workload.Op;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

/**
 * Random transactions over tables with all kinds of foreign keys and with triggers;
 * random ones of them are reverted. Either the tables are what they are where these
 * transactions never ran, or a conflict was named.
 * <p>
 * {@code -Dbemi.revert.cases=10000 -Dbemi.revert.seed=…} for more of them, or others.
 */
class RevertPropertyIntegrationTests {

	private static final int CASES = Integer.getInteger("bemi.revert.cases",
			Boolean.getBoolean("bemi.soak") ? 10_000 : 100);

	private static final long SEED = Long.getLong("bemi.revert.seed", 1);

	private static final int PER_ROUND = 20;

	private static final String FOUND = "WITH f AS (%s RETURNING record) SELECT array_agg(record)::text FROM f";

	private final Map<String, Integer> counts = new TreeMap<>();

	private final long[] values = { 10_000_000_000L };

	@ParameterizedTest
	@ValueSource(ints = { 18, 14 })
	void theTablesAreAsIfTheTransactionsHadNeverRun(int version) throws Exception {
		try (Reverted recorded = Reverted.of(version, Workload.tables())) {
			for (int number = 1; number <= CASES; number += PER_ROUND) {
				List<Case> cases = new ArrayList<>();
				for (int i = number; i < number + PER_ROUND; i++) {
					cases.add(new Case(i));
				}
				for (Case one : cases) {
					one.run(recorded);
				}
				for (Case one : cases) {
					one.plan(recorded);
				}
				for (Case one : cases) {
					one.revert(recorded);
				}
			}
		}
		finally {
			System.out.printf("PostgreSQL %d, seed %d: %s%n", version, SEED, this.counts);
		}
		assertThat(this.counts.getOrDefault("reverted as if never run", 0)).isGreaterThan(CASES / 3);
	}

	private void count(String what) {
		this.counts.merge(what, 1, Integer::sum);
	}

	/**
	 * Some transactions, of which some are reverted.
	 */
	private final class Case {

		private final int number;

		private final Random random;

		private final Workload workload;

		private final List<Ran> history = new ArrayList<>();

		private final boolean truncates;

		private @Nullable RevertPlan plan;

		Case(int number) {
			this.number = number;
			this.random = new Random(SEED * 1_000_003 + number);
			this.truncates = number % PER_ROUND == 0;
			this.workload = new Workload(this.random, number, this.truncates,
					RevertPropertyIntegrationTests.this.values);
		}

		void run(Reverted recorded) throws SQLException {
			int transactions = 3 + this.random.nextInt(6);
			int last = transactions - 1 - this.random.nextInt(3);
			for (int i = 0; i < transactions; i++) {
				boolean undone = i == last || (i < last && this.random.nextInt(4) == 0);
				int statements = (i < 2) ? 12 : 1 + this.random.nextInt(6);
				List<Op> ops = transact(recorded, "app", undone, drawn(statements));
				if (ops != null && !ops.isEmpty()) {
					this.history.add(new Ran(ops, undone));
				}
			}
		}

		private List<Op> drawn(int count) {
			List<Op> ops = new ArrayList<>();
			for (int i = 0; i < count; i++) {
				ops.add(this.workload.draw());
			}
			return ops;
		}

		/**
		 * Runs statements; those that are refused are rolled back, one by one.
		 * @return those that did something; null when the transaction was refused
		 */
		private @Nullable List<Op> transact(Reverted recorded, String schema, boolean undone, List<Op> ops)
				throws SQLException {
			boolean first = schema.equals("app");
			List<Op> done = new ArrayList<>();
			try (BemiContext.Scope scope = BemiContext.open(Map.of("case", this.number, "undone", undone));
					Connection connection = (first ? recorded.dataSource() : recorded.pool()).getConnection();
					Statement statement = connection.createStatement()) {
				connection.setAutoCommit(false);
				statement.execute("SET LOCAL search_path = " + schema);
				if (!first) {
					statement.execute(String.join(";", ops.stream().map(Op::again).toList()));
				}
				for (Op op : first ? ops : List.<Op>of()) {
					try {
						Op ran = run(statement, op);
						if (ran != null) {
							done.add(ran);
						}
					}
					catch (SQLException ex) {
						statement.execute("ROLLBACK TO SAVEPOINT s");
					}
				}
				connection.commit();
				return done;
			}
			catch (SQLException ex) {
				if (first) {
					throw ex;
				}
				return null;
			}
		}

		/**
		 * Runs a statement.
		 * @return what it did; null when it did nothing
		 */
		private static @Nullable Op run(Statement statement, Op op) throws SQLException {
			statement.execute("SAVEPOINT s;" + (op.identified() ? FOUND.formatted(op.sql()) : op.sql())
					+ ";SET CONSTRAINTS ALL IMMEDIATE;SET CONSTRAINTS ALL DEFERRED;RELEASE SAVEPOINT s");
			statement.getMoreResults();
			if (!op.identified()) {
				return (statement.getUpdateCount() > 0 || op.sql().startsWith("TRUNCATE")) ? op : null;
			}
			try (ResultSet found = statement.getResultSet()) {
				found.next();
				String records = found.getString(1);
				return (records != null) ? op.found(records) : null;
			}
		}

		/**
		 * Before anything of other cases is reverted: there is nothing to wait for then.
		 */
		void plan(Reverted recorded) {
			this.plan = recorded.reverter()
				.plan(recorded.changes().query().context(Map.of("case", this.number, "undone", true)));
		}

		void revert(Reverted recorded) throws SQLException {
			RevertPlan plan = Objects.requireNonNull(this.plan);
			count("cases");
			this.history.stream().filter(Ran::undone).forEach((ran) -> count("transactions reverted"));
			boolean possible = true;
			for (Ran ran : this.history) {
				if (!ran.undone()) {
					possible &= transact(recorded, "model", false, ran.ops()) != null;
				}
			}
			List<String> before = recorded.query(this.workload.rows("app"));
			RevertOptions options = this.random.nextBoolean() ? RevertOptions.defaults()
					: RevertOptions.defaults().withoutTriggers();
			try {
				recorded.reverter().execute(plan, options);
			}
			catch (RevertConflictException ex) {
				ex.conflicts().forEach((conflict) -> count("conflict " + conflict.kind()));
				count(possible ? "conflict" : "conflict, and impossible without them");
				assertThat(recorded.query(this.workload.rows("app"))).as("nothing is changed").isEqualTo(before);
				if (ex.conflicts().stream().anyMatch((conflict) -> conflict.kind() == ConflictKind.REJECTED)) {
					throw failure(plan, List.of("REJECTED: " + ex.getMessage()), List.of());
				}
				if (plan.conflicts().isEmpty()
						&& ex.conflicts().stream().anyMatch((conflict) -> conflict.kind() != ConflictKind.ALTERED)) {
					throw failure(plan, List.of("a conflict that the plan did not name: " + ex.getMessage()),
							List.of());
				}
				cleanUp(recorded);
				return;
			}
			if (!possible) {
				count("no conflict, though impossible without them");
				cleanUp(recorded);
				return;
			}
			List<String> rows = recorded.query(this.workload.rows("app"));
			List<String> model = recorded.query(this.workload.rows("model"));
			if (!rows.equals(model)) {
				throw failure(plan, rows, model);
			}
			count(plan.steps().isEmpty() ? "nothing to do" : "reverted as if never run");
			cleanUp(recorded);
		}

		/**
		 * The tables that are emptied have all cases' rows in them.
		 */
		private void cleanUp(Reverted recorded) {
			if (this.truncates) {
				recorded.database()
					.execute("DELETE FROM app.emptied_ref", "DELETE FROM app.emptied", "DELETE FROM model.emptied_ref",
							"DELETE FROM model.emptied");
			}
		}

		private AssertionError failure(RevertPlan plan, List<String> rows, List<String> model) {
			StringBuilder text = new StringBuilder();
			this.history.forEach((ran) -> text.append(ran.undone() ? "UNDONE\n" : "kept\n")
				.append("  ")
				.append(String.join("\n  ", ran.ops().stream().map(Op::sql).toList()))
				.append('\n'));
			List<String> only = new ArrayList<>(rows);
			only.removeAll(model);
			List<String> missing = new ArrayList<>(model);
			missing.removeAll(rows);
			return fail("Seed %d, case %d%n%s%n%s%nonly after the revert: %s%nonly without the transactions: %s", SEED,
					this.number, text, plan, String.join("\n  ", only), String.join("\n  ", missing));
		}

	}

	private record Ran(List<Op> ops, boolean undone) {
	}

}
