package io.bemi.connection;

import java.util.concurrent.atomic.AtomicIntegerArray;

import io.bemi.connection.MessageEmitter.Content;

/**
 * What a data source knows of one session of the server.
 */
final class Session {

	// The driver prepares a text on its fifth execution, the server makes the last of its
	// plans five later.
	private static final int PREPARED = 12;

	private final AtomicIntegerArray messages = new AtomicIntegerArray(Content.values().length);

	private volatile boolean flagged;

	/**
	 * Whether the server has made all of its plans for such a message, so that it has
	 * nothing to look up.
	 */
	boolean isPrepared(Content content) {
		return this.messages.get(content.ordinal()) >= PREPARED;
	}

	void sent(Content content) {
		if (!isPrepared(content)) {
			this.messages.incrementAndGet(content.ordinal());
		}
	}

	/**
	 * Whether it has told the trigger to be silent. Only an autocommit write without a
	 * context asks: where it can, the server itself is asked.
	 */
	boolean isFlagged() {
		return this.flagged;
	}

	void flag(boolean flagged) {
		this.flagged = flagged;
	}

}
