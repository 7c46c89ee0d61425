package io.bemi.revert;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.bemi.change.Change;
import io.bemi.query.KnownTable;
import org.jspecify.annotations.Nullable;

/**
 * Takes the columns out of changes of which the history has masks: what is not known must
 * not be written back.
 *
 * @param names the columns
 */
record MaskedColumns(Set<String> names) {

	/**
	 * The columns of a table that are masked, or have been.
	 */
	static MaskedColumns of(LiveTable table, @Nullable String database, List<KnownTable> tables) {
		Set<String> names = new LinkedHashSet<>();
		tables.stream()
			.filter((known) -> known.database().equals(database) && known.schema().equals(table.schema())
					&& known.table().equals(table.name()))
			.forEach((known) -> names.addAll(known.maskedColumns()));
		return new MaskedColumns(names);
	}

	/**
	 * A change as if these columns were not recorded. That one which stays has changed
	 * them is still known.
	 * @param undone whether it is to be undone
	 */
	Change takenOutOf(Change change, boolean undone) {
		if (this.names.isEmpty()) {
			return change;
		}
		return new Change(change.id(), change.primaryKey(), takenOutOf(change.values()), takenOutOf(change.before()),
				undone ? takenOutOf(change.changed()) : change.changed(),
				undone ? takenOutOf(change.unknown()) : change.unknown(), change.metadata(), change.database(),
				change.schema(), change.table(), change.operation(), change.committedAt(), change.transactionId(),
				change.position(), change.ordinal(), change.source());
	}

	Map<String, @Nullable Object> takenOutOf(Map<String, @Nullable Object> row) {
		return this.names.isEmpty() ? row : Rows.without(row, this.names);
	}

	private List<String> takenOutOf(List<String> columns) {
		return columns.stream().filter((column) -> !this.names.contains(column)).toList();
	}

}
