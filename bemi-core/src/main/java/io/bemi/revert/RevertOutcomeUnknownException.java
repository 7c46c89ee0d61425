package io.bemi.revert;

/**
 * A revert was written, but whether it has been committed is not known: the connection
 * was lost before the server's answer. The history tells.
 */
public class RevertOutcomeUnknownException extends RevertException {

	/**
	 * Creates one.
	 * @param message what is not known, and how to find out
	 * @param cause what went wrong
	 */
	public RevertOutcomeUnknownException(String message, Throwable cause) {
		super(message, cause);
	}

}
