package io.bemi.replication;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;

import io.bemi.change.Position;
import org.jspecify.annotations.Nullable;

/**
 * How much of the log the server keeps for a slot.
 *
 * @param slot the name of the slot
 * @param walStatus what the server says of that log, see {@code pg_replication_slots};
 * {@code null} while the slot is being created
 * @param written how far the log goes
 * @param confirmed up to where changes were confirmed; {@code null} while being created
 * @param lag bytes of log that were written since then
 * @param retained bytes of log that the server keeps for the slot
 * @param limit bytes of log that it keeps for a slot at most
 * ({@code max_slot_wal_keep_size}); {@code null} for no limit
 * @param remaining bytes of log that may still be written before the slot is in danger
 * ({@code safe_wal_size}); {@code null} for no limit, or when it is lost
 * @param takenAt when that was seen, by this process's clock
 */
public record SlotUsage(String slot, @Nullable String walStatus, Position written, @Nullable Position confirmed,
		long lag, long retained, @Nullable Long limit, @Nullable Long remaining, Instant takenAt) {

	private static final long ASSUMED_LIMIT = 10L << 30;

	private static final String USAGE = """
			SELECT s.wal_status, w.lsn, s.confirmed_flush_lsn,
			       greatest(w.lsn - coalesce(s.confirmed_flush_lsn, s.restart_lsn, w.lsn), 0)::bigint,
			       greatest(w.lsn - coalesce(s.restart_lsn, w.lsn), 0)::bigint,
			       (SELECT nullif(setting, '-1')::bigint * 1048576 FROM pg_catalog.pg_settings
			         WHERE name = 'max_slot_wal_keep_size'),
			       s.safe_wal_size
			  FROM pg_catalog.pg_replication_slots s,
			       (SELECT CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_replay_lsn()
			                    ELSE pg_catalog.pg_current_wal_insert_lsn() END) AS w (lsn)
			 WHERE s.slot_name = ?
			""";

	static @Nullable SlotUsage of(Connection connection, String slot) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(USAGE)) {
			statement.setString(1, slot);
			try (ResultSet row = statement.executeQuery()) {
				if (!row.next()) {
					return null;
				}
				String confirmed = row.getString(3);
				return new SlotUsage(slot, row.getString(1), Position.parse(row.getString(2)),
						(confirmed != null) ? Position.parse(confirmed) : null, row.getLong(4), row.getLong(5),
						row.getObject(6, Long.class), row.getObject(7, Long.class), Instant.now());
			}
		}
	}

	/**
	 * Whether the server has given the slot up.
	 */
	public boolean lost() {
		return "lost".equals(this.walStatus);
	}

	/**
	 * How much of what the server may keep for the slot it keeps already; where there is
	 * no limit, how much of 10 GB.
	 * @return a share, 1 for all of it
	 */
	public double share() {
		return (double) this.retained / ((this.limit != null && this.limit > 0) ? this.limit : ASSUMED_LIMIT);
	}

}
