package io.bemi.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.TimeUnit;

import io.bemi.ingestion.SourceTransaction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * By how much a transaction's time was at most earlier than that of one before it. What
 * is committed at a time is found by it: no further from its place in the history.
 */
final class Setback {

	/** Transactions that commit together are never so far apart. */
	private static final long UNUSUAL_MICROS = TimeUnit.MINUTES.toMicros(1);

	private static final Logger logger = LoggerFactory.getLogger(Setback.class);

	private static final String KNOWN = """
			SELECT coalesce(s.setback, 0), (SELECT x.committed_at FROM context x WHERE x.source = s.id
			                                 ORDER BY x.committed_at DESC LIMIT 1)
			  FROM source s WHERE s.id = ?
			""";

	/** One that is not known stays so. */
	private static final String NOTE = "UPDATE source SET setback = ? WHERE id = ? AND setback < ?";

	private final int source;

	private @Nullable Instant latest;

	private @Nullable Instant latestStored;

	private long micros;

	private long microsStored;

	private Setback(int source) {
		this.source = source;
	}

	/**
	 * Reads what is known of a source.
	 */
	static Setback of(Connection connection, int source) throws SQLException {
		Setback setback = new Setback(source);
		try (PreparedStatement statement = connection.prepareStatement(KNOWN)) {
			statement.setInt(1, source);
			try (ResultSet row = statement.executeQuery()) {
				if (row.next()) {
					setback.micros = row.getLong(1);
					OffsetDateTime latest = row.getObject(2, OffsetDateTime.class);
					setback.latest = (latest != null) ? latest.toInstant() : null;
				}
			}
		}
		setback.committed();
		return setback;
	}

	/**
	 * Takes note of a transaction, each after those before it.
	 */
	void observe(SourceTransaction transaction) {
		Instant time = transaction.committedAt();
		Instant before = this.latest;
		if (before == null || time.isAfter(before)) {
			this.latest = time;
			return;
		}
		long earlier = ChronoUnit.MICROS.between(time, before);
		if (earlier > this.micros) {
			this.micros = earlier;
			if (earlier > UNUSUAL_MICROS) {
				logger
					.warn("The clock of the source was set back from {} to {}: transactions from {} on have times that"
							+ " have been before", before, time, transaction.position());
			}
		}
	}

	/**
	 * Stores it where it has grown.
	 */
	void store(Connection connection) throws SQLException {
		if (this.micros == this.microsStored) {
			return;
		}
		try (PreparedStatement statement = connection.prepareStatement(NOTE)) {
			statement.setLong(1, this.micros);
			statement.setInt(2, this.source);
			statement.setLong(3, this.micros);
			statement.executeUpdate();
		}
	}

	void committed() {
		this.latestStored = this.latest;
		this.microsStored = this.micros;
	}

	/**
	 * Forgets what a write that was not committed has added.
	 */
	void clear() {
		this.latest = this.latestStored;
		this.micros = this.microsStored;
	}

}
