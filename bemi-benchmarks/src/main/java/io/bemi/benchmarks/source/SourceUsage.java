package io.bemi.benchmarks.source;

/**
 * What a side has used.
 *
 * @param source processor seconds of the source's server
 * @param store those of the store's, where it is another one
 * @param ingester those of the ingester's process
 * @param logBytes bytes of the source's log
 */
record SourceUsage(double source, double store, double ingester, double logBytes) {

	/**
	 * What one transaction has used.
	 */
	SourceUsage since(SourceUsage before, int transactions) {
		return new SourceUsage((this.source - before.source) / transactions, (this.store - before.store) / transactions,
				(this.ingester - before.ingester) / transactions, (this.logBytes - before.logBytes) / transactions);
	}

}
