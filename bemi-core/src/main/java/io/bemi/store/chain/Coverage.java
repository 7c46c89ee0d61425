package io.bemi.store.chain;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

import io.bemi.change.Position;
import io.bemi.store.chain.ChainBreak.Kind;
import org.jspecify.annotations.Nullable;

/**
 * From where to where in the history links were made: what has none there was added
 * later.
 */
final class Coverage {

	private static final String COUNT = """
			SELECT (SELECT count(*) FROM change WHERE source = ? AND link IS NULL)
			     + (SELECT count(*) FROM context WHERE source = ? AND link IS NULL)
			""";

	/** Rows that were found have an earlier place than when they were stored. */
	private static final String ADDED = """
			SELECT x.position, x.transaction_id, x.is_change
			  FROM (SELECT c.position, c.transaction_id, true AS is_change FROM change c
			         WHERE c.source = ? AND c.link IS NULL AND (c.operation <> 'B' OR NOT ?)
			         UNION ALL
			        SELECT c.position, c.transaction_id, false FROM context c WHERE c.source = ? AND c.link IS NULL) x
			 WHERE EXISTS (SELECT FROM unnest(?::pg_lsn[], ?::pg_lsn[]) r(after, upto) WHERE x.position > r.after AND x.position <= r.upto)
			 ORDER BY x.position, x.is_change DESC LIMIT 1
			""";

	private static final String END = new Position(-1).toString();

	private final List<String> after = new ArrayList<>();

	private final List<String> upto = new ArrayList<>();

	private boolean wasPaused;

	/**
	 * Takes note of a link, each after those before it.
	 */
	void observe(StoredLink link) {
		if (link.kind() == StoredLink.BEGIN) {
			this.after.add(link.position().toString());
		}
		else if (link.kind() == StoredLink.PAUSE) {
			this.upto.add(link.position().toString());
			this.wasPaused = true;
		}
	}

	/**
	 * Counts the changes, rows and contexts without a link.
	 */
	long count(Connection connection, int source) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(COUNT)) {
			statement.setInt(1, source);
			statement.setInt(2, source);
			try (ResultSet row = statement.executeQuery()) {
				row.next();
				return row.getLong(1);
			}
		}
	}

	/**
	 * The first row that should have a link.
	 */
	@Nullable ChainBreak firstAdded(Connection connection, int source) throws SQLException {
		List<String> ends = new ArrayList<>(this.upto);
		if (ends.size() < this.after.size()) {
			ends.add(END);
		}
		try (PreparedStatement statement = connection.prepareStatement(ADDED)) {
			statement.setInt(1, source);
			statement.setBoolean(2, this.wasPaused);
			statement.setInt(3, source);
			statement.setArray(4, connection.createArrayOf("text", this.after.toArray()));
			statement.setArray(5, connection.createArrayOf("text", ends.toArray()));
			try (ResultSet row = statement.executeQuery()) {
				return row.next() ? new ChainBreak(row.getBoolean(3) ? Kind.CHANGE_ADDED : Kind.CONTEXT_ADDED, 0,
						Position.parse(row.getString(1)), row.getLong(2)) : null;
			}
		}
	}

}
