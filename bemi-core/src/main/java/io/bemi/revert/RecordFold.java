package io.bemi.revert;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
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

	private final List<Lineage> lineages = new ArrayList<>();

	private final Map<List<Object>, Deque<Lineage>> present = new HashMap<>();

	private final Map<List<Object>, Deque<Lineage>> deleted = new HashMap<>();

	private final Map<List<Object>, Moving> moving = new LinkedHashMap<>();

	private boolean keyGone;

	RecordFold(LiveTable table) {
		this.table = table;
	}

	/**
	 * Takes the next change.
	 * @param change the change; no TRUNCATE
	 * @param undone whether it is to be undone
	 */
	void add(Change change, boolean undone) {
		if (!this.moving.isEmpty()) {
			settleMoves(change);
		}
		Map<String, @Nullable Object> row = (change.operation() == Operation.CREATE) ? change.values()
				: change.before();
		List<Object> from = identity(row);
		List<Object> to = (change.operation() == Operation.DELETE) ? from : identity(change.values());
		if (from == null || to == null) {
			this.keyGone |= undone;
			return;
		}
		switch (change.operation()) {
			case CREATE -> create(change, to, undone);
			case UPDATE -> update(change, from, to, undone);
			default -> delete(change, from, undone);
		}
	}

	private void create(Change change, List<Object> key, boolean undone) {
		Moving moved = this.moving.remove(key);
		if (moved != null && !undone) {
			moved.lineage.keepUpdate(change.values(), Rows.differences(change.values(), moved.row), List.of());
			put(this.present, key, moved.lineage);
			return;
		}
		if (moved != null) {
			moved.lineage.keepDelete();
		}
		boolean followed = undone || this.table.keyed();
		Lineage lineage = followed ? take(this.deleted, key, change.values()) : null;
		if (undone) {
			if (lineage == null) {
				lineage = start(null);
			}
			lineage.undo(change);
			put(this.present, key, lineage);
		}
		else if (lineage != null) {
			lineage.keepCreate(change.values());
			put(this.present, key, lineage);
		}
	}

	private void update(Change change, List<Object> from, List<Object> to, boolean undone) {
		Lineage lineage = take(this.present, from, change.before());
		if (lineage == null && undone) {
			lineage = start(change.before());
		}
		if (lineage == null) {
			return;
		}
		if (undone) {
			lineage.undo(change);
		}
		else {
			lineage.keepUpdate(change.values(), change.changed(), change.unknown());
		}
		put(this.present, to, lineage);
	}

	private void delete(Change change, List<Object> key, boolean undone) {
		Lineage lineage = take(this.present, key, change.before());
		if (lineage == null && undone) {
			lineage = start(change.before());
		}
		if (lineage == null) {
			return;
		}
		if (undone) {
			lineage.undo(change);
			addDeleted(lineage);
		}
		else if (this.table.partitioned()) {
			this.moving.put(key, new Moving(lineage, change.before(), change.transactionId()));
		}
		else {
			lineage.keepDelete();
		}
	}

	/**
	 * A row that moves to another partition is deleted and created in one go.
	 */
	private void settleMoves(Change next) {
		this.moving.values().removeIf((moved) -> {
			if (moved.transaction == next.transactionId()) {
				return false;
			}
			moved.lineage.keepDelete();
			return true;
		});
	}

	private void addDeleted(Lineage lineage) {
		Map<String, @Nullable Object> restored = lineage.restored();
		List<Object> key = (restored != null) ? identity(restored) : null;
		if (key != null) {
			put(this.deleted, key, lineage);
		}
	}

	/**
	 * The table is emptied by a change that stays.
	 */
	void truncate() {
		this.lineages.stream()
			.filter((lineage) -> lineage.real() != null || lineage.restored() != null)
			.forEach(Lineage::keepDelete);
		this.present.clear();
		this.deleted.clear();
		this.moving.clear();
	}

	/**
	 * The table is emptied by a change that is to be undone.
	 * @param rows what was in it
	 */
	void undoTruncate(List<Map<String, @Nullable Object>> rows) {
		for (Map<String, @Nullable Object> row : rows) {
			List<Object> key = identity(row);
			if (key == null) {
				this.keyGone = true;
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

	private @Nullable List<Object> identity(Map<String, @Nullable Object> row) {
		return this.table.keyed() ? Rows.tuple(row, this.table.key()) : List.of(row);
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
	 */
	List<Lineage> finish() {
		this.moving.values().forEach((moved) -> moved.lineage.keepDelete());
		this.moving.clear();
		return this.lineages;
	}

	private record Moving(Lineage lineage, Map<String, @Nullable Object> row, long transaction) {
	}

}
