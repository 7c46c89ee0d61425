package io.bemi.replay;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;
import java.util.function.Predicate;

import io.bemi.testsupport.TestDatabase;
import org.jspecify.annotations.Nullable;

/**
 * When the rows of tables were copied.
 */
final class Copies {

	private static final String BASELINES = """
			SELECT oid, since - '0/0', transaction_id, completed_at, reason FROM bemi.baseline ORDER BY since, ordinal, id
			""";

	private final List<Copy> copies = new ArrayList<>();

	Copies(TestDatabase database) throws SQLException {
		try (Connection connection = database.connect();
				Statement statement = connection.createStatement();
				ResultSet row = statement.executeQuery(BASELINES)) {
			while (row.next()) {
				OffsetDateTime completed = row.getObject(4, OffsetDateTime.class);
				this.copies.add(new Copy(row.getLong(1), row.getLong(2), row.getLong(3),
						(completed != null) ? completed.toInstant() : null, row.getString(5)));
			}
		}
	}

	/**
	 * Whether all rows of a table had been copied before a change.
	 * @param since a copy from before that position does not count
	 */
	boolean isCopied(Recorded change, long since) {
		return isCopied(latest(change.relation(), (copy) -> copy.since() <= change.position()), since,
				change.committedAt());
	}

	/**
	 * Whether all rows of a table had been copied at a moment.
	 * @param since a copy from before that position does not count
	 */
	boolean isCopied(long relation, LongPredicate seen, long since, Instant time) {
		return isCopied(latest(relation, (copy) -> seen.test(copy.transaction())), since, time);
	}

	private static boolean isCopied(@Nullable Copy copy, long since, Instant time) {
		return copy != null && copy.since() >= since && copy.reason() == null && copy.completedAt() != null
				&& copy.completedAt().isBefore(time);
	}

	/**
	 * Whether the rows of a table were never copied, because it was gone or had to be
	 * copied anew before that was done.
	 */
	boolean isGivenUp(long relation, LongPredicate seen) {
		Copy copy = latest(relation, (any) -> seen.test(any.transaction()));
		return copy != null && copy.reason() != null;
	}

	private @Nullable Copy latest(long relation, Predicate<Copy> wanted) {
		Copy latest = null;
		for (Copy copy : this.copies) {
			if (copy.relation() == relation && wanted.test(copy)) {
				latest = copy;
			}
		}
		return latest;
	}

	private record Copy(long relation, long since, long transaction, @Nullable Instant completedAt,
			@Nullable String reason) {
	}

}
