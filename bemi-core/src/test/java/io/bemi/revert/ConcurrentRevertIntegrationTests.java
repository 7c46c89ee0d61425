package io.bemi.revert;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import io.bemi.change.Change;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Others write while reverts are executed: no update is lost, and a revert is done or
 * names its conflict.
 */
class ConcurrentRevertIntegrationTests {

	private static final int RECORDS = 8;

	private static final int REVERTS = Integer.getInteger("bemi.revert.concurrent",
			Boolean.getBoolean("bemi.soak") ? 1_000 : 60);

	private static final int WRITERS = 3;

	private final ConcurrentLinkedDeque<Long> written = new ConcurrentLinkedDeque<>();

	/** So few of the column that is reverted that not every revert meets one. */
	private final Semaphore writes = new Semaphore(RECORDS);

	private final AtomicInteger counted = new AtomicInteger();

	private final AtomicInteger unique = new AtomicInteger();

	private final AtomicInteger done = new AtomicInteger();

	private final AtomicInteger conflicts = new AtomicInteger();

	/** How many rows writers have written, each of which a trigger counts. */
	private final AtomicInteger rows = new AtomicInteger();

	@ParameterizedTest
	@CsvSource({ "14, true", "18, true", "18, false" })
	void noUpdateIsLost(int version, boolean triggers) throws Exception {
		try (Reverted recorded = Reverted.of(version,
				"CREATE TABLE counter (id bigint PRIMARY KEY, a text, c bigint NOT NULL DEFAULT 0)",
				"INSERT INTO counter SELECT i, 'start' FROM generate_series(1, " + RECORDS + ") i",
				"CREATE SCHEMA model", "CREATE TABLE model.log (id bigint)", """
						CREATE FUNCTION log() RETURNS trigger LANGUAGE plpgsql AS
						$$ BEGIN INSERT INTO model.log VALUES (NEW.id); RETURN NULL; END $$""",
				"CREATE TRIGGER log AFTER UPDATE ON counter FOR EACH ROW EXECUTE FUNCTION log()")) {
			AtomicBoolean stop = new AtomicBoolean();
			ExecutorService threads = Executors.newFixedThreadPool(WRITERS + 2);
			List<Future<?>> running = new ArrayList<>();
			for (int i = 0; i < WRITERS; i++) {
				Random random = new Random(i);
				running.add(threads.submit(() -> write(recorded, random, stop)));
			}
			for (int i = 0; i < 2; i++) {
				Random random = new Random(100 + i);
				running.add(threads.submit(() -> revert(recorded, random, triggers, stop)));
			}
			for (Future<?> one : running) {
				one.get();
			}
			threads.shutdown();
			check(recorded);
			if (!triggers) {
				assertThat(recorded.query("SELECT count(*) FROM model.log"))
					.as("the trigger was silent for reverts, and for nobody else")
					.containsExactly(String.valueOf(this.rows.get()));
			}
			System.out.printf("PostgreSQL %d, triggers %b: %d reverts done, %d with conflicts, %d writes beside them%n",
					version, triggers, this.done.get(), this.conflicts.get(), this.written.size());
		}
	}

	private void write(Reverted recorded, Random random, AtomicBoolean stop) {
		while (!stop.get()) {
			long one = 1 + random.nextInt(RECORDS);
			if (random.nextInt(3) == 0 || !this.writes.tryAcquire()) {
				recorded.transact("UPDATE counter SET c = c + 1 WHERE id = " + one);
				this.counted.incrementAndGet();
				this.rows.incrementAndGet();
				continue;
			}
			long other = 1 + random.nextInt(RECORDS);
			this.written.addLast(recorded.transact(
					"UPDATE counter SET a = 'w%d' WHERE id IN (SELECT id FROM counter WHERE id IN (%d, %d) ORDER BY id FOR UPDATE)"
						.formatted(this.unique.incrementAndGet(), one, other)));
			this.rows.addAndGet((one == other) ? 1 : 2);
		}
	}

	private void revert(Reverted recorded, Random random, boolean triggers, AtomicBoolean stop) {
		int attempts = 0;
		while (attempts < REVERTS) {
			Long transaction = random.nextBoolean() ? this.written.peekLast() : this.written.peekFirst();
			if (transaction == null) {
				Thread.onSpinWait();
				continue;
			}
			attempts++;
			this.writes.release(2);
			RevertPlan plan = recorded.reverter().planTransaction(transaction);
			RevertOptions options = triggers ? RevertOptions.defaults() : RevertOptions.defaults().withoutTriggers();
			try {
				recorded.reverter()
					.execute(plan,
							random.nextBoolean() ? options : options.on(ConflictKind.LATER_CHANGE, Resolution.SKIP));
				this.done.incrementAndGet();
			}
			catch (RevertConflictException ex) {
				assertThat(ex.conflicts()).extracting(RevertConflict::kind).containsOnly(ConflictKind.LATER_CHANGE);
				this.conflicts.incrementAndGet();
			}
		}
		stop.set(true);
	}

	/**
	 * What a revert has replaced is what the transaction had written that it reverted,
	 * and what it has put there is what that had replaced.
	 */
	private void check(Reverted recorded) {
		recorded.changes().awaitIngested();
		assertThat(recorded.query("SELECT sum(c) FROM counter")).containsExactly(String.valueOf(this.counted.get()));
		int reverted = 0;
		for (long id = 1; id <= RECORDS; id++) {
			List<Change> history = recorded.changes()
				.query()
				.table("counter")
				.primaryKey(id)
				.oldestFirst()
				.limit(Integer.MAX_VALUE)
				.list();
			for (Change change : history) {
				if (!(change.metadata().get(JdbcReverter.CONTEXT_KEY) instanceof Map<?, ?> context)) {
					continue;
				}
				reverted++;
				assertThat(change.changed()).containsExactly("a");
				String of = String.valueOf(((Map<?, ?>) Objects.requireNonNull(context.get("of"))).get("transactions"));
				Change bad = history.stream()
					.filter((other) -> of.equals("[" + other.transactionId() + "]"))
					.findFirst()
					.orElseThrow();
				assertThat(change.before().get("a")).isEqualTo(bad.values().get("a"));
				assertThat(change.values().get("a")).isEqualTo(bad.before().get("a"));
			}
		}
		assertThat(reverted).isPositive();
	}

}
