package io.bemi.kafka;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
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
	 * Whether a transaction is there, all of whose places are taken. It is when no two of
	 * them hold the same. Otherwise the connector has begun again within it, and has
	 * counted some events once more; then places may still be taken by what it had sent
	 * before as another event. They are not if the newest of each place were sent one
	 * after the other, and before the end, for then each is the event behind the one
	 * before, or an earlier one, up to the last; and no change is there twice if there
	 * are as many as the end says.
	 */
	private static final String WHOLE = """
			SELECT count(*) FILTER (WHERE s.kind <> 'm') = x.changes
			       AND (count(*) = count(DISTINCT (s.lsn, s.kind, coalesce(s.relation, 0), s.content))
			            OR (bool_and(s.sent_at >= s.earlier) AND max(s.sent_at) <= x.sent_at))
			  FROM (SELECT n.*, lag(n.sent_at, 1, n.sent_at) OVER (ORDER BY n.total_order) AS earlier
			          FROM (SELECT DISTINCT ON (e.total_order) e.total_order, e.sent_at, e.lsn, e.kind, e.relation, e.content
			                  FROM kafka_event e
			                 WHERE e.feed = x.feed AND e.xid = x.xid AND e.lsn < x.position AND e.total_order <= x.events
			                 ORDER BY e.total_order, e.sent_at DESC) n) s
			""";

	/**
	 * A change of the same transaction id may also be of a transaction that is stored and
	 * was sent again, or of one that has begun since.
	 */
	private static final String NEXT = """
			SELECT x.position::text, x.xid, x.events, x.changes, x.sent_at, a.places,
			       CASE WHEN a.places = x.events THEN (%s) ELSE false END
			  FROM (SELECT n.*, sum(events) OVER (ORDER BY position) AS total
			          FROM (SELECT * FROM kafka_end WHERE feed = ? AND position > ?::pg_lsn AND NOT stored
			                 ORDER BY position LIMIT ?) n) x
			 CROSS JOIN LATERAL (
			       SELECT count(DISTINCT e.total_order) AS places FROM kafka_event e
			        WHERE e.feed = x.feed AND e.xid = x.xid AND e.lsn < x.position AND e.total_order <= x.events) a
			 WHERE x.total - x.events < ? ORDER BY x.position
			""".formatted(WHOLE);

	private static final String SEVERAL = """
			SELECT DISTINCT ON (x.number, e.total_order)
			       x.number, e.xid, e.total_order, e.sent_at, e.lsn::text, e.committed_at, e.kind, e.relation, e.before, e.after
			  FROM unnest(?::bigint[], ?::pg_lsn[], ?::bigint[]) WITH ORDINALITY AS x (xid, position, events, number)
			  JOIN kafka_event e ON e.feed = ? AND e.xid = x.xid AND e.lsn < x.position AND e.total_order <= x.events
			 ORDER BY x.number, e.total_order, e.sent_at DESC
			""";

	private static final String ONE = """
			SELECT DISTINCT ON (total_order)
			       1, xid, total_order, sent_at, lsn::text, committed_at, kind, relation, before, after FROM kafka_event
			 WHERE feed = ? AND xid = ? AND lsn < ?::pg_lsn AND total_order <= ? ORDER BY total_order, sent_at DESC
			""";

	private static final String REMOVE = """
			DELETE FROM kafka_event e USING unnest(?::bigint[], ?::pg_lsn[]) AS x (xid, position)
			 WHERE e.feed = ? AND e.xid = x.xid AND e.lsn < x.position
			""";

	/**
	 * One of which nothing is in the history does not move its position.
	 */
	private static final String NOTE_STORED = "UPDATE kafka_end SET stored = true WHERE feed = ? AND position = ANY (?::pg_lsn[])";

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
	 * Begins to look: until {@link #leave()} everything is seen as it is now, so that
	 * what is complete stays so while it is read.
	 */
	void look() throws SQLException {
		this.connection.rollback();
		try (Statement statement = this.connection.createStatement()) {
			statement.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
		}
	}

	void leave() throws SQLException {
		this.connection.rollback();
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
					next.add(new Arrived(new End(Position.parse(row.getString(1)), row.getLong(2), row.getLong(3),
							row.getLong(4), row.getLong(5)), row.getLong(6), row.getBoolean(7)));
				}
			}
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
					int relation = row.getInt(8);
					TableDescription table = row.wasNull() ? null : table(relation);
					consumer.accept(ends.get(row.getInt(1) - 1),
							new Change(row.getLong(2), row.getLong(3), row.getLong(4), Position.parse(row.getString(5)),
									row.getLong(6), Kind.of(row.getString(7).charAt(0)), table, row.getString(9),
									row.getString(10)));
				}
			}
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
			statement.setLong(4, ends.get(0).events());
			return statement;
		}
		PreparedStatement statement = this.connection.prepareStatement(SEVERAL);
		statement.setArray(1, xids(ends));
		statement.setArray(2, positions(ends));
		statement.setArray(3, this.connection.createArrayOf("bigint", ends.stream().map(End::events).toArray()));
		statement.setInt(4, this.feed);
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
		try (PreparedStatement statement = this.connection.prepareStatement(NOTE_STORED)) {
			statement.setInt(1, this.feed);
			statement.setArray(2, positions(ends));
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
	 * @param events of how many places something has arrived
	 * @param isComplete whether all of it has
	 */
	record Arrived(End end, long events, boolean isComplete) {

		boolean isLarge() {
			return this.end.events() > CHANGES;
		}

	}

}
