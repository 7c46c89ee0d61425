package io.bemi.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.OptionalLong;

import io.bemi.change.Position;
import io.bemi.ingestion.Gap;
import io.bemi.ingestion.SkippedTransaction;
import io.bemi.ingestion.SourceTransaction;
import io.bemi.replication.SourceIdentity;
import org.jspecify.annotations.Nullable;

/**
 * Notes where the history is interrupted. Written by the sink's thread, read by any.
 */
final class Gaps {

	/**
	 * Its former clusters and slots are the same source to people; what was read before
	 * its slot, too.
	 */
	private static final String OF_SOURCE = """
			source IN (SELECT s.id FROM source s JOIN source o ON o.name = s.name AND o.database = s.database
			            WHERE o.id = ? AND (s.retired OR coalesce(o.slot, o.name) = coalesce(s.slot, s.name)))
			""";

	/** Of one that is retired a gap was noted then. */
	private static final String OPEN = """
			INSERT INTO gap (source, from_position, from_time, reason)
			SELECT s.id, g.place, (SELECT c.committed_at FROM context c WHERE c.source = s.id AND c.position <= g.place
			                        ORDER BY c.position DESC LIMIT 1), ?
			  FROM source s, (VALUES (?::pg_lsn)) g(place) WHERE s.id = ? AND NOT s.retired
			""";

	private static final String CLOSE = "UPDATE gap SET to_position = ?::pg_lsn, to_time = ?::timestamptz"
			+ " WHERE to_position IS NULL AND " + OF_SOURCE;

	/** It has a place, and no length. */
	private static final String SKIP = """
			INSERT INTO gap (source, from_position, to_position, from_time, to_time, reason)
			VALUES (?, ?::pg_lsn, ?::pg_lsn, ?::timestamptz, ?::timestamptz, ?) RETURNING noticed_at
			""";

	private static final String LAST = """
			SELECT reason, from_position, to_position, from_time, to_time, noticed_at FROM gap
			 WHERE source IN (SELECT id FROM source WHERE coalesce(slot, name) = ? AND database = ?)
			   AND from_position IS NOT NULL ORDER BY id DESC LIMIT 1
			""";

	private static final String COUNT = """
			SELECT count(*) FROM gap WHERE source IN (SELECT id FROM source WHERE name = ? AND database = ?)
			""";

	private volatile @Nullable Gap last;

	private volatile @Nullable Long count;

	@Nullable Gap last() {
		return this.last;
	}

	OptionalLong count() {
		Long known = this.count;
		return (known != null) ? OptionalLong.of(known) : OptionalLong.empty();
	}

	void connected(Connection connection, SourceIdentity identity) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(COUNT)) {
			statement.setString(1, identity.slot());
			statement.setString(2, identity.database());
			try (ResultSet row = statement.executeQuery()) {
				row.next();
				this.count = row.getLong(1);
			}
		}
		try (PreparedStatement statement = connection.prepareStatement(LAST)) {
			statement.setString(1, identity.slot());
			statement.setString(2, identity.database());
			try (ResultSet row = statement.executeQuery()) {
				this.last = row.next() ? gap(row) : null;
			}
		}
	}

	private static Gap gap(ResultSet row) throws SQLException {
		String to = row.getString(3);
		return new Gap(row.getString(1), Position.parse(row.getString(2)), (to != null) ? Position.parse(to) : null,
				time(row, 4), time(row, 5), row.getObject(6, OffsetDateTime.class).toInstant());
	}

	private static @Nullable Instant time(ResultSet row, int column) throws SQLException {
		OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
		return (time != null) ? time.toInstant() : null;
	}

	/**
	 * Begins a gap.
	 * @param from up to where the history before it holds
	 */
	void open(Connection connection, int source, Position from, String reason) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(OPEN)) {
			statement.setString(1, reason);
			statement.setString(2, from.toString());
			statement.setInt(3, source);
			statement.executeUpdate();
		}
	}

	/**
	 * Adds a transaction whose changes were left out. A write that is not committed is
	 * tried again after another connection, which counts anew.
	 */
	void skip(Connection connection, int source, SkippedTransaction skipped) throws SQLException {
		SourceTransaction transaction = skipped.transaction();
		try (PreparedStatement statement = connection.prepareStatement(SKIP)) {
			statement.setInt(1, source);
			statement.setString(2, transaction.position().toString());
			statement.setString(3, transaction.position().toString());
			statement.setString(4, transaction.committedAt().toString());
			statement.setString(5, transaction.committedAt().toString());
			statement.setString(6, skipped.toString());
			try (ResultSet row = statement.executeQuery()) {
				row.next();
				this.last = new Gap(skipped.toString(), transaction.position(), transaction.position(),
						transaction.committedAt(), transaction.committedAt(),
						row.getObject(1, OffsetDateTime.class).toInstant());
			}
		}
		this.count = count().orElse(0) + 1;
	}

	/**
	 * Ends the gap that the history of a source begins after, if there is one.
	 */
	void close(Connection connection, int source, SourceTransaction moment) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(CLOSE)) {
			statement.setString(1, moment.position().toString());
			statement.setString(2, moment.committedAt().toString());
			statement.setInt(3, source);
			statement.executeUpdate();
		}
		Gap open = this.last;
		if (open != null && open.to() == null) {
			this.last = new Gap(open.reason(), open.from(), moment.position(), open.fromTime(), moment.committedAt(),
					open.noticedAt());
		}
	}

}
