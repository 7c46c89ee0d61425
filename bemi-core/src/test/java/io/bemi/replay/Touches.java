package io.bemi.replay;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.bemi.testsupport.TestDatabase;

/**
 * What happened to columns and tables without a change of a row.
 */
final class Touches {

	/** What makes a column's earlier values useless. */
	static final Set<String> UNSEEN = Set.of("computed", "retyped");

	private static final String TOUCHES = """
			SELECT number, relation, attribute, what, transaction FROM shadow.touch ORDER BY number
			""";

	private final Map<Long, List<Touch>> touches = new HashMap<>();

	private final Map<Long, Long> commits = new HashMap<>();

	private final Map<Long, Set<String>> names = new HashMap<>();

	Touches(TestDatabase database) throws SQLException {
		try (Connection connection = database.connect();
				Statement statement = connection.createStatement();
				ResultSet row = statement.executeQuery(TOUCHES)) {
			while (row.next()) {
				this.touches.computeIfAbsent(row.getLong(2), (relation) -> new ArrayList<>())
					.add(new Touch(row.getLong(1), row.getInt(3), row.getString(4), row.getLong(5)));
			}
		}
		try (Connection connection = database.connect(); Statement statement = connection.createStatement()) {
			try (ResultSet row = statement.executeQuery("SELECT transaction, number FROM shadow.finish")) {
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
	 * Whether something of a kind happened to a column after one number and before
	 * another.
	 */
	boolean between(long relation, int attribute, long after, long before, Set<String> kinds) {
		return this.touches.getOrDefault(relation, List.of())
			.stream()
			.anyMatch((touch) -> touch.attribute() == attribute && touch.number() > after && touch.number() < before
					&& kinds.contains(touch.what()));
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

	boolean hasHadName(long relation, String name) {
		return this.names.getOrDefault(relation, Set.of()).contains(name);
	}

	/**
	 * When something happened that has a number.
	 */
	Instant at(long transaction, long number) {
		return new Instant(this.commits.getOrDefault(transaction, number), number);
	}

	private record Touch(long number, int attribute, String what, long transaction) {
	}

	/**
	 * The place of something in the history, which has the order of commits.
	 *
	 * @param commit the number of its transaction's commit
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
