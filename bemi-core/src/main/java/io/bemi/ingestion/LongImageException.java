package io.bemi.ingestion;

/**
 * What the sink knows of a record before a change is too long for the memory. It was not
 * read.
 */
public final class LongImageException extends SinkException {

	private static final long serialVersionUID = 1L;

	private final String table;

	private final long length;

	/**
	 * Creates an exception.
	 * @param table the table, for people
	 * @param length how many bytes it has
	 */
	public LongImageException(String table, long length) {
		super("What is known of a record of " + table + " has " + length + " bytes, which is too long for the memory",
				null);
		this.table = table;
		this.length = length;
	}

	/**
	 * The table.
	 */
	public String table() {
		return this.table;
	}

	/**
	 * How many bytes it has.
	 */
	public long length() {
		return this.length;
	}

}
