package io.bemi.ingestion;

import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * A table that is published now.
 *
 * @param relation the table as the stream will describe it
 * @param partitioned whether its rows lie in partitions
 * @param key the columns that identify a record, in the order of
 * {@link TrackedRelation#keyColumns()}
 */
record PublishedTable(TrackedRelation relation, boolean partitioned, List<KeyColumn> key) {

	/**
	 * Where a row is in the order of the key.
	 * @param values the values of the key's columns
	 * @return what the columns are called, and their types, then the values
	 */
	List<String> place(List<String> values) {
		return Stream.concat(this.key.stream().map(KeyColumn::toString), values.stream()).toList();
	}

	/**
	 * The values of the key's columns at a place.
	 * @param place the place; {@code null} for the beginning
	 * @return the values, or {@code null} when it is not one in the order of this key
	 */
	@Nullable List<String> values(@Nullable List<String> place) {
		int columns = this.key.size();
		if (place == null || place.size() != 2 * columns) {
			return null;
		}
		List<String> order = this.key.stream().map(KeyColumn::toString).toList();
		return place.subList(0, columns).equals(order) ? place.subList(columns, 2 * columns) : null;
	}

	/**
	 * A column of the key.
	 *
	 * @param name its name
	 * @param type its type in SQL
	 * @param operators the schema of the operators that its values are compared with
	 */
	record KeyColumn(String name, String type, String operators) {

		@Override
		public String toString() {
			return this.name + " " + this.type;
		}

	}

}
