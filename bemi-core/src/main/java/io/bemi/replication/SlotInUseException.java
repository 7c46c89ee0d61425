package io.bemi.replication;

import org.jspecify.annotations.Nullable;

/**
 * Another process streams from the slot: usually another instance of the application,
 * which this one then stands by for.
 */
public class SlotInUseException extends ReplicationException {

	private static final long serialVersionUID = 1L;

	public SlotInUseException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
