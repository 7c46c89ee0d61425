package io.bemi.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * One partition per month (UTC) of {@code change} and {@code context}, and of what covers
 * their rows, made some days ahead, or when its first row arrives. A partition is built
 * beside its table and then attached, which does not block readers, unlike
 * {@code PARTITION OF}.
 */
public final class Partitions {

	/** In the order in which they are locked. */
	public static final List<String> TABLES = List.of("change", "context", "link", "erased");

	/** How long before a month begins its partitions are made. */
	private static final Duration AHEAD = Duration.ofDays(7);

	private static final String LOCK = "SELECT pg_advisory_xact_lock(hashtext('bemi'), hashtext('partitions'))";

	private static final String EXISTS = "SELECT to_regclass(?) IS NOT NULL";

	private static final String CREATE = "SELECT add_partition(?, ?, ?::timestamptz, ?::timestamptz)";

	private static final String MONTHS = """
			SELECT DISTINCT substring(c.relname FROM '_(\\d{4}_\\d{2})$') AS month
			  FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
			 WHERE i.inhparent = ANY (?::regclass[]) AND c.relname ~ '^(change|context)_\\d{4}_\\d{2}$' ORDER BY month
			""";

	/** What is kept of months that were dropped. */
	private static final String KEPT = "change_kept";

	private final Set<YearMonth> known = new HashSet<>();

	/** The moment that was asked for last. */
	private @Nullable Instant last;

	/**
	 * Sees to it that a moment has its partitions.
	 * @param connection a connection in a transaction, whose search path has the store
	 * @param committedAt the moment
	 * @throws SQLException when the database refuses
	 */
	public void ensure(Connection connection, Instant committedAt) throws SQLException {
		if (committedAt == this.last) {
			return;
		}
		YearMonth month = month(committedAt);
		if (!this.known.contains(month)) {
			create(connection, month);
			this.known.add(month);
		}
		this.last = committedAt;
	}

	/**
	 * The month that a moment is in.
	 * @param moment the moment
	 * @return the month, in UTC
	 */
	public static YearMonth month(Instant moment) {
		return YearMonth.from(moment.atOffset(ZoneOffset.UTC));
	}

	/**
	 * When a month begins.
	 * @param month the month, in UTC
	 * @return its first moment
	 */
	public static Instant begin(YearMonth month) {
		return month.atDay(1).atStartOfDay(ZoneOffset.UTC).toInstant();
	}

	/**
	 * The name of a partition.
	 * @param table one of {@link #TABLES}
	 * @param month the month
	 * @return the name, which needs no quotes
	 */
	public static String name(String table, YearMonth month) {
		return "%s_%04d_%02d".formatted(table, month.getYear(), month.getMonthValue());
	}

	/**
	 * Makes the partitions of the next month, some days before it begins.
	 * @param connection a connection in a transaction, whose search path has the store
	 * @param now the time
	 * @return whether there was something to make
	 * @throws SQLException when the database refuses
	 */
	public static boolean createAhead(Connection connection, Instant now) throws SQLException {
		YearMonth next = month(now.plus(AHEAD));
		for (String table : TABLES) {
			if (!exists(connection, name(table, next))) {
				create(connection, next);
				return true;
			}
		}
		return false;
	}

	/**
	 * The months that have partitions.
	 * @param connection a connection whose search path has the store
	 * @return the months, the oldest first
	 * @throws SQLException when the database refuses
	 */
	public static List<YearMonth> months(Connection connection) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(MONTHS)) {
			statement.setArray(1, connection.createArrayOf("text", TABLES.toArray()));
			try (ResultSet row = statement.executeQuery()) {
				List<YearMonth> months = new ArrayList<>();
				while (row.next()) {
					months.add(YearMonth.parse(row.getString(1).replace('_', '-')));
				}
				return months;
			}
		}
	}

	/**
	 * Sees to it that there is a partition for what is kept of months that are dropped,
	 * which no other plan has to look at until then.
	 * @param connection a connection in a transaction, whose search path has the store
	 * @throws SQLException when the database refuses
	 */
	public static void ensureKept(Connection connection) throws SQLException {
		if (!exists(connection, KEPT)) {
			create(connection, "change", KEPT, "-infinity", "0001-01-01 00:00:00+00");
		}
	}

	private static void create(Connection connection, YearMonth month) throws SQLException {
		try (Statement statement = connection.createStatement()) {
			statement.execute(LOCK);
		}
		for (String table : TABLES) {
			String partition = name(table, month);
			if (!exists(connection, partition)) {
				create(connection, table, partition, month + "-01 00:00:00+00",
						month.plusMonths(1) + "-01 00:00:00+00");
			}
		}
	}

	/**
	 * Forgets what a write that was not committed has made.
	 */
	void clear() {
		this.known.clear();
		this.last = null;
	}

	/**
	 * Whether a table of the store is there.
	 * @param connection a connection whose search path has the store
	 * @param partition its name, unquoted
	 * @return whether it is
	 * @throws SQLException when the database refuses
	 */
	public static boolean exists(Connection connection, String partition) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(EXISTS)) {
			statement.setString(1, '"' + partition + '"');
			try (ResultSet row = statement.executeQuery()) {
				row.next();
				return row.getBoolean(1);
			}
		}
	}

	private static void create(Connection connection, String table, String partition, String from, String to)
			throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(CREATE)) {
			statement.setString(1, table);
			statement.setString(2, partition);
			statement.setString(3, from);
			statement.setString(4, to);
			statement.execute();
		}
	}

}
