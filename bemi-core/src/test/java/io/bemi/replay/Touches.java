package io.bemi.replay;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongPredicate;
import java.util.function.Predicate;

import io.bemi.testsupport.TestDatabase;
import org.jspecify.annotations.Nullable;

/**
 * What happened to columns and tables without a change of a row.
 */
final class Touches {

	/** What makes a column's earlier values useless. */
	private static final Set<String> UNSEEN = Set.of("computed", "retyped");

	private static final String TOUCHES = """
			SELECT number, relation, attribute, what, transaction, name, value FROM shadow.touch ORDER BY number
			""";

	private static final String COMMITS = """
			SELECT transaction_id, position - '0/0' FROM bemi.changes WHERE schema = 'shadow'
			""";

	private final Map<Long, List<Touch>> touches = new HashMap<>();

	/** The positions of commits. */
	private final Map<Long, Long> commits = new HashMap<>();

	private final Map<Long, Set<String>> names = new HashMap<>();

	Touches(TestDatabase database) throws SQLException {
		try (Connection connection = database.connect();
				Statement statement = connection.createStatement();
				ResultSet row = statement.executeQuery(TOUCHES)) {
			while (row.next()) {
				this.touches.computeIfAbsent(row.getLong(2), (relation) -> new ArrayList<>())
					.add(new Touch(row.getLong(1), row.getInt(3), row.getString(4), row.getLong(5), row.getString(6),
							row.getString(7)));
			}
		}
		try (Connection connection = database.connect(); Statement statement = connection.createStatement()) {
			try (ResultSet row = statement.executeQuery(COMMITS)) {
				while (row.next()) {
					this.commits.put(row.getLong(1), row.getLong(2));
				}
			}
			try (ResultSet row = statement.executeQuery("SELECT relation, name FROM shadow.name")) {
				while (row.next()) {
					this.names.computeIfAbsent(row.getLong(1), (relation) -> new HashSet<>()).add(row.getString(2));
				}
			}
		}
	}

	/**
	 * Whether something made a column's values useless after one number and before
	 * another; or another column's, in a transaction that has touched this one as well,
	 * or when this one had been added with a value, which goes into the rows then: the
	 * catalogue does not say which statement did what.
	 */
	boolean isDoubtful(long relation, int attribute, long after, long before) {
		List<Touch> all = this.touches.getOrDefault(relation, List.of());
		List<Touch> own = all.stream().filter((touch) -> touch.attribute() == attribute).toList();
		return all.stream()
			.filter((touch) -> UNSEEN.contains(touch.what()) && touch.number() > after && touch.number() < before)
			.anyMatch((rewrite) -> own.stream()
				.anyMatch((touch) -> touch.transaction() == rewrite.transaction() || touch.isAddedWithValue()));
	}

	/**
	 * Whether something made a column's values useless after a number, in a transaction
	 * that counts.
	 */
	boolean isUnseenSince(long relation, int attribute, long after, LongPredicate seen) {
		return this.touches.getOrDefault(relation, List.of())
			.stream()
			.anyMatch((touch) -> touch.attribute() == attribute && touch.number() > after
					&& UNSEEN.contains(touch.what()) && seen.test(touch.transaction()));
	}

	/**
	 * What rows that were there got in a column that was added after some number.
	 */
	@Nullable String added(long relation, int attribute, long after, LongPredicate seen) {
		return this.touches.getOrDefault(relation, List.of())
			.stream()
			.filter((touch) -> touch.attribute() == attribute && touch.number() > after && touch.what().equals("added")
					&& seen.test(touch.transaction()))
			.map(Touch::value)
			.findFirst()
			.orElse(null);
	}

	/**
	 * Where something became unknown of a table's rows last.
	 * @return the position of its commit
	 */
	long lastLoss(long relation, LongPredicate seen) {
		return this.touches.getOrDefault(relation, List.of())
			.stream()
			.filter((touch) -> (touch.attribute() == 0 || UNSEEN.contains(touch.what()))
					&& seen.test(touch.transaction()))
			.mapToLong((touch) -> this.commits.getOrDefault(touch.transaction(), 0L))
			.max()
			.orElse(0);
	}

	/**
	 * When rows of a table came or went otherwise than by changes.
	 * @param relation the table
	 * @param keyless whether nothing identifies its rows, so that other values make
	 * another row
	 */
	List<Severance> severances(long relation, boolean keyless) {
		return this.touches.getOrDefault(relation, List.of())
			.stream()
			.filter((touch) -> touch.attribute() == 0 || (keyless && UNSEEN.contains(touch.what())))
			.map((touch) -> new Severance(touch.transaction(), at(touch.transaction(), touch.number()),
					touch.what().equals("empty")))
			.toList();
	}

	/**
	 * When rows of a table came or went first in a transaction that is not seen;
	 * {@code null} if they did not.
	 */
	@Nullable Instant severedAfter(long relation, LongPredicate seen) {
		return severances(relation, false).stream()
			.filter((severance) -> !seen.test(severance.transaction()))
			.map(Severance::instant)
			.min(Comparator.naturalOrder())
			.orElse(null);
	}

	boolean hasHadName(long relation, String name) {
		return this.names.getOrDefault(relation, Set.of()).contains(name);
	}

	/**
	 * When something happened that has a number. What was before the first program is
	 * before everything.
	 */
	Instant at(long transaction, long number) {
		return new Instant(this.commits.getOrDefault(transaction, 0L), number);
	}

	/**
	 * When rows were found in a table: where its rows came, or between two transactions.
	 * @param transaction the transaction that they are said to be from
	 * @param position its position
	 */
	Instant atBaseline(long relation, long transaction, long position) {
		List<Touch> all = this.touches.getOrDefault(relation, List.of());
		boolean isCommit = this.commits.getOrDefault(transaction, 0L) == position;
		long number = Math.max(latest(all, (touch) -> this.commits.getOrDefault(touch.transaction(), 0L) < position),
				isCommit ? latest(all, (touch) -> touch.transaction() == transaction) : 0);
		return new Instant(position, number);
	}

	private static long latest(List<Touch> touches, Predicate<Touch> wanted) {
		return touches.stream().filter(wanted).mapToLong(Touch::number).max().orElse(0);
	}

	/**
	 * The numbers of columns by the names that they had.
	 */
	Map<String, Integer> columns(long relation, long number) {
		Map<Integer, String> names = new HashMap<>();
		Map<String, Integer> columns = new TreeMap<>();
		for (Touch touch : this.touches.getOrDefault(relation, List.of())) {
			if (touch.attribute() > 0 && touch.number() <= number) {
				// Another column has had the name, which is dropped.
				names.values().remove(touch.name());
				names.put(touch.attribute(), touch.name());
			}
		}
		names.forEach((attribute, name) -> columns.put(name, attribute));
		return columns;
	}

	private record Touch(long number, int attribute, String what, long transaction, String name,
			@Nullable String value) {

		boolean isAddedWithValue() {
			return this.what.equals("added") && this.value != null && !this.value.equals("null");
		}

	}

	/**
	 * The place of something in the history, which has the order of commits.
	 *
	 * @param commit the position of its transaction's commit
	 * @param number its own
	 */
	record Instant(long commit, long number) implements Comparable<Instant> {

		@Override
		public int compareTo(Instant other) {
			return (this.commit != other.commit) ? Long.compare(this.commit, other.commit)
					: Long.compare(this.number, other.number);
		}

	}

	/**
	 * Rows came or went.
	 *
	 * @param transaction the transaction's id
	 * @param instant when
	 * @param empty whether none is left
	 */
	record Severance(long transaction, Instant instant, boolean empty) {
	}

}
