package io.bemi.store.retention;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;

import io.bemi.store.archive.ArchivedMonth;
import io.bemi.store.retention.RetentionRun.Step;
import io.bemi.store.retention.RetentionRun.Table;
import org.jspecify.annotations.Nullable;

/**
 * What was dropped and what is to be, as the store notes it.
 */
final class RetentionRuns {

	private static final String OPEN = """
			SELECT id, before, source, oid, requested_by, planned_at IS NOT NULL FROM retention_run
			 WHERE ended_at IS NULL ORDER BY planned_at IS NULL, id LIMIT 1
			""";

	private static final String REQUEST = """
			INSERT INTO retention_run (before, source, oid, requested_by) VALUES (?::timestamptz, ?, ?, ?)
			RETURNING id, before, source, oid, requested_by, false
			""";

	private static final String PLANNED = "UPDATE retention_run SET before = ?::timestamptz, planned_at = now() WHERE id = ?";

	private static final String END = "UPDATE retention_run SET ended_at = now(), outcome = ? WHERE id = ?";

	private static final String COUNT = "UPDATE retention_run SET carried = carried + ?, removed = removed + ? WHERE id = ?";

	private static final String STEPS = """
			SELECT source, oid, upto, superseded, after FROM retention_table
			 WHERE run = ? AND completed_at IS NULL ORDER BY source, oid
			""";

	private static final String ADVANCE = """
			UPDATE retention_table SET after = coalesce(?, after), completed_at = CASE WHEN ? THEN now() END
			 WHERE run = ? AND source = ? AND oid = ?
			""";

	private static final String MONTHS = "SELECT month FROM dropped WHERE run = ? AND dropped_at IS NULL ORDER BY month";

	private static final String UNARCHIVED = """
			SELECT month FROM dropped WHERE run = ? AND dropped_at IS NULL AND archived_at IS NULL ORDER BY month
			""";

	private static final String ARCHIVED = """
			UPDATE dropped SET archive = ?, archive_sha256 = ?, archived_at = now(), changes = ? WHERE run = ? AND month = ?
			""";

	private static final String DROPPED = """
			UPDATE dropped SET dropped_at = now(), dropped_by = current_user WHERE run = ? AND dropped_at IS NULL
			""";

	private final Connection connection;

	RetentionRuns(Connection connection) {
		this.connection = connection;
	}

	/**
	 * The one that was begun, or else the first that is to be.
	 */
	@Nullable RetentionRun open() throws SQLException {
		try (PreparedStatement statement = this.connection.prepareStatement(OPEN);
				ResultSet row = statement.executeQuery()) {
			return row.next() ? run(row) : null;
		}
	}

	RetentionRun request(Instant before, @Nullable Table table, String requestedBy) throws SQLException {
		try (PreparedStatement statement = this.connection.prepareStatement(REQUEST)) {
			statement.setString(1, before.toString());
			statement.setObject(2, (table != null) ? table.source() : null, java.sql.Types.INTEGER);
			statement.setObject(3, (table != null) ? table.oid() : null, java.sql.Types.BIGINT);
			statement.setString(4, requestedBy);
			try (ResultSet row = statement.executeQuery()) {
				row.next();
				return run(row);
			}
		}
	}

	private static RetentionRun run(ResultSet row) throws SQLException {
		int source = row.getInt(3);
		Table table = row.wasNull() ? null : new Table(source, row.getLong(4));
		return new RetentionRun(row.getLong(1), row.getObject(2, OffsetDateTime.class).toInstant(), table,
				row.getString(5), row.getBoolean(6));
	}

	/**
	 * Notes that a run was begun.
	 * @param before what it came to
	 */
	void planned(RetentionRun run, Instant before) throws SQLException {
		try (PreparedStatement statement = this.connection.prepareStatement(PLANNED)) {
			statement.setString(1, before.toString());
			statement.setLong(2, run.id());
			statement.executeUpdate();
		}
	}

	void end(RetentionRun run, String outcome) throws SQLException {
		try (PreparedStatement statement = this.connection.prepareStatement(END)) {
			statement.setString(1, outcome);
			statement.setLong(2, run.id());
			statement.executeUpdate();
		}
	}

	void count(RetentionRun run, long carried, long removed) throws SQLException {
		try (PreparedStatement statement = this.connection.prepareStatement(COUNT)) {
			statement.setLong(1, carried);
			statement.setLong(2, removed);
			statement.setLong(3, run.id());
			statement.executeUpdate();
		}
	}

	/**
	 * The tables that are not done yet.
	 */
	List<Step> steps(RetentionRun run) throws SQLException {
		try (PreparedStatement statement = this.connection.prepareStatement(STEPS)) {
			statement.setLong(1, run.id());
			try (ResultSet row = statement.executeQuery()) {
				List<Step> steps = new ArrayList<>();
				while (row.next()) {
					steps.add(new Step(new Table(row.getInt(1), row.getLong(2)), row.getString(3), row.getBoolean(4),
							row.getString(5)));
				}
				return steps;
			}
		}
	}

	/**
	 * Notes how far a table is.
	 * @param after the last key that was looked at; {@code null} for as before
	 */
	void advance(RetentionRun run, Step step, @Nullable String after, boolean complete) throws SQLException {
		try (PreparedStatement statement = this.connection.prepareStatement(ADVANCE)) {
			statement.setString(1, after);
			statement.setBoolean(2, complete);
			statement.setLong(3, run.id());
			statement.setInt(4, step.table().source());
			statement.setLong(5, step.table().oid());
			statement.executeUpdate();
		}
	}

	/**
	 * The months that are not dropped yet.
	 */
	List<YearMonth> months(RetentionRun run) throws SQLException {
		return months(MONTHS, run);
	}

	List<YearMonth> unarchived(RetentionRun run) throws SQLException {
		return months(UNARCHIVED, run);
	}

	private List<YearMonth> months(String sql, RetentionRun run) throws SQLException {
		try (PreparedStatement statement = this.connection.prepareStatement(sql)) {
			statement.setLong(1, run.id());
			try (ResultSet row = statement.executeQuery()) {
				List<YearMonth> months = new ArrayList<>();
				while (row.next()) {
					months.add(YearMonth.from(row.getObject(1, java.time.LocalDate.class)));
				}
				return months;
			}
		}
	}

	void archived(RetentionRun run, YearMonth month, ArchivedMonth archive) throws SQLException {
		try (PreparedStatement statement = this.connection.prepareStatement(ARCHIVED)) {
			statement.setString(1, archive.file().toString());
			statement.setString(2, archive.sha256());
			statement.setLong(3, archive.rows().getOrDefault("change", 0L));
			statement.setLong(4, run.id());
			statement.setObject(5, month.atDay(1));
			statement.executeUpdate();
		}
	}

	void dropped(RetentionRun run) throws SQLException {
		try (PreparedStatement statement = this.connection.prepareStatement(DROPPED)) {
			statement.setLong(1, run.id());
			statement.executeUpdate();
		}
	}

}
