package io.bemi.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;

import io.bemi.ingestion.SourceTransaction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notes where the clock of a source was set back, so that as of a time the transactions
 * of both times are found. A source has one for as long as a session stores it.
 */
final class SourceClock {

	private static final Logger logger = LoggerFactory.getLogger(SourceClock.class);

	/** Further apart transactions never are that commit together. */
	private static final Duration TOLERANCE = Duration.ofMinutes(1);

	/** The last transaction is less than the tolerance before the newest one. */
	private static final String NEWEST = """
			SELECT max(x.committed_at) FROM context x,
			       (SELECT y.committed_at FROM context y WHERE y.source = ? ORDER BY y.position DESC, y.number DESC LIMIT 1) last
			 WHERE x.source = ? AND x.committed_at BETWEEN last.committed_at AND last.committed_at + interval '1 minute'
			   AND x.position >= coalesce((SELECT max(c.since) FROM clock c WHERE c.source = x.source), '0/0')
			""";

	private static final String SET_BACK = """
			INSERT INTO clock (source, since, since_time, before) VALUES (?, ?::pg_lsn, ?::timestamptz, ?::timestamptz)
			    ON CONFLICT DO NOTHING
			""";

	private final Connection connection;

	private final int source;

	private boolean known;

	private @Nullable Instant newest;

	SourceClock(Connection connection, int source) {
		this.connection = connection;
		this.source = source;
	}

	/**
	 * Tells of the next transaction, before it is stored.
	 */
	void tell(SourceTransaction transaction) throws SQLException {
		if (!this.known) {
			this.newest = read();
			this.known = true;
		}
		Instant time = transaction.committedAt();
		if (this.newest == null || time.isAfter(this.newest)) {
			this.newest = time;
		}
		else if (time.isBefore(this.newest.minus(TOLERANCE))) {
			logger
				.warn("The clock of the source was set back from {} to {}: transactions from {} on have times that have"
						+ " been before", this.newest, time, transaction.position());
			setBack(transaction, this.newest);
			this.newest = time;
		}
	}

	private @Nullable Instant read() throws SQLException {
		try (PreparedStatement statement = this.connection.prepareStatement(NEWEST)) {
			statement.setInt(1, this.source);
			statement.setInt(2, this.source);
			try (ResultSet row = statement.executeQuery()) {
				row.next();
				OffsetDateTime time = row.getObject(1, OffsetDateTime.class);
				return (time != null) ? time.toInstant() : null;
			}
		}
	}

	private void setBack(SourceTransaction transaction, Instant before) throws SQLException {
		try (PreparedStatement statement = this.connection.prepareStatement(SET_BACK)) {
			statement.setInt(1, this.source);
			statement.setString(2, transaction.position().toString());
			statement.setString(3, transaction.committedAt().toString());
			statement.setString(4, before.toString());
			statement.executeUpdate();
		}
	}

	/**
	 * Forgets what a write that was not committed has told.
	 */
	void clear() {
		this.known = false;
	}

}
