package io.bemi.test;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A table that has rows of its own: a partition, not what it is a partition of.
 *
 * @param oid its object id
 * @param root the object id of the table that is tracked
 * @param schema its schema
 * @param name its name
 * @param columns the columns that can be written, in their order
 * @param shape everything that decides how a row of it is printed and read
 */
record StateTable(long oid, long root, String schema, String name, List<String> columns, String shape) {

	String quoted() {
		return Sql.identifier(this.schema, this.name);
	}

	/**
	 * Deletes rows by where they are.
	 */
	String delete() {
		return "DELETE FROM ONLY " + quoted() + " WHERE ctid = ANY (?::pg_catalog.text[]::pg_catalog.tid[])";
	}

	/**
	 * Inserts rows as they were printed.
	 */
	String insert() {
		if (this.columns.isEmpty()) {
			return "INSERT INTO " + quoted() + " SELECT FROM pg_catalog.unnest(?::pg_catalog.text[])";
		}
		String names = this.columns.stream().map(Sql::identifier).collect(Collectors.joining(", "));
		String values = this.columns.stream()
			.map((column) -> "(r.whole)." + Sql.identifier(column))
			.collect(Collectors.joining(", "));
		return "INSERT INTO " + quoted() + " (" + names + ") OVERRIDING SYSTEM VALUE SELECT " + values
				+ " FROM (SELECT v.printed::" + quoted()
				+ " AS whole FROM pg_catalog.unnest(?::pg_catalog.text[]) v(printed) OFFSET 0) r";
	}

	@Override
	public String toString() {
		return this.schema + "." + this.name;
	}

}
