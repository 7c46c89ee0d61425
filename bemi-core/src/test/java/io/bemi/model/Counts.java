package io.bemi.model;

/**
 * How much was checked.
 */
final class Counts {

	private long transactions;

	private long transactionsWithSeveralContexts;

	private long rows;

	private long rowsWithoutContext;

	void add(long rows, int messages, long without) {
		if (rows > 0) {
			this.transactions++;
			this.rows += rows;
			this.rowsWithoutContext += without;
			this.transactionsWithSeveralContexts += (messages > 1) ? 1 : 0;
		}
	}

	long rows() {
		return this.rows;
	}

	long transactionsWithSeveralContexts() {
		return this.transactionsWithSeveralContexts;
	}

	@Override
	public String toString() {
		return "%d changes in %d transactions, %d of them with several contexts; %d changes without any message"
			.formatted(this.rows, this.transactions, this.transactionsWithSeveralContexts, this.rowsWithoutContext);
	}

}
