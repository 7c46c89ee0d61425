package io.bemi.query;

import org.springframework.dao.QueryTimeoutException;

/**
 * A question that took longer than it may. The message says how to narrow it.
 */
public class SlowQueryException extends QueryTimeoutException {

	private static final long serialVersionUID = 1L;

	SlowQueryException(String message, Throwable cause) {
		super(message, cause);
	}

}
