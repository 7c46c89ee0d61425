package io.bemi.model;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

/**
 * What one program has to find in the log: its contexts with all their keys, and the
 * contexts of changes that cannot hold their own.
 */
final class Ledger {

	/** What stands in the row where there is no context. */
	static final String NONE = "none";

	/** The key of the id of a context. */
	static final String ID = "c";

	private static final long ROWS = 100_000;

	private final int number;

	private final AtomicInteger rows = new AtomicInteger();

	private final AtomicInteger ids = new AtomicInteger();

	private final Map<String, Map<String, String>> contexts = new ConcurrentHashMap<>();

	private final Map<Long, Set<String>> deletes = new ConcurrentHashMap<>();

	private final Map<Long, Set<String>> late = new ConcurrentHashMap<>();

	Ledger(int number) {
		this.number = number;
	}

	/**
	 * The number of the program that has written a row.
	 */
	static int programOf(long row) {
		return (int) (row / ROWS);
	}

	long newRow() {
		return this.number * ROWS + this.rows.getAndIncrement();
	}

	String newContext() {
		return this.number + "-" + this.ids.incrementAndGet();
	}

	void context(String id, Map<String, String> members) {
		this.contexts.put(id, new LinkedHashMap<>(members));
	}

	/**
	 * A row is deleted. What was rolled back never arrives, so the last deletion counts.
	 */
	void delete(long row, String context) {
		this.deletes.put(row, Set.of(context));
	}

	/**
	 * A deferred trigger runs for a row.
	 * @param contexts those that are right
	 */
	void late(long row, Set<String> contexts) {
		this.late.put(row, Set.copyOf(contexts));
	}

	Set<String> contextsOfDelete(long row) {
		return this.deletes.getOrDefault(row, Set.of());
	}

	Set<String> contextsOfLate(long row) {
		return this.late.getOrDefault(row, Set.of());
	}

	/**
	 * Compares a context with one that is expected.
	 * @param found its keys without those of Bemi's own
	 * @return what is wrong, {@code null} if nothing
	 */
	@Nullable String difference(Set<String> expected, Map<String, ?> found) {
		String id = found.isEmpty() ? NONE : String.valueOf(found.get(ID));
		if (!expected.contains(id)) {
			return "expected context " + new HashSet<>(expected) + " but found " + found;
		}
		if (id.equals(NONE)) {
			return null;
		}
		Map<String, String> members = Objects.requireNonNull(this.contexts.get(id), id);
		return members.equals(found) ? null : "expected " + members + " but found " + found;
	}

}
