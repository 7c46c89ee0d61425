package io.bemi.query;

import java.util.Comparator;

import io.bemi.change.Change;

/**
 * In which order changes are listed: by the position of their transaction's commit in the
 * log of their source, then in the order in which the transaction made them.
 */
public enum Order {

	/** The last change first. */
	NEWEST_FIRST(" ORDER BY %s.position DESC, c.ordinal DESC, c.source DESC", "<"),

	/** The first change first. */
	OLDEST_FIRST(" ORDER BY %s.position, c.ordinal, c.source", ">");

	private final String sql;

	private final String comparison;

	Order(String sql, String comparison) {
		this.sql = sql;
		this.comparison = comparison;
	}

	/**
	 * The clause.
	 * @param table whose position it is
	 */
	String sql(String table) {
		return this.sql.formatted(table);
	}

	/**
	 * The same of changes that were read.
	 */
	Comparator<Change> comparator() {
		Comparator<Change> oldestFirst = Comparator.comparing(Change::position)
			.thenComparing(Change::ordinal)
			.thenComparing(Change::id);
		return (this == OLDEST_FIRST) ? oldestFirst : oldestFirst.reversed();
	}

	/**
	 * The condition that a change is in the transaction of another, or comes after it.
	 */
	Condition from(Cursor cursor) {
		return Conditions.position(this.comparison + "=", cursor.position());
	}

	/**
	 * The condition that a change comes after another.
	 */
	Condition after(Cursor cursor) {
		return Condition.plain("(c.position, c.ordinal, c.source) " + this.comparison + " (?::pg_lsn, ?, ?)",
				cursor.position().toString(), cursor.ordinal(), cursor.source());
	}

}
