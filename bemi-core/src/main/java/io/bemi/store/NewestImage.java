package io.bemi.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.bemi.ingestion.LongImageException;
import io.bemi.ingestion.TrackedRelation;
import io.bemi.pgoutput.JsonBytes;
import io.bemi.replication.HeapRoom;
import org.jspecify.annotations.Nullable;

/**
 * What the history told last of a record.
 *
 * @param image the columns' JSON texts by the names that columns have now; {@code null}
 * when the record is gone, nothing is known of it, or the image is postponed
 * @param length how many bytes the image had, or has; 0 where that was not looked at
 * @param postponed whether there is an image that has to be asked for by itself, because
 * it is too large to come with others
 */
record NewestImage(@Nullable Map<String, JsonBytes> image, long length, boolean postponed) {

	/** In bytes as stored. Compressed, some ninety times as much may be in it. */
	private static final int LARGEST_OF_MANY = 1 << 18;

	/** In bytes, of all images that come together. */
	private static final long MANY = 8 << 20;

	/**
	 * The newest image per description of the table and key, then the newest of those, as
	 * far as they fit.
	 */
	private static final String NEWEST = """
			WITH newest AS MATERIALIZED (
			    SELECT DISTINCT ON (k.n) k.n, k.key, r.id, c.image IS NOT NULL AND c.operation <> 'D' AS there,
			           CASE WHEN c.operation <> 'D' AND pg_column_size(c.image) <= ? THEN c.image::text END AS image
			      FROM unnest(?) WITH ORDINALITY k(key, n)
			     CROSS JOIN unnest(?) r(id)
			     CROSS JOIN LATERAL (
			           SELECT image, operation, position, ordinal FROM change
			            WHERE relation = r.id AND primary_key = k.key
			            ORDER BY position DESC, ordinal DESC LIMIT 1) c
			     ORDER BY k.n, c.position DESC, c.ordinal DESC)
			SELECT key, id, there, CASE WHEN sum(octet_length(image)) OVER (ORDER BY n) <= ? THEN image END,
			       octet_length(image)
			  FROM newest
			""";

	/**
	 * Looks records up.
	 * @param connection a connection to the store
	 * @param history what their table looked like
	 * @param keys the records' keys; those that come first are the last to be postponed
	 * @return what is known, by key
	 */
	static Map<String, NewestImage> find(Connection connection, TableHistory history, Collection<String> keys)
			throws SQLException {
		return find(connection, history, keys, LARGEST_OF_MANY, MANY);
	}

	/**
	 * Looks a record up whose image may be of any size that memory has room for.
	 * @throws LongImageException when it has not
	 */
	static @Nullable NewestImage find(Connection connection, TableHistory history, TrackedRelation table, String key)
			throws SQLException {
		NewestImage found = find(connection, history, key, HeapRoom.longest());
		if (found != null && found.postponed() && HeapRoom.canFree(HeapRoom.needed(found.length()))) {
			found = find(connection, history, key, found.length());
		}
		if (found != null && found.postponed()) {
			throw new LongImageException(table.toString(), found.length());
		}
		return found;
	}

	private static @Nullable NewestImage find(Connection connection, TableHistory history, String key, long longest)
			throws SQLException {
		return find(connection, history, List.of(key), Integer.MAX_VALUE, longest).get(key);
	}

	private static Map<String, NewestImage> find(Connection connection, TableHistory history, Collection<String> keys,
			int each, long together) throws SQLException {
		Map<String, NewestImage> found = new HashMap<>();
		try (PreparedStatement statement = connection.prepareStatement(NEWEST)) {
			statement.setInt(1, each);
			statement.setArray(2, connection.createArrayOf("text", keys.toArray()));
			statement.setArray(3, connection.createArrayOf("bigint", history.comparable().toArray()));
			statement.setLong(4, together);
			try (ResultSet row = statement.executeQuery()) {
				while (row.next()) {
					found.put(row.getString(1), read(row, history));
				}
			}
		}
		return found;
	}

	private static NewestImage read(ResultSet row, TableHistory history) throws SQLException {
		if (!row.getBoolean(3)) {
			return new NewestImage(null, 0, false);
		}
		byte[] image = row.getBytes(4);
		return (image != null)
				? new NewestImage(history.carry(row.getLong(2), StoredJson.members(image)), image.length, false)
				: new NewestImage(null, row.getLong(5), true);
	}

}
