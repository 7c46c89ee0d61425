package io.bemi.ingestion;

import io.bemi.change.Position;
import io.bemi.replication.HeapRoom;

/**
 * Memory has no room for a change: to try again at once would not help, and would take
 * the application's memory again.
 */
final class NoMemoryException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private static final long MEGABYTE = 1 << 20;

	private final transient Position commit;

	private final long needed;

	private NoMemoryException(String message, Position commit, long needed, Throwable cause) {
		super(message, cause);
		this.commit = commit;
		this.needed = needed;
	}

	/**
	 * Something is too long to be tried.
	 * @param what what it is, for people
	 * @param length how many bytes it has
	 * @param transaction where it belongs, for people
	 * @param commit the position of the transaction
	 * @param cause who has found out
	 */
	static NoMemoryException of(String what, long length, String transaction, Position commit, Throwable cause) {
		long needed = HeapRoom.needed(length);
		return new NoMemoryException(what + transaction + " has " + megabytes(length) + " MB, and takes about "
				+ megabytes(needed) + " MB of memory. " + advice(needed), commit, needed, cause);
	}

	/**
	 * Memory has run out.
	 * @param error what has happened
	 * @param table the table that came last
	 * @param transaction where it belongs, for people
	 * @param commit the position of the transaction
	 * @param length the length of the message that came last, in bytes
	 */
	static NoMemoryException of(OutOfMemoryError error, String table, String transaction, Position commit,
			long length) {
		// What was free did not suffice.
		long needed = Math.max(HeapRoom.needed(length), HeapRoom.free() / 4 * 5);
		return new NoMemoryException("Memory has run out (" + error.getMessage() + ") after a change of " + table
				+ transaction + " of " + megabytes(length) + " MB. " + advice(needed), commit, needed, error);
	}

	private static String advice(long needed) {
		long heap = (Runtime.getRuntime().maxMemory() + needed) / MEGABYTE;
		return "Raise -Xmx to " + (heap / 64 + 1) * 64 + "m or so, or start an instance with that much. Until then"
				+ " nothing is recorded from there on, and the server keeps its WAL";
	}

	private static long megabytes(long bytes) {
		return (bytes + MEGABYTE - 1) / MEGABYTE;
	}

	/**
	 * The position of the transaction that it happened in.
	 */
	Position commit() {
		return this.commit;
	}

	/**
	 * How much memory must be free for another try, in bytes.
	 */
	long needed() {
		return this.needed;
	}

}
