package io.bemi.ingestion;

/**
 * Widens the 32-bit transaction ids of the stream to the 64-bit ids that do not wrap: the
 * one nearest to the last one seen. Transactions of one stream are never 2^31 apart,
 * because the server would have to stop before that (see "Preventing Transaction ID
 * Wraparound Failures" in PostgreSQL's manual).
 */
final class XidEpoch {

	private long last;

	/**
	 * Starts from a known id.
	 * @param current a 64-bit transaction id of about now
	 */
	XidEpoch(long current) {
		this.last = current;
	}

	/**
	 * Widens an id.
	 * @param xid the 32-bit id
	 * @return the 64-bit id
	 */
	long widen(int xid) {
		this.last = this.last + (xid - (int) this.last);
		return this.last;
	}

}
