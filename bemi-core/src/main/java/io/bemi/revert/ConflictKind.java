package io.bemi.revert;

import java.util.EnumSet;
import java.util.Set;

/**
 * What may stand between a record and its earlier state.
 */
public enum ConflictKind {

	/**
	 * A column that is to be reverted, or a record that is to be deleted, was changed
	 * later by somebody else.
	 */
	LATER_CHANGE(Resolution.SKIP, Resolution.OVERWRITE),

	/**
	 * Somebody else has written a column between two changes that are to be reverted:
	 * nobody knows whether from what is to be undone ({@code n = n + 1}). To overwrite is
	 * to go back to what he wrote; to skip leaves the column, or the deleted record, as
	 * it is.
	 */
	CHANGED_BETWEEN(Resolution.SKIP, Resolution.OVERWRITE),

	/** A record that is to be reverted was deleted later by somebody else. */
	DELETED_SINCE(Resolution.SKIP, Resolution.OVERWRITE),

	/** A record that is to be restored is there again, made by somebody else. */
	CREATED_SINCE(Resolution.SKIP, Resolution.OVERWRITE),

	/**
	 * A record that is to be deleted, or to get back its earlier key, is referenced by
	 * records that stay. To overwrite is to let the foreign key do what it says: delete
	 * them, or clear the reference; it cannot be done where it only refuses.
	 */
	REFERENCED(Resolution.SKIP, Resolution.OVERWRITE),

	/** A record that is to be restored refers to one that is no longer there. */
	MISSING_REFERENCE(Resolution.SKIP),

	/** Another record has the values that must be unique. */
	UNIQUE_TAKEN(Resolution.SKIP),

	/** A column that is to be restored is no longer there by that name. */
	COLUMN_GONE(Resolution.SKIP),

	/** A table is no longer there by that name. */
	TABLE_GONE(Resolution.SKIP),

	/** The history does not know what there was before. */
	UNKNOWN_BEFORE(Resolution.SKIP),

	/** No order of statements satisfies the constraints in between. */
	NO_ORDER(Resolution.SKIP),

	/**
	 * After everything was written, a row was not as it should be: a trigger of the
	 * application wrote something else, or JSON does not give the value back. To skip is
	 * to let that stand.
	 */
	ALTERED(Resolution.SKIP),

	/**
	 * The server refused a statement: a constraint, a trigger, a missing privilege.
	 */
	REJECTED;

	private final Set<Resolution> possible;

	ConflictKind(Resolution... possible) {
		this.possible = EnumSet.of(Resolution.ABORT, possible);
	}

	/**
	 * What can be done about it.
	 * @return at least {@link Resolution#ABORT}
	 */
	public Set<Resolution> possible() {
		return EnumSet.copyOf(this.possible);
	}

}
