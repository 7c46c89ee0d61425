package io.bemi.store.retention;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * A time that history is dropped, as it stands in the store.
 *
 * @param id its number
 * @param before what was committed earlier goes
 * @param table the only table that it goes of; {@code null} for whole months
 * @param requestedBy who wanted it
 * @param planned whether it was begun, so that it goes on to its end
 */
record RetentionRun(long id, Instant before, @Nullable Table table, String requestedBy, boolean planned) {

	/**
	 * A table of a source.
	 *
	 * @param source the source's number
	 * @param oid the table's object id, unsigned
	 */
	record Table(int source, long oid) {
	}

	/**
	 * How far a table is.
	 *
	 * @param table the table
	 * @param upto the last place in the history whose changes go
	 * @param superseded whether nothing of the source's history stays
	 * @param after the last key that was looked at; {@code null} before the first
	 */
	record Step(Table table, String upto, boolean superseded, @Nullable String after) {
	}

}
