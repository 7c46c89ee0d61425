package io.bemi.kafka;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

import io.bemi.change.Position;
import io.bemi.kafka.Event.Change;
import io.bemi.kafka.Event.End;
import io.bemi.kafka.Event.Kind;
import org.jspecify.annotations.Nullable;

/**
 * Finds transactions that are complete, in the order of their commits, and takes them out
 * again when they are stored.
 */
final class StagedTransactions implements AutoCloseable {

	/** How many changes are read at a time; more only if they are of one transaction. */
	private static final int CHANGES = 5_000;

	private static final int FETCHED = 500;

	private static final String FIRST = "SELECT min(position)::text FROM kafka_end WHERE feed = ? AND position > ?::pg_lsn";

	/**
	 * Ends are staged in the order of the log, so that what has not come before a later
	 * one will not come.
	 */
	private static final String MISSING = """
			SELECT min(m.until_lsn)::text FROM kafka_marker m
			 WHERE m.feed = ? AND m.until_lsn > ?::pg_lsn
			   AND EXISTS (SELECT FROM kafka_end x WHERE x.feed = m.feed AND x.position > m.until_lsn)
			   AND NOT EXISTS (SELECT FROM kafka_end x WHERE x.feed = m.feed AND x.xid = m.xid
			                      AND x.position > m.after_lsn AND x.position <= m.until_lsn)
			""";

	/**
	 * A change of the same transaction id may also be of a transaction that is stored and
	 * was sent again, or of one that has begun since.
	 */
	private static final String NEXT = """
			SELECT x.position::text, x.xid, x.events,
			       (SELECT count(*) FROM kafka_event e
			         WHERE e.feed = x.feed AND e.xid = x.xid AND e.lsn < x.position AND e.total_order <= x.events)
			  FROM (SELECT feed, position, xid, events, sum(events) OVER (ORDER BY position) AS total
			          FROM (SELECT * FROM kafka_end WHERE feed = ? AND position > ?::pg_lsn ORDER BY position LIMIT ?) n) x
			 WHERE x.total - x.events < ? ORDER BY x.position
			""";

	private static final String SEVERAL = """
			SELECT x.number, e.xid, e.total_order, e.lsn::text, e.committed_at, e.kind, e.relation, e.before, e.after
			  FROM unnest(?::bigint[], ?::pg_lsn[]) WITH ORDINALITY AS x (xid, position, number)
			  JOIN kafka_event e ON e.feed = ? AND e.xid = x.xid AND e.lsn < x.position
			 ORDER BY x.number, e.total_order
			""";

	private static final String ONE = """
			SELECT 1, xid, total_order, lsn::text, committed_at, kind, relation, before, after FROM kafka_event
			 WHERE feed = ? AND xid = ? AND lsn < ?::pg_lsn ORDER BY total_order
			""";

	private static final String REMOVE = """
			DELETE FROM kafka_event e USING unnest(?::bigint[], ?::pg_lsn[]) AS x (xid, position)
			 WHERE e.feed = ? AND e.xid = x.xid AND e.lsn < x.position
			""";

	/** What the connector has sent again. */
	private static final String REMOVE_STORED = """
			DELETE FROM kafka_event e USING kafka_end x
			 WHERE x.feed = ? AND x.position <= ?::pg_lsn AND e.feed = x.feed AND e.xid = x.xid AND e.lsn < x.position
			""";

	/** Of those behind what is stored it may still be asked whether they have come. */
	private static final String REMOVE_MARKERS = """
			DELETE FROM kafka_marker m WHERE m.feed = ? AND (m.until_lsn <= ?::pg_lsn
			    OR EXISTS (SELECT FROM kafka_end x WHERE x.feed = m.feed AND x.xid = m.xid
			                  AND x.position > m.after_lsn AND x.position <= m.until_lsn))
			""";

	/** Until then changes of the same transaction may come again. */
	private static final String REMOVE_ENDS = """
			DELETE FROM kafka_end WHERE feed = ? AND position <= ?::pg_lsn AND staged_at < now() - interval '1 hour'
			""";

	private static final String RELATION = "SELECT schema, name, key, description FROM kafka_relation WHERE id = ?";

	private final Connection connection;

	private final int feed;

	private final Map<Integer, TableDescription> tables = new HashMap<>();

	/**
	 * Creates one.
	 * @param connection a connection to the store, closed with it
	 */
	StagedTransactions(Connection connection, int feed) throws SQLException {
		this.connection = connection;
		this.feed = feed;
		connection.setAutoCommit(false);
	}

	/**
	 * The end of the first transaction that is known.
	 * @param after where to begin to look; {@code null} for everywhere
	 */
	@Nullable Position first(@Nullable Position after) throws SQLException {
		return position(FIRST, (after != null) ? after : Position.ZERO);
	}

