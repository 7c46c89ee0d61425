package io.bemi.benchmarks;

/**
 * Who drains the log of two tables, through which slots.
 */
enum GroupsSide {

	/**
	 * Through a slot with none of the tables: the log is decoded, and nothing is sent.
	 */
	DECODED(0),

	/** pgjdbc's replication stream, whose bytes are thrown away, through one slot. */
	RAW_ONE(1),

	/** The same through two, with a table each. */
	RAW_TWO(2),

	/** Bemi into its store, through one slot. */
	BEMI_ONE(1),

	/** The same through two, with a table each. */
	BEMI_TWO(2);

	private final int groups;

	GroupsSide(int groups) {
		this.groups = groups;
	}

	/**
	 * How many slots share the tables; 0 for one slot with none of them.
	 */
	int groups() {
		return this.groups;
	}

	int slots() {
		return Math.max(1, this.groups);
	}

	boolean isStored() {
		return this == BEMI_ONE || this == BEMI_TWO;
	}

}
