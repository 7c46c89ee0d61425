package io.bemi.query;

import org.jspecify.annotations.Nullable;
import org.springframework.dao.QueryTimeoutException;

/**
 * A question that took longer than it may. The message says how to narrow it.
 */
public class SlowQueryException extends QueryTimeoutException {

	private static final long serialVersionUID = 1L;

	SlowQueryException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
