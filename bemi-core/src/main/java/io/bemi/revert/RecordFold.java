package io.bemi.revert;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.bemi.change.Change;
import io.bemi.change.Operation;
import org.jspecify.annotations.Nullable;

/**
 * From the changes of one table, in their order, to what its records are and what they
 * would be if some of the changes had never happened. A record is followed where its key
 * changes. A pure function: it asks nobody.
 */
final class RecordFold {

	private final LiveTable table;

	private final Shapes shapes;

	private final Deque<Lineage> lineages = new ArrayDeque<>();

	private final Map<List<Object>, Deque<Lineage>> present = new HashMap<>();

	private final Map<List<Object>, Deque<Lineage>> deleted = new HashMap<>();

	/** A deletion that may be the first half of a move to another partition. */
	private @Nullable Held held;

	private boolean keyGone;

	RecordFold(LiveTable table, Shapes shapes) {
		this.table = table;
		this.shapes = shapes;
	}

	/**
	 * Takes the next change.
	 * @param change the change; no TRUNCATE
	 * @param undone whether it is to be undone
	 */
	void add(Change change, boolean undone) {
		Held before = this.held;
		this.held = null;
		if (before != null && before.isMovedBy(change, undone)) {
			update(before.change.before(), this.shapes.compact(change.values()),
					Rows.differences(change.values(), before.change.before()), List.of(), undone);
			return;
		}
		if (before != null) {
			delete(before.change, before.undone);
		}
		switch (change.operation()) {
			case CREATE -> create(this.shapes.compact(change.values()), undone);
			case UPDATE -> update(change.before(), this.shapes.compact(change.values()), change.changed(),
					change.unknown(), undone);
			default -> {
				if (this.table.partitioned()) {
					this.held = new Held(change, undone);
				}
				else {
					delete(change, undone);
				}
			}
		}
	}

	private void create(Map<String, @Nullable Object> values, boolean undone) {
		List<Object> key = identity(values, undone);
		if (key == null) {
			return;
		}
		boolean followed = undone || this.table.keyed();
		Lineage lineage = followed ? take(this.deleted, key, values) : null;
		if (undone) {
			if (lineage == null) {
				lineage = start(null);
			}
			lineage.undoCreate(values);
			put(this.present, key, lineage);
		}
		else if (lineage != null) {
			lineage.keepCreate(values);
			put(this.present, key, lineage);
		}
	}

	private void update(Map<String, @Nullable Object> old, Map<String, @Nullable Object> values, List<String> changed,
			List<String> unknown, boolean undone) {
		List<Object> from = identity(old, undone);
		List<Object> to = identity(values, undone);
		if (from == null || to == null) {
			return;
		}
		Lineage lineage = take(this.present, from, old);
		if (lineage == null && undone) {
			lineage = start(old);
		}
		if (lineage == null) {
			return;
		}
		if (undone) {
			lineage.undoUpdate(old, values, changed, unknown);
		}
		else {
			lineage.keepUpdate(values, changed, unknown);
		}
		put(this.present, to, lineage);
	}

	private void delete(Change change, boolean undone) {
		List<Object> key = identity(change.before(), undone);
		Lineage lineage = (key != null) ? take(this.present, key, change.before()) : null;
		if (key != null && lineage == null && undone) {
			lineage = start(change.before());
		}
		if (lineage == null) {
			return;
		}
		if (undone) {
			lineage.undoDelete(this.shapes.compact(change.before()), change.unknown());
			addDeleted(lineage);
		}
		else {
			lineage.keepDelete();
		}
	}

	private void settle() {
		Held before = this.held;
		this.held = null;
		if (before != null) {
			delete(before.change, before.undone);
		}
	}

	private void addDeleted(Lineage lineage) {
		Map<String, @Nullable Object> restored = lineage.restored();
		List<Object> key = (restored != null) ? identity(restored, true) : null;
		if (key != null) {
			put(this.deleted, key, lineage);
		}
	}

	/**
	 * The table is emptied by a change that stays.
	 */
	void truncate() {
		settle();
		this.lineages.stream()
			.filter((lineage) -> lineage.real() != null || lineage.restored() != null)
			.forEach(Lineage::keepDelete);
		this.present.clear();
		this.deleted.clear();
	}

	/**
	 * The table is emptied by a change that is to be undone.
	 * @param rows what was in it
	 */
	void undoTruncate(List<Map<String, @Nullable Object>> rows) {
		settle();
		for (Map<String, @Nullable Object> row : rows) {
			List<Object> key = identity(row, true);
			if (key == null) {
				continue;
			}
			Lineage lineage = take(this.present, key, row);
			if (lineage == null) {
				lineage = start(row);
			}
			lineage.undoDelete(row, List.of());
			addDeleted(lineage);
		}
		this.present.values().forEach((rest) -> rest.forEach((lineage) -> {
			Map<String, @Nullable Object> row = Objects.requireNonNull(lineage.real());
			lineage.undoDelete(row, List.of());
			addDeleted(lineage);
		}));
		this.present.clear();
	}

	private Lineage start(@Nullable Map<String, @Nullable Object> row) {
		Lineage lineage = new Lineage(row);
		this.lineages.add(lineage);
		return lineage;
	}

	private @Nullable List<Object> identity(Map<String, @Nullable Object> row, boolean undone) {
		List<Object> identity = this.table.keyed() ? Rows.tuple(row, this.table.key()) : List.of(row);
		this.keyGone |= undone && identity == null;
		return identity;
	}

	private static void put(Map<List<Object>, Deque<Lineage>> places, List<Object> key, Lineage lineage) {
		places.computeIfAbsent(key, (k) -> new ArrayDeque<>(1)).addLast(lineage);
	}

	/**
	 * Two records may have the same key for a while, where that is checked at the end.
	 */
	private static @Nullable Lineage take(Map<List<Object>, Deque<Lineage>> places, List<Object> key,
			Map<String, @Nullable Object> row) {
		Deque<Lineage> there = places.get(key);
		if (there == null) {
			return null;
		}
		Lineage found = there.stream()
			.filter((lineage) -> row.equals(lineage.real()))
			.findFirst()
			.orElseGet(there::peekFirst);
		there.remove(found);
		if (there.isEmpty()) {
			places.remove(key);
		}
		return found;
	}

	/**
	 * Whether changes that are to be undone have no key as the table has it now.
	 */
	boolean isKeyGone() {
		return this.keyGone;
	}

	/**
	 * The records that changes which are to be undone are about.
	 * @return each as it is taken out
	 */
	Deque<Lineage> finish() {
		settle();
		this.present.clear();
		this.deleted.clear();
		return this.lineages;
	}

	/**
	 * A deletion that is looked at once the next change is known: the server sends a row
	 * that moves to another partition as a deletion and, at once, a creation.
	 */
	private record Held(Change change, boolean undone) {

		boolean isMovedBy(Change next, boolean nextUndone) {
			return next.operation() == Operation.CREATE && nextUndone == this.undone
					&& next.position().equals(this.change.position()) && next.ordinal() == this.change.ordinal() + 1;
		}

	}

}
