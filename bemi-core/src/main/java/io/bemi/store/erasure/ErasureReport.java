package io.bemi.store.erasure;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What was erased.
 *
 * @param changes how many changes and rows that were found are others now
 * @param contexts how many contexts are others now
 * @param quarantined how many rows in quarantine have no content any more
 * @param otherKeys other keys that the record had, under which more of it is recorded
 * @param archives the files of months that were dropped, which may hold it as well, and
 * of which {@link HistoryEraser#eraseFrom} takes it; none for what was erased from one
 * @param inStatistics the transaction until which the statistics of PostgreSQL's planner
 * may still hold what was erased, because a replication slot sees them as they were:
 * {@link HistoryEraser#vacuumStatistics} is to be called later; {@code null} when they do
 * not
 */
public record ErasureReport(long changes, long contexts, long quarantined, List<String> otherKeys,
		List<String> archives, @Nullable String inStatistics) {

	public ErasureReport {
		otherKeys = List.copyOf(otherKeys);
		archives = List.copyOf(archives);
	}

}
