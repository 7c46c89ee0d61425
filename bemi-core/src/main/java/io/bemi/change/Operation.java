package io.bemi.change;

/**
 * What happened to a row.
 */
public enum Operation {

	/** A row was inserted. */
	CREATE,

	/** A row was updated, its key perhaps too. */
	UPDATE,

	/** A row was deleted. */
	DELETE,

	/** A whole table was emptied by {@code TRUNCATE}. */
	TRUNCATE

}
