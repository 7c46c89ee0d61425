package io.bemi.revert;

import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.bemi.revert.RevertStep.Action;
import org.jspecify.annotations.Nullable;

/**
 * What is to be done to one record, and what was found out about it.
 */
final class Work {

	private final LiveTable table;

	private final Action action;

	private final Map<String, @Nullable Object> key;

	private Map<String, @Nullable Object> from;

	private Map<String, @Nullable Object> to;

	/** Columns that are what they are to be, and are looked at after writing. */
	private Map<String, @Nullable Object> settled;

	/** The row as it is now; null when it is not there, or is looked for by its key. */
	private @Nullable Seen seen;

	/** What constraints are about, as it is now; null when the row is not there. */
	private @Nullable Map<String, @Nullable Object> current;

	private boolean isLinked;

	/** The key that cascades of other work give the row before its turn comes. */
	private @Nullable Map<String, @Nullable Object> followed;

	Work(LiveTable table, Action action, Map<String, @Nullable Object> key, Map<String, @Nullable Object> from,
			Map<String, @Nullable Object> to) {
		this(table, action, key, from, to, Map.of());
	}

	Work(LiveTable table, Action action, Map<String, @Nullable Object> key, Map<String, @Nullable Object> from,
			Map<String, @Nullable Object> to, Map<String, @Nullable Object> settled) {
		this.settled = settled;
		this.table = table;
		this.action = action;
		this.key = key;
		this.from = from;
		this.to = to;
	}

	LiveTable table() {
		return this.table;
	}

	Action action() {
		return this.action;
	}

	Map<String, @Nullable Object> key() {
		return this.key;
	}

	Map<String, @Nullable Object> from() {
		return this.from;
	}

	Map<String, @Nullable Object> to() {
		return this.to;
	}

	@Nullable Location location() {
		return (this.seen != null) ? this.seen.location() : null;
	}

	@Nullable Seen seen() {
		return this.seen;
	}

	/**
	 * Leaves columns as they are.
	 */
	void leave(List<String> columns) {
		if (!columns.isEmpty()) {
			this.from = Rows.without(this.from, columns);
			this.to = Rows.without(this.to, columns);
		}
	}

	/**
	 * Columns are what they are to be already.
	 */
	void settle(List<String> columns) {
		if (!columns.isEmpty()) {
			this.settled = Rows.with(this.settled, Rows.only(this.to, columns));
			leave(columns);
		}
	}

	/**
	 * What the row is to be after writing, as far as the work is about it.
	 */
	Map<String, @Nullable Object> result() {
		return this.settled.isEmpty() ? this.to : Rows.with(this.settled, this.to);
	}

	/**
	 * Puts values in the place of others for now.
	 */
	void put(Map<String, @Nullable Object> values) {
		this.to = Rows.with(this.to, values);
	}

	/**
	 * The row was found.
	 */
	void found(Seen version, Map<String, @Nullable Object> row) {
		this.seen = version;
		this.current = Rows.only(row, this.table.linked());
	}

	/**
	 * Remembers what constraints are about only where the work touches that.
	 */
	void link() {
		this.isLinked = this.action != Action.UPDATE
				|| this.to.keySet().stream().anyMatch(this.table.linked()::contains);
		if (!this.isLinked) {
			this.current = null;
		}
	}

	/**
	 * Forgets what the row was, which whoever does the work finds anew, unless it is
	 * still the same.
	 */
	void forget() {
		this.current = null;
	}

	boolean isLinked() {
		return this.isLinked;
	}

	/**
	 * The values of columns as they are; null when there is no row.
	 */
	@Nullable List<Object> before(List<String> columns) {
		Map<String, @Nullable Object> row = this.current;
		return (row != null) ? Rows.tuple(row, columns) : null;
	}

	/**
	 * The values of columns as they will be; null when there will be no row.
	 */
	@Nullable List<Object> after(List<String> columns) {
		if (this.action == Action.DELETE) {
			return null;
		}
		return Rows.tuple((this.current != null) ? values(columns) : this.to, columns);
	}

	/**
	 * Columns as they are.
	 */
	Map<String, @Nullable Object> current(List<String> columns) {
		return (this.current != null) ? Rows.only(this.current, columns) : Map.of();
	}

	/**
	 * Columns as they will be.
	 */
	Map<String, @Nullable Object> values(List<String> columns) {
		Map<String, @Nullable Object> row = this.current;
		if (row == null || this.to.keySet().containsAll(columns)) {
			return Rows.only(this.to, columns);
		}
		return Rows.only(columns.stream().anyMatch(this.to::containsKey) ? Rows.with(row, this.to) : row, columns);
	}

	/**
	 * Some columns follow others before the row's turn comes.
	 */
	void follow(Map<String, @Nullable Object> columns) {
		this.followed = Rows.only(Rows.with((this.followed != null) ? this.followed : this.key, columns),
				this.table.key());
	}

	/**
	 * The key that the row has when its turn comes; {@code null} when that is
	 * {@link #key()}.
	 */
	@Nullable Map<String, @Nullable Object> followed() {
		return this.followed;
	}

	/**
	 * Whether a constraint's columns get other values, or cease to be.
	 */
	boolean changes(List<String> columns) {
		return this.isLinked && !Objects.equals(before(columns), after(columns));
	}

	/**
	 * The key that the record will have; the whole row where there is none.
	 */
	Map<String, @Nullable Object> target() {
		if (!this.table.keyed()) {
			return Rows.with(this.key, this.to);
		}
		boolean moves = this.table.key().stream().anyMatch(this.to::containsKey);
		return moves ? Rows.only(Rows.with(this.key, this.to), this.table.key()) : this.key;
	}

	RevertStep step() {
		return new RevertStep(this.action, this.table.schema(), this.table.name(), this.key, this.from, this.to);
	}

	RevertConflict conflict(ConflictKind kind, List<String> columns, String message) {
		return new RevertConflict(kind, this.table.schema(), this.table.name(), this.key, columns, message);
	}

	@Override
	public String toString() {
		return this.action + " " + this.table + " " + this.key;
	}

	/**
	 * Where a row is.
	 *
	 * @param table the object id of its table or partition
	 * @param place its place in there
	 */
	record Location(long table, String place) {
	}

	/**
	 * A row as it was seen: while there is the same version in the same place, nobody has
	 * changed it.
	 *
	 * @param location where it was
	 * @param version the transaction that has written it
	 */
	record Seen(Location location, long version) {
	}

}
