package io.bemi.replication;

import org.jspecify.annotations.Nullable;

/**
 * The write-ahead log cannot be read. The message says what is wrong and what to do about
 * it.
 */
public class ReplicationException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	public ReplicationException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
