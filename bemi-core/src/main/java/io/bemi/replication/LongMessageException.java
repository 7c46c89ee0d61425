package io.bemi.replication;

import io.bemi.change.Position;

/**
 * A message of the stream that memory has no room for. It was not read.
 */
public final class LongMessageException extends ReplicationException {

	private static final long serialVersionUID = 1L;

	private final long length;

	private final transient Position position;

	private final int relation;

	LongMessageException(MessageGuard.LongMessage message) {
		super("A message of " + message.length + " bytes at " + message.position + " is too long for the memory",
				message);
		this.length = message.length;
		this.position = message.position;
		this.relation = message.relation;
	}

	/**
	 * How many bytes it has.
	 */
	public long length() {
		return this.length;
	}

	/**
	 * Where its record is in the log.
	 */
	public Position position() {
		return this.position;
	}

	/**
	 * The object id of the table that it is about; 0 when it is about none.
	 */
	public int relation() {
		return this.relation;
	}

}
