package io.bemi.ingestion;

import java.util.OptionalLong;

/**
 * How many rows could not be recorded as they are.
 *
 * @param added how many this process has put into quarantine
 * @param rows how many of the source are there; empty while the sink is not connected, as
 * in an instance that stands by
 */
public record Quarantine(long added, OptionalLong rows) {

	/** Nothing is known yet. */
	public static final Quarantine UNKNOWN = new Quarantine(0, OptionalLong.empty());

}
