package io.bemi.baseline;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.bemi.testsupport.TestDatabase;

/**
 * What a table held at a moment, by the table itself and by the history.
 *
 * @param snapshot which transactions had committed
 * @param rows the rows by their keys, as {@code jsonb} prints them
 */
record AsOf(String snapshot, Map<String, String> rows) {

	private static final JsonMapper MAPPER = JsonMapper.builder()
		.enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
		.build();

	/**
	 * The newest image of each record: of a deleted one none, and of a key that a record
	 * has left none. What was found when recording began was always there.
	 */
	private static final String HISTORY = """
			WITH seen AS (
			     SELECT c.* FROM bemi.change c
			      WHERE pg_visible_in_snapshot(c.transaction_id::text::xid8, '%1$s')
			         OR c.operation = 'B' AND c.position = (SELECT min(since) FROM bemi.baseline)),
			state AS (
			     SELECT primary_key AS key, position, ordinal, CASE operation WHEN 'D' THEN NULL ELSE image END AS image
			       FROM seen WHERE operation <> 'T'
			     UNION ALL
			     SELECT replaced ->> 'id', position, ordinal, NULL FROM seen WHERE operation = 'U' AND replaced ? 'id')
			SELECT key, image::text FROM (
			     SELECT DISTINCT ON (key) key, image FROM state
			      ORDER BY key, position DESC, ordinal DESC) newest WHERE image IS NOT NULL
			""";

	/**
	 * Records that were changed or deleted after the moment, before they were ever told
	 * of: what they were at the moment nobody has seen.
	 */
	private static final String UNTOLD = """
			WITH change AS (
			     SELECT *, coalesce(replaced ->> 'id', primary_key) AS key FROM bemi.change WHERE operation IN ('U', 'D', 'C')
			     UNION ALL
			     SELECT *, primary_key FROM bemi.change WHERE operation = 'B'
			     UNION ALL
			     SELECT *, primary_key FROM bemi.change WHERE operation = 'U' AND replaced ? 'id')
			SELECT key FROM (SELECT DISTINCT ON (key) * FROM change ORDER BY key, position, ordinal) first
			 WHERE operation IN ('U', 'D') AND coalesce(replaced ->> 'id', primary_key) = key AND cardinality(unknown) > 0
			   AND NOT pg_visible_in_snapshot(transaction_id::text::xid8, '%1$s')
			""";

	/**
	 * The table now.
	 */
	static AsOf now(TestDatabase database) throws SQLException {
		try (Connection connection = database.connect(); Statement statement = connection.createStatement()) {
			connection.setAutoCommit(false);
			connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
			try (ResultSet row = statement.executeQuery("SELECT pg_current_snapshot()::text")) {
				row.next();
				String snapshot = row.getString(1);
				return new AsOf(snapshot, rows(statement, "SELECT id::text, to_jsonb(a)::text FROM account a"));
			}
		}
	}

	/**
	 * The same moment by the history.
	 */
	AsOf byHistory(TestDatabase database) throws SQLException {
		try (Connection connection = database.connect(); Statement statement = connection.createStatement()) {
			return new AsOf(this.snapshot, rows(statement, HISTORY.formatted(this.snapshot)));
		}
	}

	/**
	 * The same without what nobody has seen.
	 */
	AsOf told(TestDatabase database) {
		Map<String, String> told = new TreeMap<>(this.rows);
		told.keySet().removeAll(database.query(UNTOLD.formatted(this.snapshot)));
		return new AsOf(this.snapshot, told);
	}

	/**
	 * The same with the columns only that the history tells of each row: of a large value
	 * that was not changed the log does not say what it is.
	 */
	AsOf columnsOf(AsOf history) throws JsonProcessingException {
		Map<String, String> columns = new TreeMap<>();
		for (Map.Entry<String, String> row : this.rows.entrySet()) {
			ObjectNode image = (ObjectNode) MAPPER.readTree(row.getValue());
			String told = history.rows.get(row.getKey());
			if (told != null) {
				Set<String> names = new HashSet<>();
				MAPPER.readTree(told).fieldNames().forEachRemaining(names::add);
				image.retain(names);
			}
			columns.put(row.getKey(), (told != null && image.equals(MAPPER.readTree(told))) ? told : row.getValue());
		}
		return new AsOf(this.snapshot, columns);
	}

	/**
	 * The first difference.
	 */
	Optional<String> difference(AsOf other) {
		return this.rows.entrySet()
			.stream()
			.filter((row) -> !row.getValue().equals(other.rows.get(row.getKey())))
			.map((row) -> row.getValue() + " against " + other.rows.get(row.getKey()))
			.findFirst()
			.or(() -> other.rows.keySet()
				.stream()
				.filter((key) -> !this.rows.containsKey(key))
				.map((key) -> "nothing against " + other.rows.get(key))
				.findFirst());
	}

	private static Map<String, String> rows(Statement statement, String sql) throws SQLException {
		Map<String, String> rows = new TreeMap<>();
		try (ResultSet row = statement.executeQuery(sql)) {
			while (row.next()) {
				rows.put(row.getString(1), row.getString(2));
			}
		}
		return rows;
	}

}
