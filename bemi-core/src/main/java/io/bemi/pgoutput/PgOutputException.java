package io.bemi.pgoutput;

/**
 * Bytes or a text that are not what the protocol, or the type given for them, allows. The
 * message names what was expected, what was found, and where.
 */
public class PgOutputException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates an exception.
	 * @param message what was expected, what was found, and where
	 */
	public PgOutputException(String message) {
		super(message);
	}

}
