package io.bemi.revert;

/**
 * Is told how a revert goes, on its thread.
 */
public interface RevertListener {

	/**
	 * Some records were written, in a transaction that may still fail.
	 * @param plan what is executed
	 * @param done how many records were written
	 * @param total how many there are
	 */
	default void progressed(RevertPlan plan, long done, long total) {
	}

	/**
	 * A revert has committed. What this throws reaches whoever reverts.
	 * @param plan what was executed
	 * @param report what it did
	 */
	default void reverted(RevertPlan plan, RevertReport report) {
	}

	/**
	 * A revert was not executed, and nothing was changed.
	 * @param plan what was to be executed
	 * @param ex why
	 */
	default void failed(RevertPlan plan, RuntimeException ex) {
	}

}
