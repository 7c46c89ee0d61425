package io.bemi.store.retention;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;

import io.bemi.store.Partitions;
import io.bemi.store.retention.RetentionRun.Table;
import org.jspecify.annotations.Nullable;

/**
 * Begins to drop history: works out up to where, and moves the beginning of what is known
 * there, so that nobody asks for what is about to go.
 */
final class RetentionPlan {

	/**
	 * Whether something that stays comes before something that goes: the clock of the
	 * source was set back over the time.
	 */
	private static final String OVERLAP = """
			SELECT EXISTS (
			    SELECT FROM source s, (SELECT ?::timestamptz AS time) b
			     WHERE s.id = coalesce(?, s.id)
			       AND (SELECT max(x.position) FROM context x
			             WHERE x.source = s.id AND x.committed_at < b.time
			               AND x.committed_at >= coalesce(b.time - s.setback * interval '1 microsecond', '-infinity'))
			         > (SELECT min(x.position) FROM context x
			             WHERE x.source = s.id AND x.committed_at >= b.time
			               AND x.committed_at <= coalesce(b.time + s.setback * interval '1 microsecond', 'infinity')))
			""";

	/** The last place of each source before a time. */
	private static final String LAST_PLACES = """
			SELECT s.id, p.position,
			       NOT EXISTS (SELECT FROM context x WHERE x.source = s.id AND x.committed_at >= b.time)
			       AND EXISTS (SELECT FROM source n
			                    CROSS JOIN LATERAL (SELECT f.committed_at FROM baseline f WHERE f.source = n.id
			                                         ORDER BY f.since, f.id LIMIT 1) f
			                    WHERE n.name = s.name AND coalesce(n.slot, n.name) = coalesce(s.slot, s.name)
			                      AND n.database = s.database AND n.id > s.id AND n.system_identifier = s.system_identifier AND f.committed_at <= b.time)
			  FROM source s
			 CROSS JOIN (SELECT ?::timestamptz AS time) b
			 CROSS JOIN LATERAL (
			       SELECT greatest((SELECT c.position FROM change c WHERE c.source = s.id AND c.committed_at < b.time
			                           AND c.committed_at > '-infinity' ORDER BY c.position DESC LIMIT 1),
			                       (SELECT x.position FROM context x WHERE x.source = s.id AND x.committed_at < b.time
			                         ORDER BY x.position DESC LIMIT 1)) AS position) p
			 WHERE s.id = coalesce(?, s.id) AND p.position IS NOT NULL
			""";

	private static final String NOTE_TABLES = """
			INSERT INTO retention_table (run, source, oid, upto, superseded)
			SELECT DISTINCT ?::bigint, r.source, r.oid, ?::pg_lsn, ?::boolean FROM relation r
			 WHERE r.source = ? AND r.oid = coalesce(?, r.oid)
			""";

	/** A later one has the same say about every moment that is left. */
	private static final String FORGET_BEGINNINGS = """
			DELETE FROM baseline b
			 WHERE b.source = ? AND b.oid = coalesce(?, b.oid) AND b.since <= ?::pg_lsn
			   AND (?::boolean OR EXISTS (
			       SELECT FROM baseline n WHERE n.source = b.source AND n.oid = b.oid AND n.since <= ?::pg_lsn
			          AND (n.since, n.ordinal, n.id) > (b.since, b.ordinal, b.id)))
			""";

	private static final String MOVE_BEGINNINGS = """
			UPDATE baseline SET since = ?::pg_lsn, committed_at = greatest(committed_at, ?::timestamptz)
			 WHERE source = ? AND oid = coalesce(?, oid) AND since <= ?::pg_lsn
			""";

	private static final String NOTE_PLACE = """
			UPDATE source SET dropped_position = greatest(dropped_position, ?::pg_lsn) WHERE id = ?
			""";

	private static final String NOTE_MONTH = """
			INSERT INTO dropped (run, month, changes) SELECT ?, ?, greatest(reltuples, 0) FROM pg_class WHERE oid = to_regclass(?)
			""";

	private final Connection connection;

	RetentionPlan(Connection connection) {
		this.connection = connection;
	}

	/**
	 * The whole months that ended before a time, as far as they end where no clock was
	 * set back.
	 */
	List<YearMonth> months(Instant before) throws SQLException {
		List<YearMonth> months = new ArrayList<>(Partitions.months(this.connection)
			.stream()
			.filter((month) -> !Partitions.begin(month.plusMonths(1)).isAfter(before))
			.toList());
		while (!months.isEmpty() && overlaps(end(months), null)) {
			months.remove(months.size() - 1);
		}
		return months;
	}

