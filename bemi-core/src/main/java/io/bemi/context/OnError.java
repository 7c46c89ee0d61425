package io.bemi.context;

/**
 * What happens to a transaction whose context cannot be built.
 */
public enum OnError {

	/**
	 * It commits, with the part that could be built and {@code metadata._bemi.error}.
	 */
	RECORD,

	/** It fails and is rolled back. */
	FAIL

}
