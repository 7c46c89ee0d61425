package io.bemi.revert;

/**
 * What becomes of a conflict.
 */
public enum Resolution {

	/** Nothing is reverted at all: the default. */
	ABORT,

	/**
	 * What the conflict is about stays as it is: the column, or else the record. The rest
	 * is reverted.
	 */
	SKIP,

	/** The earlier state is restored all the same, and what was done since is lost. */
	OVERWRITE

}