	static Instant end(List<YearMonth> months) {
		return Partitions.begin(months.get(months.size() - 1).plusMonths(1));
	}

	boolean overlaps(Instant before, @Nullable Integer source) throws SQLException {
		try (PreparedStatement statement = this.connection.prepareStatement(OVERLAP)) {
			statement.setString(1, before.toString());
			statement.setObject(2, source, java.sql.Types.INTEGER);
			try (ResultSet row = statement.executeQuery()) {
				row.next();
				return row.getBoolean(1);
			}
		}
	}

	/**
	 * Notes what a run comes to. From its commit on nothing turns back.
	 * @param months the months that go; none for a table
	 * @return whether there is anything to drop
	 */
	boolean begin(RetentionRun run, Instant before, List<YearMonth> months) throws SQLException {
		Table table = run.table();
		List<Last> places = lastPlaces(before, (table != null) ? table.source() : null);
		for (Last last : places) {
			move(run, last, before);
			if (table == null) {
				note(last);
			}
		}
		for (YearMonth month : months) {
			try (PreparedStatement statement = this.connection.prepareStatement(NOTE_MONTH)) {
				statement.setLong(1, run.id());
				statement.setObject(2, month.atDay(1));
				statement.setString(3, Partitions.name("change", month));
				statement.executeUpdate();
			}
		}
		new RetentionRuns(this.connection).planned(run, before);
		return !months.isEmpty() || !places.isEmpty();
	}

	private List<Last> lastPlaces(Instant before, @Nullable Integer source) throws SQLException {
		try (PreparedStatement statement = this.connection.prepareStatement(LAST_PLACES)) {
			statement.setString(1, before.toString());
			statement.setObject(2, source, java.sql.Types.INTEGER);
			try (ResultSet row = statement.executeQuery()) {
				List<Last> places = new ArrayList<>();
				while (row.next()) {
					places.add(new Last(row.getInt(1), row.getString(2), row.getBoolean(3)));
				}
				return places;
			}
		}
	}

	private void move(RetentionRun run, Last last, Instant before) throws SQLException {
		Long oid = (run.table() != null) ? run.table().oid() : null;
		try (PreparedStatement statement = this.connection.prepareStatement(NOTE_TABLES)) {
			statement.setLong(1, run.id());
			statement.setString(2, last.position());
			statement.setBoolean(3, last.superseded());
			statement.setInt(4, last.source());
			statement.setObject(5, oid, java.sql.Types.BIGINT);
			statement.executeUpdate();
		}
		try (PreparedStatement statement = this.connection.prepareStatement(FORGET_BEGINNINGS)) {
			statement.setInt(1, last.source());
			statement.setObject(2, oid, java.sql.Types.BIGINT);
			statement.setString(3, last.position());
			statement.setBoolean(4, last.superseded());
			statement.setString(5, last.position());
			statement.executeUpdate();
		}
		try (PreparedStatement statement = this.connection.prepareStatement(MOVE_BEGINNINGS)) {
			statement.setString(1, last.position());
			statement.setString(2, before.toString());
			statement.setInt(3, last.source());
			statement.setObject(4, oid, java.sql.Types.BIGINT);
			statement.setString(5, last.position());
			statement.executeUpdate();
		}
	}

	private void note(Last last) throws SQLException {
		try (PreparedStatement statement = this.connection.prepareStatement(NOTE_PLACE)) {
			statement.setString(1, last.position());
			statement.setInt(2, last.source());
			statement.executeUpdate();
		}
	}

	/**
	 * Whether changes have come meanwhile that go, too, and were not looked at.
	 */
	boolean hasGrown(RetentionRun run) throws SQLException {
		for (Last last : lastPlaces(run.before(), null)) {
			try (PreparedStatement statement = this.connection
				.prepareStatement("SELECT 1 FROM source WHERE id = ? AND dropped_position >= ?::pg_lsn")) {
				statement.setInt(1, last.source());
				statement.setString(2, last.position());
				try (ResultSet row = statement.executeQuery()) {
					if (!row.next()) {
						return true;
					}
				}
			}
		}
		return false;
	}

	/**
	 * Where the history of a source is last, of what goes.
	 *
	 * @param source the source's number
	 * @param position the place
	 * @param superseded whether another history has taken its place by then
	 */
	private record Last(int source, String position, boolean superseded) {
	}

}
