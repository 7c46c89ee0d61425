package io.bemi.ingestion;

import java.util.ArrayList;
import java.util.List;

import io.bemi.pgoutput.PgOutputMessage.Relation;

/**
 * The columns of a primary key, in the order of the table: what they were called at some
 * position of the stream, and the numbers that they keep.
 *
 * @param names their names
 * @param numbers their numbers in the table
 */
public record PrimaryKey(List<String> names, List<Integer> numbers) {

	public PrimaryKey {
		names = List.copyOf(names);
		numbers = List.copyOf(numbers);
	}

	/**
	 * This key and further columns.
	 */
	public PrimaryKey with(PrimaryKey more) {
		List<String> allNames = new ArrayList<>(this.names);
		allNames.addAll(more.names);
		List<Integer> allNumbers = new ArrayList<>(this.numbers);
		allNumbers.addAll(more.numbers);
		return new PrimaryKey(allNames, allNumbers);
	}

	/**
	 * Where the columns are in a description of the table.
	 * @return their indexes; empty when some are not there
	 */
	List<Integer> indexesIn(Relation relation) {
		List<Integer> indexes = new ArrayList<>();
		for (String name : this.names) {
			indexes.add(relation.indexOf(name));
		}
		return indexes.contains(-1) ? List.of() : indexes;
	}

}
