package io.bemi.benchmarks;

/**
 * What is ingested: which rows, and how many in a transaction. No transaction carries a
 * context: who only stores rows would leave it out.
 */
enum IngestShape {

	/** INSERT of rows of 8 columns, 100 in a transaction. */
	NARROW(100, 100, IngestSql.NARROW_TABLE, IngestSql.NARROW_INSERT),

	/** INSERT of rows of 60 columns, 100 in a transaction. */
	WIDE(25, 100, IngestSql.wideTable(), IngestSql.wideInsert()),

	/** UPDATE of two of 8 columns, 100 in a transaction, three times of each row. */
	UPDATE(60, 100, IngestSql.NARROW_TABLE, IngestSql.UPDATE),

	/** INSERT of rows of 8 columns, one in a transaction. */
	TINY(50, 1, IngestSql.NARROW_TABLE, IngestSql.NARROW_INSERT),

	/** INSERT of rows of 8 columns, all in one transaction. */
	HUGE(100, 0, IngestSql.NARROW_TABLE, IngestSql.NARROW_INSERT);

	private final int percent;

	private final int perTransaction;

	private final String table;

	private final String write;

	IngestShape(int percent, int perTransaction, String table, String write) {
		this.percent = percent;
		this.perTransaction = perTransaction;
		this.table = table;
		this.write = write;
	}

	/**
	 * How many rows are written.
	 * @param all how many the largest shapes have
	 */
	int rows(int all) {
		int rows = all * this.percent / 100;
		return (this.perTransaction > 0) ? rows / this.perTransaction * this.perTransaction : rows;
	}

	/**
	 * How many of them are in a transaction.
	 */
	int perTransaction(int all) {
		return (this.perTransaction > 0) ? this.perTransaction : rows(all);
	}

	/**
	 * How many rows there are before, which are then changed.
	 */
	int live(int all) {
		return (this == UPDATE) ? rows(all) / 3 : 0;
	}

	/**
	 * How many rows are written for a process to warm up with: none where only this one
	 * drains.
	 */
	int warmUp(int all) {
		return (this != HUGE) ? rows(all) / 4 / this.perTransaction * this.perTransaction : 0;
	}

	boolean hasHundredPerTransaction() {
		return this.perTransaction == 100;
	}

	/**
	 * The statement that makes the table.
	 */
	String table() {
		return this.table;
	}

	/**
	 * The statement of a transaction.
	 * @param from an expression: the first row
	 * @param to an expression: the last row
	 */
	String write(String from, String to, int all) {
		return this.write.replace("{from}", from).replace("{to}", to).replace("{live}", String.valueOf(live(all)));
	}

}
