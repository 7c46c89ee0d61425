package io.bemi.values;

/**
 * A value, never null.
 *
 * @param sql an expression of the type
 * @param returned an expression for what {@code jsonb_populate_record} makes of it: the
 * same but for the closed list of {@code docs/types.md}
 */
record Value(String sql, String returned) {

	static Value of(String sql) {
		return new Value(sql, sql);
	}

	/**
	 * A value by the text that its type reads.
	 */
	static Value literal(String text, String type) {
		return of(Texts.literal(text) + "::" + type);
	}

}
