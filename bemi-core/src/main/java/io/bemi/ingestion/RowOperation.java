package io.bemi.ingestion;

/**
 * What happened to a row, with the code that the store keeps. Beside the operations of a
 * {@link io.bemi.change.Change} there are the baseline, a row as it was found, and what
 * happened to the table itself.
 */
public enum RowOperation {

	/** A row was inserted. */
	CREATE('C'),

	/** A row was updated. */
	UPDATE('U'),

	/** A row was deleted. */
	DELETE('D'),

	/** A table was emptied. */
	TRUNCATE('T'),

	/** A row was found when tracking began. */
	BASELINE('B'),

	/** A table was changed; stored as another description of it, not as a change. */
	ALTER('A'),

	/**
	 * Changes of a table were left out; stored as another description of it, before which
	 * nothing is known, not as a change.
	 */
	SKIP('S');

	private final char code;

	RowOperation(char code) {
		this.code = code;
	}

	/**
	 * Whether it happened to the table, and not to a row.
	 */
	public boolean isOfTable() {
		return this == ALTER || this == SKIP;
	}

	/**
	 * The code in the store.
	 */
	public char code() {
		return this.code;
	}

}
