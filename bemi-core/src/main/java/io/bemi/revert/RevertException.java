package io.bemi.revert;

import org.jspecify.annotations.Nullable;

/**
 * A revert cannot be planned or executed. The message says why, and nothing was changed;
 * that this is not known is said by {@link RevertOutcomeUnknownException} alone.
 */
public class RevertException extends RuntimeException {

	/**
	 * Creates one.
	 * @param message why, and what to do
	 */
	public RevertException(String message) {
		super(message);
	}

	/**
	 * Creates one.
	 * @param message why, and what to do
	 * @param cause what went wrong, or {@code null}
	 */
	public RevertException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
