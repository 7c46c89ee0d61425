package io.bemi.ingestion;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * What an ingester has done since it was created.
 *
 * @param received how much of the log has arrived, in bytes
 * @param transactions how many transactions were stored
 * @param changes how many changes were stored
 * @param newestCommit when the last of these transactions was committed; {@code null}
 * before the first
 */
public record IngestionProgress(long received, long transactions, long changes, @Nullable Instant newestCommit) {

	/** Nothing yet. */
	static final IngestionProgress NONE = new IngestionProgress(0, 0, 0, null);

	/**
	 * The same after a write.
	 */
	IngestionProgress plus(long moreTransactions, long moreChanges, @Nullable Instant newest) {
		return new IngestionProgress(this.received, this.transactions + moreTransactions, this.changes + moreChanges,
				(newest != null) ? newest : this.newestCommit);
	}

	/**
	 * The same, with what has arrived.
	 * @param bytes how much has arrived, in bytes
	 * @return the progress
	 */
	public IngestionProgress withReceived(long bytes) {
		return new IngestionProgress(bytes, this.transactions, this.changes, this.newestCommit);
	}

}
