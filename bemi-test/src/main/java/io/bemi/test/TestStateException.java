package io.bemi.test;

/**
 * A state could not be marked, or not be moved to. The message says why, and what to do.
 */
public class TestStateException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates an exception.
	 * @param message why, and what to do
	 */
	public TestStateException(String message) {
		super(message);
	}

	/**
	 * Creates an exception.
	 * @param message why, and what to do
	 * @param cause what the server said
	 */
	public TestStateException(String message, Throwable cause) {
		super(message, cause);
	}

}
