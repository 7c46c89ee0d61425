package io.bemi.store.retention;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.YearMonth;
import java.util.List;
import java.util.function.BooleanSupplier;

import io.bemi.store.Partitions;
import io.bemi.store.archive.ArchiveWriter;
import io.bemi.store.archive.ArchivedMonth;
import io.bemi.store.retention.RetentionRun.Step;
import io.bemi.store.retention.RetentionRun.Table;
import io.bemi.store.retention.RetentionSettings.TableRetention;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drops the history that is older than it is to be kept, and what somebody has asked for.
 * What was begun is noted in the store, and goes on wherever it was left.
 */
final class Retention {

	private static final Logger logger = LoggerFactory.getLogger(Retention.class);

	private static final String POLICY = "bemi.store.retention";

	/** Tables by the names that they had last, of which there is something to drop. */
	private static final String TABLES = """
			SELECT DISTINCT ON (r.source, r.oid) r.source, r.oid, r.schema, r.name FROM relation r
			 ORDER BY r.source, r.oid, r.id DESC
			""";

	private static final String HAS_OLDER = """
			SELECT 1 FROM relation r CROSS JOIN LATERAL (
			    SELECT 1 FROM change c WHERE c.relation = r.id AND c.committed_at < ?::timestamptz
			       AND c.committed_at > '-infinity' LIMIT 1) c
			 WHERE r.source = ? AND r.oid = ? LIMIT 1
			""";

	private static final String IS_OWNER = "SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = 'change'::regclass";

	private final Connection connection;

	private final RetentionSettings settings;

	private final BooleanSupplier stopped;

	private final RetentionRuns runs;

	private final RetentionPlan plan;

	/**
	 * Prepares.
	 * @param connection a connection without autocommit, whose search path has the store
	 * @param stopped asked after each transaction, whether to leave the rest for later
	 */
	Retention(Connection connection, RetentionSettings settings, BooleanSupplier stopped) {
		this.connection = connection;
		this.settings = settings;
		this.stopped = stopped;
		this.runs = new RetentionRuns(connection);
		this.plan = new RetentionPlan(connection);
	}

	/**
	 * Does all that is to be done now.
	 * @param now the time
	 */
	void apply(Instant now) throws SQLException, IOException, InterruptedException {
		if (!isOwner()) {
			if (this.settings.keep() != null || !this.settings.tables().isEmpty()) {
				logger.warn("Nothing is dropped from the history: the role that stores does not own the store."
						+ " Name the one that does in 'bemi.store.retention.username'");
			}
			return;
		}
		RetentionRun open = this.runs.open();
		while (open != null && carryOut(open)) {
			open = this.runs.open();
		}
		if (open == null && this.settings.keep() != null) {
			dropMonths(RetentionSettings.before(now, this.settings.keep()));
		}
		if (open == null && !this.settings.tables().isEmpty()) {
			dropFromTables(now);
		}
		this.connection.commit();
	}

	private boolean isOwner() throws SQLException {
		try (PreparedStatement statement = this.connection.prepareStatement(IS_OWNER);
				ResultSet row = statement.executeQuery()) {
			return row.next() && row.getBoolean(1);
		}
	}

	private void dropMonths(Instant before) throws SQLException, IOException, InterruptedException {
		if (!this.plan.months(before).isEmpty()) {
			carryOut(this.runs.request(before, null, POLICY));
		}
	}

	private void dropFromTables(Instant now) throws SQLException, IOException, InterruptedException {
		try (PreparedStatement statement = this.connection.prepareStatement(TABLES);
				ResultSet row = statement.executeQuery()) {
			while (row.next()) {
				TableRetention shorter = shorter(row.getString(3), row.getString(4));
				if (shorter == null) {
					continue;
				}
				Instant before = Partitions.begin(Partitions.month(RetentionSettings.before(now, shorter.keep())));
				Table table = new Table(row.getInt(1), row.getLong(2));
				if (hasOlder(table, before) && !this.plan.overlaps(before, table.source())
						&& !carryOut(this.runs.request(before, table, POLICY + ".tables"))) {
					return;
				}
			}
		}
	}

	private @Nullable TableRetention shorter(String schema, String name) {
		return this.settings.tables()
			.stream()
			.filter((candidate) -> candidate.tables().matches(schema, name))
			.findFirst()
			.orElse(null);
	}

	private boolean hasOlder(Table table, Instant before) throws SQLException {
		try (PreparedStatement statement = this.connection.prepareStatement(HAS_OLDER)) {
			statement.setString(1, before.toString());
			statement.setInt(2, table.source());
			statement.setLong(3, table.oid());
			try (ResultSet row = statement.executeQuery()) {
				return row.next();
			}
		}
	}

	/**
	 * Carries a run out, or goes on with it.
	 * @return whether it has ended
	 */
	private boolean carryOut(RetentionRun run) throws SQLException, IOException, InterruptedException {
		RetentionRun begun = run.planned() ? run : begin(run);
		if (begun == null) {
			return true;
		}
		if (!archive(begun)) {
			return false;
		}
		CarryOver carryOver = new CarryOver(this.connection, begun, this.stopped);
		for (Step step : this.runs.steps(begun)) {
			if (!carryOver.carry(step)) {
				return false;
			}
		}
		return drop(begun);
	}

	private @Nullable RetentionRun begin(RetentionRun run) throws SQLException {
		List<YearMonth> months = (run.table() == null) ? this.plan.months(run.before()) : List.of();
		if (run.table() == null && months.isEmpty()) {
			end(run, "No whole month is as old");
			return null;
		}
		Instant before = months.isEmpty() ? run.before() : RetentionPlan.end(months);
		Partitions.ensureKept(this.connection);
		this.plan.begin(run, before, months);
		this.connection.commit();
		logger.info("History before {} is dropped{}, as {} has it", before,
				(run.table() != null) ? " of one table" : ": " + months, run.requestedBy());
		return new RetentionRun(run.id(), before, run.table(), run.requestedBy(), true);
	}

	private boolean archive(RetentionRun run) throws SQLException, IOException {
		Path directory = this.settings.archiveDirectory();
		if (directory == null) {
			return true;
		}
		for (YearMonth month : this.runs.unarchived(run)) {
			ArchivedMonth archive = new ArchiveWriter(this.connection, directory).write(month, run.id());
			this.runs.archived(run, month, archive);
			this.connection.commit();
			logger.info("The history of {} is archived in {}: {}", month, archive.file(), archive.rows());
			if (this.stopped.getAsBoolean()) {
				return false;
			}
		}
		return true;
	}

	private boolean drop(RetentionRun run) throws SQLException, InterruptedException {
		List<YearMonth> months = this.runs.months(run);
		if (months.isEmpty()) {
			end(run, "Done");
			return true;
		}
		MonthDrop drop = MonthDrop.close(this.connection, months);
		if (drop == null) {
			return later(run);
		}
		if (this.plan.hasGrown(run)) {
			end(run, "Changes with times before have come meanwhile: the months are looked at anew");
			return true;
		}
		this.runs.dropped(run);
		this.runs.end(run, "Done");
		if (!drop.drop()) {
			return later(run);
		}
		this.connection.commit();
		logger.info("The history of {} is dropped, for which others had to wait {} ms at most", months,
				drop.millisSinceLocked());
		return true;
	}

	private boolean later(RetentionRun run) throws SQLException {
		this.connection.rollback();
		logger.info("The history before {} is dropped later: others read or write it all the time", run.before());
		return false;
	}

	private void end(RetentionRun run, String outcome) throws SQLException {
		this.runs.end(run, outcome);
		this.connection.commit();
	}

}
