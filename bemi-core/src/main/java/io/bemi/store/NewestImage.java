package io.bemi.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What the history told last of a record.
 *
 * @param image the columns' JSON texts by the names that columns have now; {@code null}
 * when the record is gone, or nothing is known of it
 * @param length how many characters the image had
 */
record NewestImage(@Nullable Map<String, String> image, long length) {

	/**
	 * The newest image per description of the table and key, then the newest of those.
	 */
	private static final String NEWEST = """
			SELECT DISTINCT ON (k.key) k.key, c.image::text, c.operation, r.id
			  FROM unnest(?) k(key)
			 CROSS JOIN unnest(?) r(id)
			 CROSS JOIN LATERAL (
			       SELECT image, operation, position, ordinal FROM change
			        WHERE relation = r.id AND primary_key = k.key
			        ORDER BY position DESC, ordinal DESC LIMIT 1) c
			 ORDER BY k.key, c.position DESC, c.ordinal DESC
			""";

	/**
	 * Looks records up.
	 * @param connection a connection to the store
	 * @param history what their table looked like
	 * @param keys the records' keys
	 * @return what is known, by key
	 */
	static Map<String, NewestImage> find(Connection connection, TableHistory history, Collection<String> keys)
			throws SQLException {
		Map<String, NewestImage> found = new HashMap<>();
		try (PreparedStatement statement = connection.prepareStatement(NEWEST)) {
			statement.setArray(1, connection.createArrayOf("text", keys.toArray()));
			statement.setArray(2, connection.createArrayOf("bigint", history.comparable().toArray()));
			try (ResultSet row = statement.executeQuery()) {
				while (row.next()) {
					found.put(row.getString(1), read(row, history));
				}
			}
		}
		return found;
	}

	private static NewestImage read(ResultSet row, TableHistory history) throws SQLException {
		String image = row.getString(2);
		boolean there = image != null && !"D".equals(row.getString(3));
		return new NewestImage(there ? history.carry(row.getLong(4), StoredJson.members(image)) : null,
				there ? image.length() : 0);
	}

}
