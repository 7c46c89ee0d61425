package io.bemi.tracking;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.bemi.tracking.TrackingReport.UntrackedTable;

/**
 * Takes the tables one by one, and those that somebody holds locked again at the end.
 */
final class TableTracker {

	private static final String UNSETTLED = """
			SELECT DISTINCT relation FROM bemi.tracking_state WHERE NOT settled ORDER BY relation
			""";

	private static final String TRACK = "SELECT bemi.track(?)";

	private static final String STATE = """
			SELECT relation, schema, "table", obstacle, bool_or(publishable AND published AND complete) AS tracked
			  FROM bemi.tracking_state
			 WHERE wanted OR (published AND marked)
			 GROUP BY relation, schema, "table", obstacle
			 ORDER BY schema, "table"
			""";

	private static final Duration PATIENCE = Duration.ofSeconds(15);

	private static final int IMPATIENT_MILLIS = 50;

	private static final String LOCKED = "another transaction holds a lock on it; it is tried again later";

	private static final String NOT_YET = "not tracked yet. Type: SELECT * FROM bemi.track_all();";

	private final Connection connection;

	private final Map<Long, String> reasons = new HashMap<>();

	private final Set<Long> locked = new HashSet<>();

	TableTracker(Connection connection) {
		this.connection = connection;
	}

	TrackingReport track(@Nullable String eventTriggerMissing) throws SQLException {
		long deadline = System.nanoTime() + PATIENCE.toNanos();
		List<Long> pending = unsettled();
		boolean patient = true;
		while (!pending.isEmpty() && patient) {
			this.locked.clear();
			for (long relation : pending) {
				patient = System.nanoTime() < deadline;
				track(relation, patient ? ShortTransaction.LOCK_TIMEOUT_MILLIS : IMPATIENT_MILLIS);
			}
			pending = List.copyOf(this.locked);
		}
		return report(eventTriggerMissing);
	}

	private List<Long> unsettled() throws SQLException {
		List<Long> relations = new ArrayList<>();
		try (Statement statement = this.connection.createStatement();
				ResultSet rows = statement.executeQuery(UNSETTLED)) {
			while (rows.next()) {
				relations.add(rows.getLong(1));
			}
		}
		return relations;
	}

	private void track(long relation, int lockTimeoutMillis) throws SQLException {
		try {
			ShortTransaction
				.once(this.connection, lockTimeoutMillis, (transaction) -> trackTable(transaction, relation))
				.ifPresent((reason) -> this.reasons.put(relation, reason));
		}
		catch (SQLException ex) {
			if (this.connection.isClosed()) {
				throw ex;
			}
			if (ShortTransaction.isLockConflict(ex)) {
				this.locked.add(relation);
			}
			else {
				this.reasons.put(relation, String.valueOf(ex.getMessage()));
			}
		}
	}

	private static Optional<String> trackTable(Connection connection, long relation) throws SQLException {
		AdvisoryLock.acquire(connection, Tracking.SCHEMA);
		try (PreparedStatement statement = connection.prepareStatement(TRACK)) {
			statement.setLong(1, relation);
			try (ResultSet rows = statement.executeQuery()) {
				rows.next();
				return Optional.ofNullable(rows.getString(1));
			}
		}
	}

	TrackingReport report(@Nullable String eventTriggerMissing) throws SQLException {
		List<String> tracked = new ArrayList<>();
		List<UntrackedTable> untracked = new ArrayList<>();
		try (Statement statement = this.connection.createStatement(); ResultSet rows = statement.executeQuery(STATE)) {
			while (rows.next()) {
				String schema = rows.getString("schema");
				String table = rows.getString("table");
				if (rows.getBoolean("tracked")) {
					tracked.add(schema + "." + table);
				}
				else {
					untracked.add(new UntrackedTable(schema, table,
							reason(rows.getLong("relation"), rows.getString("obstacle"))));
				}
			}
		}
		return new TrackingReport(tracked, untracked, this.locked.isEmpty(), eventTriggerMissing);
	}

	private String reason(long relation, @Nullable String obstacle) {
		if (this.locked.contains(relation)) {
			return LOCKED;
		}
		return this.reasons.getOrDefault(relation, (obstacle != null) ? obstacle : NOT_YET);
	}

}
