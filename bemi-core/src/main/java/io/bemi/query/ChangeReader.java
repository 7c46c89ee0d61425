package io.bemi.query;

import java.time.ZoneId;
import java.util.List;
import java.util.stream.Stream;

import io.bemi.change.Change;

/**
 * Answers questions.
 */
interface ChangeReader {

	List<Change> list(ChangeQuery query, int limit);

	Stream<Change> stream(ChangeQuery query, Parts parts);

	Stream<ChangePlaces> places(ChangeQuery query, int most, int mostKeys);

	long count(ChangeQuery query);

	List<Count> counts(ChangeQuery query, Bucket bucket, ZoneId zone, Grouping grouping);

	List<Top> top(ChangeQuery query, Grouping grouping, int limit);

	EntityTables entities();

	/**
	 * The columns of a table's key in the order in which the store writes them.
	 * @return their names; empty when nothing of the table is recorded
	 */
	List<String> keyColumns(EntityTable table);

}
