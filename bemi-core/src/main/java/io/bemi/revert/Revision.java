package io.bemi.revert;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.bemi.revert.LiveTable.Column;
import io.bemi.revert.RevertStep.Action;
import org.jspecify.annotations.Nullable;

/**
 * What the history says is to become of one record, with the conflicts that it knows of.
 */
final class Revision {

	private final LiveTable table;

	private final Map<String, @Nullable Object> key;

	private final Shapes shapes;

	private final List<RevertConflict> conflicts = new ArrayList<>(0);

	/** What is done about it; null for nothing. */
	private @Nullable Change natural;

	/** What is done by force. */
	private @Nullable Change forced;

	/** Columns that are to be what they are, whatever triggers do. */
	private Map<String, @Nullable Object> settled = Map.of();

	/** The columns that go back by force. */
	private Map<String, @Nullable Object> forcedColumns = Map.of();

	private Revision(LiveTable table, Map<String, @Nullable Object> key, Shapes shapes) {
		this.table = table;
		this.key = key;
		this.shapes = shapes;
	}

	/**
	 * Works it out.
	 * @return what to do; {@code null} when nothing is, and nothing stands against it
	 */
	static @Nullable Revision of(LiveTable table, Lineage lineage, Shapes shapes) {
		Map<String, @Nullable Object> real = lineage.real();
		Map<String, @Nullable Object> restored = lineage.restored();
		Map<String, @Nullable Object> lost = lineage.lost();
		Revision revision = null;
		if (real != null) {
			revision = new Revision(table, key(table, real), shapes);
			revision.present(lineage, real, lost);
		}
		else if (restored != null) {
			revision = new Revision(table, key(table, restored), shapes);
			revision.restore(lineage, restored);
		}
		else if (lost != null) {
			revision = new Revision(table, key(table, lost), shapes);
			revision.conflict(lineage.isCreatedSince() ? ConflictKind.CREATED_SINCE : ConflictKind.DELETED_SINCE,
					List.of(),
					lineage.isCreatedSince() ? "it is to be restored, but was created anew, and deleted again"
							: "it was deleted after the changes that are to be reverted");
			revision.forced = new Change(Action.INSERT, Map.of(), revision.there(lost));
		}
		return (revision != null && (revision.natural != null || !revision.conflicts.isEmpty())) ? revision : null;
	}

	private static Map<String, @Nullable Object> key(LiveTable table, Map<String, @Nullable Object> row) {
		return table.keyed() ? Rows.only(row, table.key()) : row;
	}

	private void present(Lineage lineage, Map<String, @Nullable Object> real,
			@Nullable Map<String, @Nullable Object> lost) {
		if (lineage.isCreated()) {
			Change delete = new Change(Action.DELETE, this.existing(real), Map.of());
			if (lineage.later().isEmpty()) {
				this.natural = delete;
			}
			else {
				conflict(ConflictKind.LATER_CHANGE, List.of(),
						"it is to be deleted, but was changed after it was created: "
								+ String.join(", ", lineage.later()));
				this.forced = delete;
			}
			return;
		}
		this.natural = update(real, lineage.instead());
		this.settled = this.shapes
			.compact(Rows.only(lineage.settled(), lineage.settled().keySet().stream().filter((name) -> {
				Column column = this.table.column(name);
				return column != null && !column.generated();
			}).toList()));
		if (lineage.isCreatedSince() && lost != null) {
			conflict(ConflictKind.CREATED_SINCE, List.of(), "it is to be restored, but was created anew");
			this.forced = update(real, Rows.only(lost, Rows.differences(lost, real)));
		}
		if (!lineage.later().isEmpty()) {
			conflict(ConflictKind.LATER_CHANGE, List.copyOf(lineage.later()),
					"changed after the changes that are to be reverted");
			this.forcedColumns = Rows.only(lineage.before(), lineage.later());
			this.forced = update(real, Rows.with(lineage.instead(), this.forcedColumns));
		}
		if (!lineage.between().isEmpty()) {
			conflict(ConflictKind.CHANGED_BETWEEN, List.copyOf(lineage.between()),
					"written by others between the changes that are to be reverted");
		}
		if (!lineage.unknown().isEmpty()) {
			conflict(ConflictKind.UNKNOWN_BEFORE, List.copyOf(lineage.unknown()),
					"the history does not know what was there before");
		}
	}

