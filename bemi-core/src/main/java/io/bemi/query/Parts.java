package io.bemi.query;

/**
 * How much of each change is read. What is not, is empty in the changes.
 */
public enum Parts {

	/** All of it. */
	ALL,

	/** Not its context: {@code metadata} is empty. */
	WITHOUT_CONTEXT

}
