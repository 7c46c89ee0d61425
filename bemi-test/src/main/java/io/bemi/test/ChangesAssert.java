package io.bemi.test;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

import io.bemi.change.Change;
import io.bemi.change.Operation;
import io.bemi.query.ChangeQuery;
import io.bemi.query.Changes;
import org.assertj.core.api.AbstractAssert;
import org.jspecify.annotations.Nullable;

/**
 * Assertions about recorded changes. First say which ones, then what is true of them:
 * <pre>{@code
 * assertThat(changes).since(states, "seeded").touchedOnly("todo").hasContext("user", "ann");
 * }</pre> Each waits until everything is in the history that has been committed by then,
 * and cannot be used within a transaction. Failures list the changes.
 */
public final class ChangesAssert extends AbstractAssert<ChangesAssert, Changes> {

	/** More than that are no matter of one test. */
	private static final int LIMIT = 10_000;

	private static final long PAUSE_NANOS = 20_000_000;

	private final UnaryOperator<ChangeQuery> conditions;

	private final Duration patience;

	ChangesAssert(Changes changes) {
		this(changes, UnaryOperator.identity(), Duration.ZERO);
	}

	private ChangesAssert(Changes changes, UnaryOperator<ChangeQuery> conditions, Duration patience) {
		super(changes, ChangesAssert.class);
		this.conditions = conditions;
		this.patience = patience;
	}

	/**
	 * Only changes that came after the database was last in a state: since it was marked,
	 * or since the last move to it.
	 * @param states the states
	 * @param name the name of the state
	 * @throws TestStateException when there is no such state
	 */
	public ChangesAssert since(TestStates states, String name) {
		return matching(states.since(name));
	}

	/**
	 * Only changes that were committed at a time or later, by the clock of the database.
	 * @param moment the time
	 */
	public ChangesAssert since(Instant moment) {
		return matching((query) -> query.since(moment));
	}

	/**
	 * Only changes of a table.
	 * @param table its name, or {@code schema.name}
	 */
	public ChangesAssert ofTable(String table) {
		int dot = table.indexOf('.');
		return matching((query) -> (dot < 0) ? query.table(table)
				: query.schema(table.substring(0, dot)).table(table.substring(dot + 1)));
	}

	/**
	 * Only changes of a record.
	 * @param table the name of its table, or {@code schema.name}
	 * @param primaryKey its key
	 */
	public ChangesAssert ofRecord(String table, Object primaryKey) {
		return ofTable(table).matching((query) -> query.primaryKey(primaryKey));
	}

	/**
	 * Only changes that a question finds.
	 * @param more adds its conditions
	 */
	public ChangesAssert matching(UnaryOperator<ChangeQuery> more) {
		return narrowed((query) -> more.apply(this.conditions.apply(query)), this.patience);
	}

	/**
	 * Waits for what is asserted, where it is yet to be committed by somebody else.
	 * @param patience how long at most
	 */
	public ChangesAssert within(Duration patience) {
		return narrowed(this.conditions, patience);
	}

	private ChangesAssert narrowed(UnaryOperator<ChangeQuery> conditions, Duration patience) {
		return new ChangesAssert(this.actual, conditions, patience).as(descriptionText());
	}

	/**
	 * Checks that there is no change.
	 */
	public ChangesAssert isEmpty() {
		return hasCount(0);
	}

	/**
	 * Checks how many changes there are.
	 * @param expected their number
	 */
	public ChangesAssert hasCount(int expected) {
		return check((changes) -> {
			if (changes.size() != expected) {
				fail(changes, "Expected %d changes, but there are %d", expected, changes.size());
			}
		});
	}

	/**
	 * Checks how many changes of a kind there are.
	 * @param operation the kind
	 * @param expected their number
	 */
	public ChangesAssert hasCount(Operation operation, int expected) {
		return check((changes) -> {
			long count = changes.stream().filter((change) -> change.operation() == operation).count();
			if (count != expected) {
				fail(changes, "Expected %d changes of the kind %s, but there are %d", expected, operation, count);
			}
		});
	}

