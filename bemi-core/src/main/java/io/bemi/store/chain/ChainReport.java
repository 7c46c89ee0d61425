package io.bemi.store.chain;

import org.jspecify.annotations.Nullable;

/**
 * What a verification of a source's chain has found.
 *
 * @param source the store's number of the source
 * @param links how many links hold, up to the first that does not
 * @param changes how many changes and rows that were found they cover
 * @param contexts how many contexts they cover
 * @param erased how many rows were others when they were stored, and erased since
 * @param removed how many rows that they cover are there no more, because retention keeps
 * others instead, or none
 * @param uncovered how many changes, rows and contexts were stored while no links were
 * made, and are not verified
 * @param broken the first thing that is wrong; {@code null} when nothing is
 */
public record ChainReport(int source, long links, long changes, long contexts, long erased, long removed,
		long uncovered, @Nullable ChainBreak broken) {

	/**
	 * Whether nothing is wrong with what is covered.
	 */
	public boolean isIntact() {
		return this.broken == null;
	}

}
