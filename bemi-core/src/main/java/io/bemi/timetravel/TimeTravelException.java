package io.bemi.timetravel;

import org.jspecify.annotations.Nullable;
import org.springframework.dao.NonTransientDataAccessException;

/**
 * The past cannot be read: it is not known, or this application may not. The message says
 * why, and what is known.
 */
public class TimeTravelException extends NonTransientDataAccessException {

	/**
	 * Creates one.
	 * @param message why, and what to do
	 * @param cause what went wrong, or {@code null}
	 */
	public TimeTravelException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

	/**
	 * Creates one.
	 * @param message why, and what to do
	 */
	public TimeTravelException(String message) {
		super(message);
	}

}
