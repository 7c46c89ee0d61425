package io.bemi.benchmarks.context;

/**
 * What is measured in one round.
 *
 * @param far whether the database is half a millisecond away
 * @param synchronous whether COMMIT waits for the disk
 * @param rows how many rows a transaction changes
 * @param transactions how many transactions at most
 * @param millis after which time no other one begins
 */
record AuditCase(boolean far, boolean synchronous, int rows, int transactions, long millis) {

	static AuditCase parse(String order) {
		String[] parts = order.split(" ");
		return new AuditCase(Boolean.parseBoolean(parts[0]), Boolean.parseBoolean(parts[1]), Integer.parseInt(parts[2]),
				Integer.parseInt(parts[3]), Long.parseLong(parts[4]));
	}

	String order() {
		return this.far + " " + this.synchronous + " " + this.rows + " " + this.transactions + " " + this.millis;
	}

	String title() {
		return ((this.rows == 1) ? "1 row" : this.rows + " rows") + (this.far ? ", 0.5 ms away" : ", loopback");
	}

}
