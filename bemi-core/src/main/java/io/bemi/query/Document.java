package io.bemi.query;

import java.util.Locale;

/**
 * What a change holds as JSON.
 */
public enum Document {

	/** The row before the change. */
	BEFORE("CASE c.operation WHEN 'U' THEN (c.image || coalesce(c.replaced, '{}'::jsonb))"
			+ " - coalesce(c.unknown, '{}'::text[]) WHEN 'D' THEN c.image ELSE '{}'::jsonb END"),

	/** The row after the change. */
	VALUES("CASE WHEN c.operation IN ('D', 'T') THEN '{}'::jsonb ELSE c.image END"),

	/** The context: who, where and how. */
	CONTEXT("x.metadata");

	private final String sql;

	Document(String sql) {
		this.sql = sql;
	}

	/**
	 * What the view calls it.
	 */
	String label() {
		return (this == CONTEXT) ? "metadata" : name().toLowerCase(Locale.ROOT);
	}

	/**
	 * The document in the tables of the store.
	 */
	String sql() {
		return this.sql;
	}

}
