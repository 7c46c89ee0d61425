package io.bemi.ingestion;

import io.bemi.replication.SlotGroup;
import org.jspecify.annotations.Nullable;

/**
 * The numbers that changes get within their transaction: 0, 1, 2 and so on. Where a
 * transaction arrives through several slots, each has numbers that no other has.
 *
 * @param first the first number
 * @param step from one to the next
 */
record Ordinals(long first, int step) {

	/** Of a transaction that arrives through one slot. */
	static final Ordinals ALL = new Ordinals(0, 1);

	/**
	 * Those of a group of tables.
	 * @param part its number; {@code null} for all tables
	 */
	static Ordinals of(@Nullable Integer part) {
		return (part != null) ? new Ordinals(part, SlotGroup.MOST) : ALL;
	}

}
