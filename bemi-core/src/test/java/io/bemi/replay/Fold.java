package io.bemi.replay;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongPredicate;

import io.bemi.replay.Touches.Instant;
import io.bemi.replay.Touches.Severance;
import org.jspecify.annotations.Nullable;

/**
 * What the history says that the tables hold: the latest state of each record.
 */
final class Fold {

	private final Map<Long, Map<String, Entry>> keyed = new HashMap<>();

	private final Map<Long, List<Entry>> keyless = new HashMap<>();

	private final Map<Long, Set<String>> deleted = new HashMap<>();

	private final Map<Long, Integer> severed = new HashMap<>();

	private final Set<Long> incomplete = new HashSet<>();

	/** Where the rows of tables without key were found last. */
	private final Map<Long, Long> found = new HashMap<>();

	private final Touches touches;

	Fold(Touches touches) {
		this.touches = touches;
	}

	Map<String, Entry> keyed(long relation) {
		return this.keyed.computeIfAbsent(relation, (any) -> new HashMap<>());
	}

	List<Entry> keyless(long relation) {
		return this.keyless.computeIfAbsent(relation, (any) -> new ArrayList<>());
	}

	/**
	 * The keys of records that are certainly gone.
	 */
	Set<String> deleted(long relation) {
		return this.deleted.computeIfAbsent(relation, (any) -> new HashSet<>());
	}

	/**
	 * Whether a table has records of which the history knows nothing.
	 */
	boolean isIncomplete(long relation) {
		return this.incomplete.contains(relation);
	}

	/**
	 * Forgets what is not known any more at some moment.
	 * @param relation the table
	 * @param isKeyless whether nothing identifies its rows
	 * @param instant what comes next
	 * @param seen the transactions that count
	 */
	void sever(long relation, boolean isKeyless, Instant instant, LongPredicate seen) {
		List<Severance> severances = this.touches.severances(relation, isKeyless)
			.stream()
			.filter((severance) -> seen.test(severance.transaction()) && severance.instant().compareTo(instant) <= 0)
			.sorted(Comparator.comparing(Severance::instant))
			.toList();
		if (this.severed.getOrDefault(relation, 0) < severances.size()) {
			this.severed.put(relation, severances.size());
			clear(relation);
			if (!severances.get(severances.size() - 1).empty()) {
				this.incomplete.add(relation);
			}
		}
	}

	private void clear(long relation) {
		keyed(relation).clear();
		keyless(relation).clear();
		deleted(relation).clear();
		this.incomplete.remove(relation);
	}

	/**
	 * The state that a change replaces.
	 */
	@Nullable Entry previous(Recorded change) {
		String key = change.replacedKey();
		return (key != null) ? keyed(change.relation()).get(key) : null;
	}

	/**
	 * Applies the next change.
	 * @return what does not fit, or {@code null}
	 */
	@Nullable String apply(Entry next) {
		Recorded change = next.change();
		if (change.operation().equals("TRUNCATE")) {
			clear(change.relation());
			return null;
		}
		if (change.isFound()) {
			applyFound(next);
			return null;
		}
		if (change.key() == null) {
			return applyKeyless(next);
		}
		Map<String, Entry> table = keyed(change.relation());
		String problem = null;
		if (!change.operation().equals("CREATE")) {
			String key = change.replacedKey();
			problem = (key == null || table.remove(key) == null) ? "a record that is not there" : null;
			deleted(change.relation()).add(String.valueOf(key));
		}
		deleted(change.relation()).remove(change.operation().equals("DELETE") ? "" : change.key());
		if (!change.operation().equals("DELETE") && table.put(change.key(), next) != null) {
			problem = "a record that is there already";
		}
		return problem;
	}

	/**
	 * The rows of a table without key are found all at once, and nothing else counts.
	 */
	private void applyFound(Entry next) {
		Recorded row = next.change();
		if (row.key() != null) {
			keyed(row.relation()).put(row.key(), next);
			return;
		}
		Long last = this.found.put(row.relation(), row.position());
		if (last == null || last != row.position()) {
			clear(row.relation());
		}
		keyless(row.relation()).add(next);
	}

	private @Nullable String applyKeyless(Entry next) {
		List<Entry> table = keyless(next.change().relation());
		String problem = null;
		if (!next.change().operation().equals("CREATE")) {
			Entry gone = table.stream().filter((entry) -> entry.mayBe(next)).findFirst().orElse(null);
			table.remove(gone);
			problem = (gone == null) ? "a row that is not there" : null;
		}
		if (!next.change().operation().equals("DELETE")) {
			table.add(next);
		}
		return problem;
	}

	/**
	 * A change with its truth.
	 *
	 * @param change what is recorded
	 * @param truth what a trigger saw
	 */
	record Entry(Recorded change, Truth truth) {

		/**
		 * The name that a column had, by its number.
		 */
		@Nullable String nameOf(int attribute) {
			return this.truth.columns()
				.entrySet()
				.stream()
				.filter((column) -> column.getValue() == attribute)
				.map(Map.Entry::getKey)
				.findFirst()
				.orElse(null);
		}

		private boolean mayBe(Entry next) {
			return next.truth().columns().entrySet().stream().allMatch((column) -> {
				String name = nameOf(column.getValue());
				String value = (name != null) ? this.change.values().get(name) : null;
				return value == null || next.change().unknown().contains(column.getKey())
						|| value.equals(next.change().before().get(column.getKey()));
			});
		}

	}

}
