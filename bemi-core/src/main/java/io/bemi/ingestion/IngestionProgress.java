package io.bemi.ingestion;

import java.time.Duration;
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

	/** Two looks at how far the log is read. */
	private static final Duration SHORTEST_LAG = Duration.ofSeconds(20);

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

	/**
	 * How far the history is behind, by the time: what was committed so long ago is
	 * stored. It is looked every ten seconds how much is left, and what is less than two
	 * looks counts as nothing.
	 * @param upToDateAt when it was last seen that hardly anything was left; {@code null}
	 * for never
	 * @return the time; {@code null} while it is not known
	 */
	public @Nullable Duration lag(@Nullable Instant upToDateAt) {
		Instant newest = this.newestCommit;
		Instant known = (upToDateAt == null || (newest != null && newest.isAfter(upToDateAt))) ? newest : upToDateAt;
		if (known == null) {
			return null;
		}
		Duration lag = Duration.between(known, Instant.now());
		return (lag.compareTo(SHORTEST_LAG) < 0) ? Duration.ZERO : lag;
	}

}