	private void restore(Lineage lineage, Map<String, @Nullable Object> row) {
		Map<String, @Nullable Object> there = there(row);
		this.natural = new Change(Action.INSERT, Map.of(), there);
		List<String> missing = this.table.triggers() ? List.of()
				: this.table.columns()
					.stream()
					.filter((column) -> column.required() && !there.containsKey(column.name()))
					.map(Column::name)
					.toList();
		if (!missing.isEmpty()) {
			conflict(ConflictKind.UNKNOWN_BEFORE, List.of(), "it is to be restored, but the history has no value for "
					+ String.join(", ", missing) + ", which must have one and has no default");
		}
		if (!lineage.between().isEmpty()) {
			conflict(ConflictKind.CHANGED_BETWEEN, List.of(),
					"it is to be restored, but others wrote between the changes that are to be reverted: "
							+ String.join(", ", lineage.between()));
		}
		if (!lineage.unknown().isEmpty()) {
			conflict(ConflictKind.UNKNOWN_BEFORE, List.of(),
					"it is to be restored, but the history does not know " + String.join(", ", lineage.unknown()));
		}
	}

	private @Nullable Change update(Map<String, @Nullable Object> real, Map<String, @Nullable Object> wanted) {
		Map<String, @Nullable Object> to = there(wanted);
		return to.isEmpty() ? null : new Change(Action.UPDATE, Rows.only(real, to.keySet()), to);
	}

	/**
	 * What can be written: without columns that are no longer there.
	 */
	private Map<String, @Nullable Object> there(Map<String, @Nullable Object> row) {
		Set<String> gone = new LinkedHashSet<>();
		Map<String, @Nullable Object> there = new LinkedHashMap<>();
		row.forEach((name, value) -> {
			Column column = this.table.column(name);
			if (column == null) {
				gone.add(name);
			}
			else if (!column.generated()) {
				there.put(name, value);
			}
		});
		if (!gone.isEmpty()) {
			conflict(ConflictKind.COLUMN_GONE, List.copyOf(gone), "there is no such column any more");
		}
		return this.shapes.compact(there);
	}

	private Map<String, @Nullable Object> existing(Map<String, @Nullable Object> row) {
		return this.shapes.compact(
				Rows.without(row, row.keySet().stream().filter((name) -> this.table.column(name) == null).toList()));
	}

	private void conflict(ConflictKind kind, List<String> columns, String message) {
		this.conflicts
			.add(new RevertConflict(kind, this.table.schema(), this.table.name(), this.key, columns, message));
	}

	List<RevertConflict> conflicts() {
		return this.conflicts;
	}

	/**
	 * What is to be done under some options.
	 * @param resolved takes the conflicts
	 * @return {@code null} when nothing is
	 */
	@Nullable Work work(Resolutions resolved) {
		Change change = this.natural;
		for (RevertConflict conflict : this.conflicts) {
			switch (resolved.resolve(conflict)) {
				case ABORT -> {
				}
				case SKIP -> {
					if (conflict.columns().isEmpty()) {
						return null;
					}
					change = isBetween(conflict) ? without(change, conflict.columns()) : change;
				}
				case OVERWRITE -> change = (this.forced != null && !isBetween(conflict)) ? this.forced : change;
			}
		}
		return (change != null) ? new Work(this.table, change.action, this.key, change.from, change.to, this.settled)
				: null;
	}

	private static boolean isBetween(RevertConflict conflict) {
		return conflict.kind() == ConflictKind.CHANGED_BETWEEN;
	}

	private static @Nullable Change without(@Nullable Change change, List<String> columns) {
		if (change == null || change.to.keySet().stream().allMatch(columns::contains)) {
			return null;
		}
		return new Change(change.action, Rows.without(change.from, columns), Rows.without(change.to, columns));
	}

	private record Change(Action action, Map<String, @Nullable Object> from, Map<String, @Nullable Object> to) {
	}

}
