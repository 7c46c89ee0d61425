package io.bemi.store.chain;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Digests of rows in the order of the links that cover them, of which only those of one
 * link are in memory.
 */
final class DigestStream implements AutoCloseable {

	private static final int FETCH_SIZE = 2_000;

	private final PreparedStatement statement;

	private final ResultSet row;

	private boolean more;

	/**
	 * Opens a stream.
	 * @param connection a connection in a transaction
	 * @param sql a query for link and digest, ordered by link, of a source
	 */
	DigestStream(Connection connection, String sql, int source) throws SQLException {
		this.statement = connection.prepareStatement(sql);
		this.statement.setFetchSize(FETCH_SIZE);
		this.statement.setInt(1, source);
		this.row = this.statement.executeQuery();
		this.more = this.row.next();
	}

	/**
	 * The link that the next row says it is covered by.
	 * @return its number; {@code Long.MAX_VALUE} after the last row
	 */
	long link() throws SQLException {
		return this.more ? this.row.getLong(1) : Long.MAX_VALUE;
	}

	/**
	 * Takes the digests of a link.
	 * @param most how many to keep
	 * @return the digests, one more at most; {@code null} where there is none because the
	 * row's salt is gone
	 */
	List<byte @Nullable []> take(long link, long most) throws SQLException {
		List<byte @Nullable []> digests = new ArrayList<>();
		while (link() == link) {
			if (digests.size() <= most) {
				digests.add(this.row.getBytes(2));
			}
			this.more = this.row.next();
		}
		return digests;
	}

	@Override
	public void close() throws SQLException {
		this.statement.close();
	}

}
