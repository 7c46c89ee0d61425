package io.bemi.store;

import java.util.List;

/**
 * What was erased.
 *
 * @param changes how many changes and rows that were found are others now
 * @param contexts how many contexts are others now
 * @param quarantined how many rows in quarantine have no content any more
 * @param otherKeys other keys that the record had, under which more of it is recorded
 */
public record ErasureReport(long changes, long contexts, long quarantined, List<String> otherKeys) {

	public ErasureReport {
		otherKeys = List.copyOf(otherKeys);
	}

}
