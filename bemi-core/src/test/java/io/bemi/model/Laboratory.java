package io.bemi.model;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import io.bemi.pgoutput.SlotSession;
import io.bemi.testsupport.TestDatabase;
import org.jspecify.annotations.Nullable;

/**
 * Runs programs at the same time, over the same pools and threads, and checks what they
 * have written.
 */
final class Laboratory implements AutoCloseable {

	private static final int WORKERS = 4;

	private static final int ATTEMPTS = 3;

	private final Sources sources;

	private final SlotSession slot;

	private final Checker checker;

	private final Threads threads = new Threads();

	private final ExecutorService workers = Executors.newFixedThreadPool(WORKERS);

	private int lastNumber;

	Laboratory(TestDatabase database) throws SQLException {
		this.sources = new Sources(database);
		this.slot = new SlotSession(database);
		this.checker = new Checker(this.slot);
	}

	Counts counts() {
		return this.checker.counts();
	}

	/**
	 * Runs programs side by side.
	 * @return what is wrong with those that went wrong
	 */
	Map<Program, String> run(List<Program> programs) throws Exception {
		Map<Integer, Ledger> ledgers = new ConcurrentHashMap<>();
		Map<Integer, String> failures = new ConcurrentHashMap<>();
		int first = this.lastNumber + 1;
		this.lastNumber += programs.size();
		AtomicInteger next = new AtomicInteger();
		Callable<Void> worker = () -> {
			for (int i = next.getAndIncrement(); i < programs.size(); i = next.getAndIncrement()) {
				Execution execution = new Execution(first + i, this.sources, this.threads);
				ledgers.put(first + i, execution.ledger());
				try {
					execution.run(programs.get(i));
				}
				catch (Exception ex) {
					failures.put(first + i, ex.toString());
				}
			}
			return null;
		};
		for (Future<Void> done : this.workers
			.invokeAll(IntStream.range(0, WORKERS).mapToObj((index) -> worker).toList())) {
			done.get();
		}
		failures.putAll(this.checker.check(ledgers));
		Map<Program, String> problems = new ConcurrentHashMap<>();
		failures.forEach((number, problem) -> problems
			.put((number >= first) ? programs.get(number - first) : new Program(-1, List.of()), problem));
		return problems;
	}

	/**
	 * Describes a program that went wrong, made as small as it gets while it still goes
	 * wrong by itself.
	 */
	String explain(Program program, String problem) throws Exception {
		if (failure(program) == null) {
			return problem + "\nonly beside other programs, " + program;
		}
		Program smallest = program;
		int index = 0;
		while (index < Step.count(smallest.steps())) {
			Program smaller = new Program(program.seed(), Step.without(smallest.steps(), index));
			if (failure(smaller) != null) {
				smallest = smaller;
			}
			else {
				index++;
			}
		}
		return failure(smallest) + "\n" + smallest;
	}

	private @Nullable String failure(Program program) throws Exception {
		for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
			Map<Program, String> problems = run(List.of(program));
			if (!problems.isEmpty()) {
				return problems.values().iterator().next();
			}
		}
		return null;
	}

	@Override
	public void close() throws SQLException {
		this.workers.shutdown();
		this.threads.close();
		this.sources.close();
		this.slot.close();
	}

}
