package io.bemi.query;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

import io.bemi.query.Condition.Narrowing;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.QueryTimeoutException;

/**
 * What is wrong with a question, and what to do about it.
 */
final class QueryProblems {

	private static final String FEW = "since(...) for a time range, or one of primaryKey(...), entity(...) of a record,"
			+ " context(...), trace(...), transaction(...), position(...), fromPosition(...)";

	private static final String CANCELED = "57014";

	private QueryProblems() {
	}

	/**
	 * Refuses a question that would read the whole history.
	 */
	static void check(List<Condition> conditions) {
		Narrowing narrows = conditions.stream()
			.map(Condition::narrows)
			.max(Narrowing::compareTo)
			.orElse(Narrowing.NONE);
		for (Condition condition : conditions) {
			if (condition.needs().compareTo(narrows) > 0) {
				throw new BroadQueryException(condition.asks()
						+ " is in no index, so that the whole history would be read: narrow the question by "
						+ ((condition.needs() == Narrowing.TABLE) ? "table(...), " : "") + FEW);
			}
		}
	}

	static RuntimeException translate(DataAccessException ex, List<Condition> conditions, Duration timeout) {
		String state = state(ex);
		if (ex instanceof QueryTimeoutException || CANCELED.equals(state)) {
			return slow(conditions, timeout, ex);
		}
		boolean path = conditions.stream().anyMatch((condition) -> condition.sql().contains("::jsonpath"));
		if (path && (state.startsWith("22") || state.startsWith("42") || state.startsWith("0A"))) {
			return new IllegalArgumentException("'path' must be a JSON path of PostgreSQL whose variables are given: "
					+ ex.getMostSpecificCause().getMessage(), ex);
		}
		return ex;
	}

	static SlowQueryException slow(List<Condition> conditions, Duration timeout, @Nullable Throwable cause) {
		return new SlowQueryException("The question took longer than " + timeout.toMillis()
				+ " ms ('bemi.query.timeout'): narrow it by " + advice(conditions), cause);
	}

	private static String advice(List<Condition> conditions) {
		boolean ranged = conditions.stream().anyMatch((condition) -> condition.sql().contains("committed_at >="));
		return ranged ? "a shorter time range, a table or a record" : FEW;
	}

	private static String state(DataAccessException ex) {
		return (ex.getMostSpecificCause() instanceof SQLException cause) ? String.valueOf(cause.getSQLState()) : "";
	}

}
