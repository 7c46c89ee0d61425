package io.bemi.store;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import io.bemi.change.Position;
import io.bemi.ingestion.PendingBaseline;
import io.bemi.ingestion.SourceTransaction;
import org.jspecify.annotations.Nullable;

/**
 * Which tables' rows are to be copied, and how far that is.
 */
final class Baselines {

	private static final String PENDING = """
			SELECT id, oid, schema, name, after, rows FROM baseline WHERE source = ? AND completed_at IS NULL ORDER BY id
			""";

	private static final String REPLACE = """
			UPDATE baseline SET completed_at = now(), reason = 'Begun anew' WHERE source = ? AND oid = ? AND completed_at IS NULL
			""";

	private static final String REQUEST = """
			INSERT INTO baseline (source, oid, schema, name, since, ordinal, committed_at, transaction_id, completed_at, known,
			                      relation)
			SELECT b.*, CASE WHEN e.empty THEN now() END, CASE WHEN e.empty THEN b.since END,
			       (SELECT max(r.id) FROM relation r WHERE r.source = b.source AND r.oid = b.oid)
			  FROM (VALUES (?, ?, ?, ?, ?::pg_lsn, ?, ?::timestamptz, ?)) b(source, oid, schema, name, since, ordinal,
			        committed_at, transaction_id), (VALUES (?)) e(empty)
			""";

	private static final String KNOWN = "SELECT 1 FROM baseline WHERE source = ? AND oid = ? LIMIT 1";

	private static final String ADVANCE = """
			UPDATE baseline b
			   SET after = ?, rows = rows + ?, completed_at = CASE WHEN c.complete THEN now() END, position = c.position,
			       known = CASE WHEN c.complete THEN greatest(b.since, coalesce(c.position, s.position)) END
			  FROM source s, (VALUES (?, ?::pg_lsn)) c(complete, position)
			 WHERE b.id = ? AND b.completed_at IS NULL AND s.id = b.source
			RETURNING since, ordinal, committed_at, transaction_id
			""";

	private static final String END = """
			UPDATE baseline SET completed_at = now(), reason = ? WHERE id = ? AND completed_at IS NULL
			""";

	private final Connection connection;

	private final int source;

	private final Set<Integer> known = new HashSet<>();

	Baselines(Connection connection, int source) {
		this.connection = connection;
		this.source = source;
	}

	List<PendingBaseline> pending() throws SQLException {
		try (PreparedStatement statement = this.connection.prepareStatement(PENDING)) {
			statement.setInt(1, this.source);
			try (ResultSet row = statement.executeQuery()) {
				List<PendingBaseline> pending = new ArrayList<>();
				while (row.next()) {
					Array after = row.getArray(5);
					pending.add(new PendingBaseline(row.getLong(1), (int) row.getLong(2), row.getString(3),
							row.getString(4), (after != null) ? List.of((String[]) after.getArray()) : null,
							row.getLong(6)));
				}
				return pending;
			}
		}
	}

	/**
	 * Notes that a table is to be copied, instead of what was noted of it before.
	 */
	void request(int oid, String schema, String name, SourceTransaction since, long ordinal, boolean empty)
			throws SQLException {
		try (PreparedStatement statement = this.connection.prepareStatement(REPLACE)) {
			statement.setInt(1, this.source);
			statement.setLong(2, Integer.toUnsignedLong(oid));
			statement.executeUpdate();
		}
		try (PreparedStatement statement = this.connection.prepareStatement(REQUEST)) {
			statement.setInt(1, this.source);
			statement.setLong(2, Integer.toUnsignedLong(oid));
			statement.setString(3, schema);
			statement.setString(4, name);
			statement.setString(5, since.position().toString());
			statement.setLong(6, ordinal);
			statement.setString(7, since.committedAt().toString());
			statement.setLong(8, since.transactionId());
			statement.setBoolean(9, empty);
			statement.executeUpdate();
		}
		this.known.add(oid);
	}

	/**
	 * Whether anything was ever noted of a table.
	 */
	boolean isKnown(int oid) throws SQLException {
		if (this.known.contains(oid)) {
			return true;
		}
		try (PreparedStatement statement = this.connection.prepareStatement(KNOWN)) {
			statement.setInt(1, this.source);
			statement.setLong(2, Integer.toUnsignedLong(oid));
			try (ResultSet row = statement.executeQuery()) {
				if (row.next()) {
					this.known.add(oid);
				}
			}
		}
		return this.known.contains(oid);
	}

	/**
	 * Goes on by some rows.
	 * @param position where they stand, if not at the beginning
	 * @return from where on changes are recorded; {@code null} when that is void
	 */
	@Nullable Beginning advance(PendingBaseline baseline, @Nullable List<String> after, long rows, boolean complete,
			@Nullable Position position) throws SQLException {
		try (PreparedStatement statement = this.connection.prepareStatement(ADVANCE)) {
			statement.setArray(1, (after != null) ? this.connection.createArrayOf("text", after.toArray()) : null);
			statement.setLong(2, rows);
			statement.setBoolean(3, complete);
			statement.setString(4, (position != null) ? position.toString() : null);
			statement.setLong(5, baseline.id());
			try (ResultSet row = statement.executeQuery()) {
				if (!row.next()) {
					return null;
				}
				SourceTransaction since = new SourceTransaction(Position.parse(row.getString(1)),
						row.getObject(3, OffsetDateTime.class).toInstant(), row.getLong(4));
				return new Beginning(since, row.getLong(2));
			}
		}
	}

	/**
	 * Ends it.
	 */
	void end(PendingBaseline baseline, String reason) throws SQLException {
		try (PreparedStatement statement = this.connection.prepareStatement(END)) {
			statement.setString(1, reason);
			statement.setLong(2, baseline.id());
			statement.executeUpdate();
		}
	}

	/**
	 * Forgets what a write that was not committed has added.
	 */
	void clear() {
		this.known.clear();
	}

	/**
	 * From where on changes of a table are recorded.
	 *
	 * @param transaction the transaction
	 * @param ordinal from where on in it
	 */
	record Beginning(SourceTransaction transaction, long ordinal) {
	}

}
