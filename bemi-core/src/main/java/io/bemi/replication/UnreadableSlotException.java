package io.bemi.replication;

import org.jspecify.annotations.Nullable;

/**
 * What the slot has kept cannot be read, now and for ever, because at that place in the
 * log there was no publication. Only a new slot gets past it.
 */
public class UnreadableSlotException extends ReplicationException {

	private static final long serialVersionUID = 1L;

	public UnreadableSlotException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