	/**
	 * The first place in the log of which it is certain that the connector has left it
	 * out: a marker was written there, and has not come, though later transactions have.
	 * @param after up to where it is known that nothing is missing
	 */
	@Nullable Position missing(Position after) throws SQLException {
		return position(MISSING, after);
	}

	private @Nullable Position position(String sql, Position after) throws SQLException {
		try (PreparedStatement statement = this.connection.prepareStatement(sql)) {
			statement.setInt(1, this.feed);
			statement.setString(2, after.toString());
			try (ResultSet row = statement.executeQuery()) {
				row.next();
				String position = row.getString(1);
				return (position != null) ? Position.parse(position) : null;
			}
		}
		finally {
			this.connection.rollback();
		}
	}

	/**
	 * The next transactions, with how many of their changes have arrived.
	 * @param after the end of the transaction before
	 */
	List<Arrived> next(Position after) throws SQLException {
		List<Arrived> next = new ArrayList<>();
		try (PreparedStatement statement = this.connection.prepareStatement(NEXT)) {
			statement.setInt(1, this.feed);
			statement.setString(2, after.toString());
			statement.setInt(3, CHANGES);
			statement.setInt(4, CHANGES);
			try (ResultSet row = statement.executeQuery()) {
				while (row.next()) {
					next.add(new Arrived(new End(Position.parse(row.getString(1)), row.getLong(2), row.getLong(3)),
							row.getLong(4)));
				}
			}
		}
		finally {
			this.connection.rollback();
		}
		return next;
	}

	/**
	 * Reads the changes of transactions, each in their order.
	 */
	void read(List<End> ends, BiConsumer<End, Change> consumer) throws SQLException {
		try (PreparedStatement statement = select(ends)) {
			statement.setFetchSize(FETCHED);
			try (ResultSet row = statement.executeQuery()) {
				while (row.next()) {
					int relation = row.getInt(7);
					TableDescription table = row.wasNull() ? null : table(relation);
					consumer.accept(ends.get(row.getInt(1) - 1),
							new Change(row.getLong(2), row.getLong(3), Position.parse(row.getString(4)), row.getLong(5),
									Kind.of(row.getString(6).charAt(0)), table, row.getString(8), row.getString(9)));
				}
			}
		}
		finally {
			this.connection.rollback();
		}
	}

	/**
	 * A large one is read along an index instead of being sorted.
	 */
	private PreparedStatement select(List<End> ends) throws SQLException {
		if (ends.size() == 1) {
			PreparedStatement statement = this.connection.prepareStatement(ONE);
			statement.setInt(1, this.feed);
			statement.setLong(2, ends.get(0).xid());
			statement.setString(3, ends.get(0).position().toString());
			return statement;
		}
		PreparedStatement statement = this.connection.prepareStatement(SEVERAL);
		statement.setArray(1, xids(ends));
		statement.setArray(2, positions(ends));
		statement.setInt(3, this.feed);
		return statement;
	}

	private TableDescription table(int relation) throws SQLException {
		TableDescription known = this.tables.get(relation);
		if (known == null) {
			try (PreparedStatement statement = this.connection.prepareStatement(RELATION)) {
				statement.setInt(1, relation);
				try (ResultSet row = statement.executeQuery()) {
					row.next();
					known = new TableDescription(row.getString(1), row.getString(2), row.getString(3),
							row.getString(4));
					this.tables.put(relation, known);
				}
			}
		}
		return known;
	}

	/**
	 * Takes out what is stored.
	 */
	void remove(List<End> ends) throws SQLException {
		try (PreparedStatement statement = this.connection.prepareStatement(REMOVE)) {
			statement.setArray(1, xids(ends));
			statement.setArray(2, positions(ends));
			statement.setInt(3, this.feed);
			statement.executeUpdate();
		}
		this.connection.commit();
	}

	/**
	 * Takes out what has come again after it was stored.
	 * @param stored the end of the last transaction that is stored
	 */
	void clean(Position stored) throws SQLException {
		for (String sql : new String[] { REMOVE_STORED, REMOVE_MARKERS, REMOVE_ENDS }) {
			try (PreparedStatement statement = this.connection.prepareStatement(sql)) {
				statement.setInt(1, this.feed);
				statement.setString(2, stored.toString());
				statement.executeUpdate();
			}
			this.connection.commit();
		}
	}

	private Array xids(List<End> ends) throws SQLException {
		return this.connection.createArrayOf("bigint", ends.stream().map(End::xid).toArray());
	}

	private Array positions(List<End> ends) throws SQLException {
		return this.connection.createArrayOf("text", ends.stream().map((end) -> end.position().toString()).toArray());
	}

	@Override
	public void close() throws SQLException {
		this.connection.close();
	}

	/**
	 * A transaction that has ended.
	 *
	 * @param end its end
	 * @param events how many of its changes and messages have arrived
	 */
	record Arrived(End end, long events) {

		boolean isComplete() {
			return this.events == this.end.events();
		}

		boolean isLarge() {
			return this.end.events() > CHANGES;
		}

	}

}
