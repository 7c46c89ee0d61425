package io.bemi.query;

import java.util.List;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * One condition: SQL over the tables of the store, and what is bound to it.
 *
 * @param sql the condition; values are parameters, always
 * @param parameters what is bound, in order
 * @param asks what it asks for, for people; {@code null} when an index answers it, or
 * reading on from either end of the history soon does
 * @param needs by how much others must narrow it
 * @param narrows by how much it narrows others
 * @param about what it is about
 */
record Condition(String sql, List<Object> parameters, @Nullable String asks, Narrowing needs, Narrowing narrows,
		About about) {

	/** What text that the server cannot hold is equal to. */
	private static final Condition NOTHING = new Condition("false", List.of(), null, Narrowing.NONE, Narrowing.FEW,
			About.CHANGE);

	Condition {
		parameters = List.copyOf(parameters);
	}

	static Condition indexed(String sql, Object... parameters) {
		return of(sql, Narrowing.FEW, parameters);
	}

	static Condition ofTable(String sql, Object... parameters) {
		return of(sql, Narrowing.TABLE, parameters).about(About.TABLE);
	}

	static Condition ofDictionary(String sql, Object... parameters) {
		return plain(sql, parameters).about(About.TABLE);
	}

	static Condition plain(String sql, Object... parameters) {
		return of(sql, Narrowing.NONE, parameters);
	}

	private static Condition of(String sql, Narrowing narrows, Object... parameters) {
		for (Object parameter : parameters) {
			if (parameter instanceof String text && !isText(text)) {
				return NOTHING;
			}
		}
		return new Condition(sql, List.of(parameters), null, Narrowing.NONE, narrows, About.CHANGE);
	}

	/**
	 * A condition that no index answers.
	 */
	static Condition broad(String asks, Narrowing needs, String sql, Object... parameters) {
		Condition condition = plain(sql, parameters);
		return (condition != NOTHING)
				? new Condition(sql, List.of(parameters), asks, needs, Narrowing.NONE, About.CHANGE) : NOTHING;
	}

	/**
	 * The same, when it is about something else.
	 */
	Condition about(About other) {
		return (this != NOTHING) ? new Condition(this.sql, this.parameters, this.asks, this.needs, this.narrows, other)
				: this;
	}

	/**
	 * That not all of these hold; one whose answer is null does not.
	 */
	static Condition not(List<Condition> conditions) {
		String sql = conditions.stream().map(Condition::sql).collect(Collectors.joining(" AND ", "(", ") IS NOT TRUE"));
		List<Object> parameters = conditions.stream().flatMap((condition) -> condition.parameters.stream()).toList();
		Condition widest = conditions.stream()
			.reduce((one, other) -> (other.needs.compareTo(one.needs) > 0) ? other : one)
			.orElse(NOTHING);
		return new Condition(sql, parameters, widest.asks, widest.needs, Narrowing.NONE, About.CHANGE);
	}

	/**
	 * Whether there can be such a text in a database.
	 */
	static boolean isText(String text) {
		return text.indexOf('\0') < 0
				&& text.codePoints().noneMatch((c) -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
	}

	/**
	 * How much of the history is left to read.
	 */
	enum Narrowing {

		/** All of it. */
		NONE,

		/** Some tables. */
		TABLE,

		/** What an index finds, or a time range. */
		FEW

	}

	/**
	 * What a condition is about.
	 */
	enum About {

		/** The change, and whatever belongs to it. */
		CHANGE,

		/** The record: an index finds its few changes. */
		RECORD,

		/** The table and its source alone: their dictionary tells which that is. */
		TABLE,

		/** The content of the context: an index finds it. */
		CONTEXT,

		/** The transaction, which the context shares: an index finds it. */
		TRANSACTION,

		/** The position or moment, which the context shares. */
		PLACE,

		/** The first moment that counts, which the context shares. */
		SINCE,

		/** The first moment that does not count any more, which the context shares. */
		UNTIL;

		/**
		 * Whether it is about what the context shares.
		 */
		boolean isShared() {
			return compareTo(CONTEXT) >= 0;
		}

		/**
		 * Whether it is about when that was.
		 */
		boolean isTime() {
			return this == SINCE || this == UNTIL;
		}

	}

}
