package io.bemi.revert;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * One record from its first change that is to be undone on: what it really is, and what
 * it would be without the changes that are to be undone.
 */
final class Lineage {

	/** What it is; null while it is not there. */
	private @Nullable Map<String, @Nullable Object> real;

	/** What it would be instead, column by column, while it is there in both ways. */
	private final Map<String, @Nullable Object> instead = new HashMap<>(4);

	/**
	 * What it would be as well as it is, though it was written by changes that are to be
	 * undone.
	 */
	private Map<String, @Nullable Object> settled = Map.of();

	/** What it would be, while it is not there. */
	private @Nullable Map<String, @Nullable Object> restored;

	/** What there was before the first change of each column that is to be undone. */
	private final Map<String, @Nullable Object> before = new HashMap<>(4);

	/** What would be restored by force. */
	private @Nullable Map<String, @Nullable Object> lost;

	private Set<String> later = Set.of();

	/** What a change that stays has written over a value that is to be undone. */
	private Set<String> over = Set.of();

	/**
	 * Such columns that a change which is to be undone has written, or deleted, again.
	 */
	private Set<String> between = Set.of();

	private Set<String> unknown = Set.of();

	private boolean created;

	private boolean createdSince;

	Lineage(@Nullable Map<String, @Nullable Object> real) {
		this.real = real;
	}

	/**
	 * A creation that is to be undone.
	 */
	void undoCreate(Map<String, @Nullable Object> values) {
		Map<String, @Nullable Object> wanted = this.restored;
		this.real = values;
		if (wanted == null) {
			this.created = true;
			return;
		}
		this.restored = null;
		this.settled = new HashMap<>();
		wanted.forEach((column, value) -> {
			remember(this.before, column, value);
			boolean isAsWanted = values.containsKey(column) && Objects.equals(values.get(column), value);
			(isAsWanted ? this.settled : this.instead).put(column, value);
		});
	}

	/**
	 * An update that is to be undone.
	 */
	void undoUpdate(Map<String, @Nullable Object> old, Map<String, @Nullable Object> values, Iterable<String> changed,
			Iterable<String> unknownColumns) {
		this.real = values;
		if (this.created) {
			return;
		}
		for (String column : changed) {
			remember(this.before, column, old.get(column));
			remember(this.instead, column, old.get(column));
			this.later = without(this.later, column);
			if (this.over.contains(column)) {
				this.between = with(this.between, List.of(column));
			}
		}
		this.unknown = with(this.unknown, unknownColumns);
	}

	private static void remember(Map<String, @Nullable Object> row, String column, @Nullable Object value) {
		// Not putIfAbsent, for which a null is absent.
		if (!row.containsKey(column)) {
			row.put(column, value);
		}
	}

	/**
	 * A deletion that is to be undone.
	 */
	void undoDelete(Map<String, @Nullable Object> row, Iterable<String> unknownColumns) {
		this.real = null;
		if (this.created) {
			this.created = false;
			this.later = Set.of();
			return;
		}
		this.restored = this.instead.isEmpty() ? row : Rows.with(row, this.instead);
		this.settled = Map.of();
		this.between = with(this.between, this.over);
		this.instead.clear();
		this.later = Set.of();
		this.unknown = with(this.unknown, unknownColumns);
	}

	/**
	 * A change that stays.
	 */
	void keepUpdate(Map<String, @Nullable Object> values, Iterable<String> changed, Iterable<String> unknownColumns) {
		Map<String, @Nullable Object> old = this.real;
		this.real = values;
		changed.forEach((column) -> keep(column, old));
		unknownColumns.forEach((column) -> keep(column, old));
	}

	private void settledExcept(String column) {
		if (!this.settled.isEmpty()) {
			this.settled.remove(column);
		}
	}

	private static Set<String> with(Set<String> columns, Iterable<String> more) {
		Set<String> all = columns;
		for (String column : more) {
			if (!all.contains(column)) {
				all = new HashSet<>(all);
				all.add(column);
			}
		}
		return all;
	}

	private static Set<String> without(Set<String> columns, String column) {
		if (!columns.contains(column)) {
			return columns;
		}
		Set<String> rest = new HashSet<>(columns);
		rest.remove(column);
		return rest;
	}

	private void keep(String column, @Nullable Map<String, @Nullable Object> old) {
		if (this.instead.containsKey(column)
				&& (old == null || !Objects.equals(old.get(column), this.instead.get(column)))) {
			this.over = with(this.over, List.of(column));
		}
		if (this.created || this.before.containsKey(column)) {
			this.later = with(this.later, List.of(column));
		}
		this.instead.remove(column);
		settledExcept(column);
		this.unknown = without(this.unknown, column);
	}

	/**
	 * A deletion that stays.
	 */
	void keepDelete() {
		Map<String, @Nullable Object> row = (this.real != null) ? Rows.with(this.real, this.instead) : this.restored;
		if (!this.created && row != null && (this.real == null || !this.before.isEmpty() || !this.unknown.isEmpty())) {
			this.lost = row;
		}
		this.real = null;
		this.restored = null;
		this.created = false;
		this.instead.clear();
		this.settled = Map.of();
		this.later = Set.of();
		this.over = Set.of();
		this.between = Set.of();
	}

	/**
	 * The record is made anew by a change that stays.
	 */
	void keepCreate(Map<String, @Nullable Object> values) {
		this.createdSince = true;
		this.lost = this.restored;
		this.restored = null;
		this.real = values;
		this.before.clear();
		this.over = Set.of();
		this.between = Set.of();
	}

	@Nullable Map<String, @Nullable Object> real() {
		return this.real;
	}

	@Nullable Map<String, @Nullable Object> restored() {
		return this.restored;
	}

	@Nullable Map<String, @Nullable Object> lost() {
		return this.lost;
	}

	/**
	 * What columns would be instead, as they would be without the changes.
	 */
	Map<String, @Nullable Object> instead() {
		Map<String, @Nullable Object> row = this.real;
		Map<String, @Nullable Object> different = new LinkedHashMap<>();
		this.instead.forEach((column, value) -> {
			if (row == null || !row.containsKey(column) || !Objects.equals(row.get(column), value)) {
				different.put(column, value);
			}
		});
		return different;
	}

	Map<String, @Nullable Object> settled() {
		return this.settled;
	}

	Map<String, @Nullable Object> before() {
		return this.before;
	}

	Set<String> later() {
		return this.later;
	}

	Set<String> between() {
		return this.between;
	}

	Set<String> unknown() {
		return this.unknown;
	}

	boolean isCreated() {
		return this.created;
	}

	boolean isCreatedSince() {
		return this.createdSince;
	}

}
