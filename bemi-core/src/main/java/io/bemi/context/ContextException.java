package io.bemi.context;

import org.jspecify.annotations.Nullable;

/**
 * A context could not be built, and {@link OnError#FAIL} asks for the transaction to
 * fail.
 */
public final class ContextException extends RuntimeException {

	ContextException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
