package io.bemi.ingestion;

import org.jspecify.annotations.Nullable;

/**
 * The sink cannot be used now. The message says what is wrong and what to do about it.
 */
public class SinkException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	public SinkException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
