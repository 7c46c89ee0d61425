package io.bemi.ingestion;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

import io.bemi.replication.ReplicationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks up what the source has noted of transactions that want to be left out, in a table
 * that nobody writes but a function of tracking, which knows the role of the session.
 */
final class SkipNotes implements SkipRights {

	private static final Logger logger = LoggerFactory.getLogger(SkipNotes.class);

	private static final String NOTE = """
			SELECT pg_catalog.pg_visible_in_snapshot(x.id::pg_catalog.text::pg_catalog.xid8, pg_catalog.pg_current_snapshot()), s.role, s.reason
			  FROM (VALUES (?::bigint)) x(id)
			  LEFT JOIN bemi.skip s ON s.transaction_id = x.id
			        AND s.system_identifier = (SELECT c.system_identifier FROM pg_catalog.pg_control_system() c)
			""";

	/**
	 * The log is read before others see what was committed, and far before that where the
	 * server waits for a standby.
	 */
	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private static final long PAUSE_NANOS = Duration.ofMillis(5).toNanos();

	private final Connection connection;

	private final Set<String> roles;

	/**
	 * Creates one.
	 * @param connection an ordinary connection to the source
	 * @param roles the roles that may
	 */
	SkipNotes(Connection connection, Set<String> roles) {
		this.connection = connection;
		this.roles = roles;
	}

	@Override
	public @Nullable Skip of(SourceTransaction transaction) {
		if (this.roles.isEmpty()) {
			return null;
		}
		try (PreparedStatement statement = this.connection.prepareStatement(NOTE)) {
			statement.setLong(1, transaction.transactionId());
			long begun = System.nanoTime();
			while (System.nanoTime() - begun < PATIENCE.toNanos()) {
				try (ResultSet row = statement.executeQuery()) {
					row.next();
					if (row.getBoolean(1)) {
						return right(transaction, row.getString(2), row.getString(3));
					}
				}
				LockSupport.parkNanos(PAUSE_NANOS);
			}
		}
		catch (SQLException ex) {
			if (isGone(ex)) {
				throw new ReplicationException("It could not be looked up whether transaction "
						+ transaction.transactionId() + " may be skipped: " + ex.getMessage(), ex);
			}
			logger.warn(
					"Transaction {} says bemi.skip, and is recorded: what allows it could not be read ({})."
							+ " Ingestion's role needs USAGE on schema bemi and SELECT on bemi.skip",
					transaction.transactionId(), ex.getMessage());
			return null;
		}
		throw new ReplicationException("Transaction " + transaction.transactionId() + " is committed, but not to be"
				+ " seen yet: the server may wait for a standby", null);
	}

	private @Nullable Skip right(SourceTransaction transaction, @Nullable String role, @Nullable String reason) {
		if (role != null && reason != null && this.roles.contains(role)) {
			return new Skip(role, reason);
		}
		logger.warn(
				"Transaction {}{} says bemi.skip, and is recorded: its role is not in bemi.tracking.skip-roles,"
						+ " or has no right to it",
				transaction.transactionId(), (role != null) ? " of role " + role : "");
		return null;
	}

	/**
	 * Whether the connection failed, and not the question.
	 */
	private static boolean isGone(SQLException ex) {
		String state = String.valueOf(ex.getSQLState());
		return state.startsWith("08") || state.startsWith("57");
	}

}
