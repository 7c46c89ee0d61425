package io.bemi.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;

import org.jspecify.annotations.Nullable;

/**
 * By how much a transaction's time was at most earlier than that of one before it. What
 * is committed at a time is found by it: no further from its place in the history.
 */
final class Setback {

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
	void observe(Instant committedAt) {
		Instant before = this.latest;
		if (before == null || committedAt.isAfter(before)) {
			this.latest = committedAt;
		}
		else {
			this.micros = Math.max(this.micros, ChronoUnit.MICROS.between(committedAt, before));
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
