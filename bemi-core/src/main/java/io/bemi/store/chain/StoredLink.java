package io.bemi.store.chain;

import java.sql.ResultSet;
import java.sql.SQLException;

import io.bemi.change.Position;
import org.jspecify.annotations.Nullable;

/**
 * A link as it stands in the store.
 *
 * @param number its number
 * @param kind what it is for
 * @param position where it is in the history
 * @param transactionId the transaction; 0 when it is of none
 * @param changes how many changes it covers
 * @param changesDigest the digest of theirs
 * @param contexts how many contexts it covers
 * @param contextsDigest the digest of theirs
 * @param notes how many other rows it covers
 * @param notesDigest the digest of theirs
 * @param digest its digest
 * @param header the digest of all the rest
 */
record StoredLink(long number, char kind, Position position, long transactionId, long changes,
		byte @Nullable [] changesDigest, long contexts, byte @Nullable [] contextsDigest, long notes,
		byte @Nullable [] notesDigest, byte[] digest, byte[] header) {

	static final char BEGIN = 'B';

	static final char PAUSE = 'P';

	static StoredLink of(ResultSet row) throws SQLException {
		return new StoredLink(row.getLong(1), row.getString(2).charAt(0), Position.parse(row.getString(3)),
				row.getLong(4), row.getLong(5), row.getBytes(6), row.getLong(7), row.getBytes(8), row.getLong(9),
				row.getBytes(10), row.getBytes(11), row.getBytes(12));
	}

}
