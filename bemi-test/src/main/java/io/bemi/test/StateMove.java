package io.bemi.test;

import java.util.Set;

/**
 * What a move to a state has written.
 *
 * @param state the name of the state
 * @param deleted the number of rows that were deleted
 * @param inserted the number of rows that were inserted; one that had been updated is
 * deleted and inserted
 * @param tables the tables that were written, as {@code schema.table}; partitions by
 * their own names
 * @param sequences the number of sequences that were set
 */
public record StateMove(String state, int deleted, int inserted, Set<String> tables, int sequences) {

	public StateMove {
		tables = Set.copyOf(tables);
	}

}