	/**
	 * Checks that there are changes in each of these tables.
	 * @param tables their names, or {@code schema.name}
	 */
	public ChangesAssert touched(String... tables) {
		return check((changes) -> touched(changes, tables));
	}

	private void touched(List<Change> changes, String... tables) {
		List<String> missing = Arrays.stream(tables)
			.filter((table) -> changes.stream().noneMatch((change) -> ChangeText.isOf(change, table)))
			.toList();
		if (!missing.isEmpty()) {
			fail(changes, "Expected changes in the tables %s, but there is none in %s", Arrays.toString(tables),
					missing);
		}
	}

	/**
	 * Checks that there are changes in each of these tables, and in no other.
	 * @param tables their names, or {@code schema.name}
	 */
	public ChangesAssert touchedOnly(String... tables) {
		return check((changes) -> {
			Set<String> others = changes.stream()
				.filter((change) -> Arrays.stream(tables).noneMatch((table) -> ChangeText.isOf(change, table)))
				.map(ChangeText::table)
				.collect(Collectors.toCollection(TreeSet::new));
			if (!others.isEmpty()) {
				fail(changes, "Expected changes in the tables %s only, but there are some in %s",
						Arrays.toString(tables), others);
			}
			touched(changes, tables);
		});
	}

	/**
	 * Checks that there are changes, and that each has an entry in its context.
	 * @param key the name of the entry
	 * @param value its value; of a map, at least its entries
	 */
	public ChangesAssert hasContext(String key, Object value) {
		return hasContext(Map.of(key, value));
	}

	/**
	 * Checks that there are changes, and that each has at least these entries in its
	 * context.
	 * @param entries the entries
	 */
	public ChangesAssert hasContext(Map<String, ?> entries) {
		return check((changes) -> {
			List<Change> without = changes.stream()
				.filter((change) -> !ChangeText.contains(change.metadata(), entries))
				.toList();
			if (!without.isEmpty() || changes.isEmpty()) {
				fail(without, "Expected the context %s, but %s", entries, changes.isEmpty() ? "there is no change"
						: without.size() + " of " + changes.size() + " changes have another one");
			}
		});
	}

	/**
	 * Checks what became of a column of one record, whatever was between.
	 * @param column the column
	 * @param old what it held before the first of the changes; {@code null} if nothing,
	 * or if there was no record
	 * @param current what it holds after the last one, likewise
	 */
	public ChangesAssert hasDiff(String column, @Nullable Object old, @Nullable Object current) {
		return check((changes) -> {
			long records = changes.stream()
				.map((change) -> ChangeText.table(change) + " " + change.primaryKey())
				.distinct()
				.count();
			if (records != 1) {
				fail(changes, "Expected changes of one record, but they are of %d: say which by ofRecord(table, key)",
						records);
			}
			Change first = changes.get(0);
			Change last = changes.get(changes.size() - 1);
			Object before = ChangeText.like(old, first.before().get(column), (type) -> first.beforeOf(column, type));
			Object after = ChangeText.like(current, last.values().get(column), (type) -> last.valueOf(column, type));
			if (!ChangeText.isSame(before, old) || !ChangeText.isSame(after, current)) {
				fail(changes, "Expected %s to go from <%s> to <%s>, but it went from <%s> to <%s>", column, old,
						current, before, after);
			}
		});
	}

	/**
	 * The changes, oldest first, for assertions of AssertJ's own.
	 * @return at most 10,000 of them
	 */
	public List<Change> list() {
		isNotNull();
		this.actual.awaitIngested();
		return this.conditions.apply(this.actual.query()).oldestFirst().limit(LIMIT).list();
	}

	private ChangesAssert check(Consumer<List<Change>> check) {
		long deadline = System.nanoTime() + this.patience.toNanos();
		while (true) {
			try {
				check.accept(list());
				return this;
			}
			catch (AssertionError ex) {
				if (System.nanoTime() - deadline >= 0 || Thread.currentThread().isInterrupted()) {
					throw ex;
				}
				LockSupport.parkNanos(PAUSE_NANOS);
			}
		}
	}

	private void fail(List<Change> changes, String message, @Nullable Object... arguments) {
		failWithMessage("%s%n%s", message.formatted(arguments), ChangeText.describe(changes));
	}

}
