package io.bemi.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * One partition per month (UTC) of {@code change} and {@code context}, and of what covers
 * their rows, made when its first row arrives. A partition is built beside its table and
 * then attached, which does not block readers, unlike {@code PARTITION OF}.
 */
final class Partitions {

	private static final List<String> TABLES = List.of("change", "context", "link", "erased");

	private static final String LOCK = "SELECT pg_advisory_xact_lock(hashtext('bemi'), hashtext('partitions'))";

	private static final String EXISTS = "SELECT to_regclass(?) IS NOT NULL";

	private static final String CREATE = "SELECT add_partition(?, ?, ?::timestamptz, ?::timestamptz)";

	private final Set<YearMonth> known = new HashSet<>();

	/** The moment that was asked for last. */
	private @Nullable Instant last;

	/**
	 * Sees to it that a moment has its partitions.
	 * @param connection a connection in a transaction, whose search path has the store
	 * @param committedAt the moment
	 */
	void ensure(Connection connection, Instant committedAt) throws SQLException {
		if (committedAt == this.last) {
			return;
		}
		YearMonth month = YearMonth.from(committedAt.atOffset(ZoneOffset.UTC));
		if (!this.known.contains(month)) {
			try (Statement statement = connection.createStatement()) {
				statement.execute(LOCK);
			}
			for (String table : TABLES) {
				String partition = "%s_%04d_%02d".formatted(table, month.getYear(), month.getMonthValue());
				if (!exists(connection, partition)) {
					create(connection, table, partition, month);
				}
			}
			this.known.add(month);
		}
		this.last = committedAt;
	}

	/**
	 * Forgets what a write that was not committed has made.
	 */
	void clear() {
		this.known.clear();
		this.last = null;
	}

	private static boolean exists(Connection connection, String partition) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(EXISTS)) {
			statement.setString(1, '"' + partition + '"');
			try (ResultSet row = statement.executeQuery()) {
				row.next();
				return row.getBoolean(1);
			}
		}
	}

	private static void create(Connection connection, String table, String partition, YearMonth month)
			throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(CREATE)) {
			statement.setString(1, table);
			statement.setString(2, partition);
			statement.setString(3, month + "-01 00:00:00+00");
			statement.setString(4, month.plusMonths(1) + "-01 00:00:00+00");
			statement.execute();
		}
	}

}
