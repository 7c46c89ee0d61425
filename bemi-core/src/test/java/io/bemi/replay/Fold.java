package io.bemi.replay;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What the history says that the tables hold: the latest state of each record.
 */
final class Fold {

	private final Map<Long, Map<String, Entry>> keyed = new HashMap<>();

	private final Map<Long, List<Entry>> keyless = new HashMap<>();

	Map<String, Entry> keyed(long relation) {
		return this.keyed.computeIfAbsent(relation, (any) -> new HashMap<>());
	}

	List<Entry> keyless(long relation) {
		return this.keyless.computeIfAbsent(relation, (any) -> new ArrayList<>());
	}

	/**
	 * The state that a change replaces.
	 */
	@Nullable Entry previous(Recorded change) {
		String key = change.operation().equals("DELETE") ? change.key() : change.keyBefore();
		return (key != null) ? keyed(change.relation()).get(key) : null;
	}

	/**
	 * Applies the next change.
	 * @return what does not fit, or {@code null}
	 */
	@Nullable String apply(Entry next) {
		Recorded change = next.change();
		if (change.operation().equals("TRUNCATE")) {
			keyed(change.relation()).clear();
			keyless(change.relation()).clear();
			return null;
		}
		if (change.key() == null) {
			return applyKeyless(next);
		}
		Map<String, Entry> table = keyed(change.relation());
		String problem = null;
		if (!change.operation().equals("CREATE")) {
			String key = change.operation().equals("DELETE") ? change.key() : change.keyBefore();
			problem = (key == null || table.remove(key) == null) ? "a record that is not there" : null;
		}
		if (!change.operation().equals("DELETE") && table.put(change.key(), next) != null) {
			problem = "a record that is there already";
		}
		return problem;
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
				return value == null || value.equals(next.change().before().get(column.getKey()));
			});
		}

	}

}
