package io.bemi.replay;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.bemi.testsupport.TestDatabase;

/**
 * What happened to columns and tables without a change of a row.
 */
final class Touches {

	private static final String TOUCHES = """
			SELECT number, relation, attribute, what FROM shadow.touch ORDER BY number
			""";

	private final Map<Long, List<Touch>> touches = new HashMap<>();

	Touches(TestDatabase database) throws SQLException {
		try (Connection connection = database.connect();
				Statement statement = connection.createStatement();
				ResultSet row = statement.executeQuery(TOUCHES)) {
			while (row.next()) {
				this.touches.computeIfAbsent(row.getLong(2), (relation) -> new ArrayList<>())
					.add(new Touch(row.getLong(1), row.getInt(3), row.getString(4)));
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
	 * Whether rows came or went otherwise than by changes.
	 */
	boolean rowsMoved(long relation) {
		return between(relation, 0, 0, Long.MAX_VALUE, Set.of("rows"));
	}

	private record Touch(long number, int attribute, String what) {
	}

}
