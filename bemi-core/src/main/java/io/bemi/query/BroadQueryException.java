package io.bemi.query;

/**
 * A question that would read the whole history. The message says what to add.
 */
public class BroadQueryException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	BroadQueryException(String message) {
		super(message);
	}

}
