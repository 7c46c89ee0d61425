package io.bemi.replication;

import java.sql.SQLException;

import org.jspecify.annotations.Nullable;

/**
 * Turns what the server says into what is wrong and what to do about it.
 */
final class ReplicationProblems {

	private ReplicationProblems() {
	}

	static ReplicationException walLevel(String walLevel) {
		return new ReplicationException("PostgreSQL runs with wal_level = " + walLevel
				+ ", so changes cannot be read from the write-ahead log. Set wal_level = logical (and"
				+ " max_slot_wal_keep_size, so that a forgotten slot cannot fill the disk) in postgresql.conf"
				+ " and restart the server", null);
	}

	static ReplicationException roleWithoutReplication(String role, @Nullable Throwable cause) {
		return new ReplicationException("The role '" + role
				+ "' may not read the write-ahead log. As a superuser, run: ALTER ROLE \"" + role.replace("\"", "\"\"")
				+ "\" REPLICATION; or name another role by 'bemi.replication.username'", cause);
	}

	static ReplicationException noPublication(String publication) {
		return new ReplicationException("There is no publication '" + publication
				+ "'. It is created when tables are tracked (see the messages about tracking above), or by hand with"
				+ " the scripts in docs/sql", null);
	}

	static ReplicationException foreignSlot(String name, SlotState slot) {
		return new ReplicationException(
				"The replication slot '" + name + "' belongs to plugin '" + slot.plugin() + "' and database '"
						+ slot.database() + "', not to Bemi here. Choose another name by 'bemi.replication.slot'",
				null);
	}

	/**
	 * That a publication does not exist is said of the place in the log that is being
	 * read: whether there is one now makes no difference.
	 */
	static ReplicationException whileReading(SQLException ex, ReplicationSettings settings) {
		return "42704".equals(ex.getSQLState()) ? noPublicationThen(settings, ex) : translate(ex, settings);
	}

	static UnreadableSlotException noPublicationThen(ReplicationSettings settings, SQLException cause) {
		return new UnreadableSlotException("The publication '" + settings.publication()
				+ "' was dropped, and changes were made before it was there again: the slot '" + settings.slot()
				+ "' cannot read those", cause);
	}

	static ReplicationException syncedSlot(String slot) {
		return new ReplicationException("The server is a hot standby, which keeps the slot '" + slot
				+ "' for when it takes over. Name the primary server in 'bemi.replication.url' (with several hosts:"
				+ " targetServerType=primary)", null);
	}

	static ReplicationException translate(SQLException ex, ReplicationSettings settings) {
		if (ex.getCause() instanceof MessageGuard.LongMessage message) {
			return new LongMessageException(message);
		}
		String message = (ex.getMessage() != null) ? ex.getMessage() : "";
		String state = (ex.getSQLState() != null) ? ex.getSQLState() : "";
		return switch (state) {
			case "55006" ->
				new SlotInUseException("The replication slot '" + settings.slot() + "' is used by another process", ex);
			case "53400" -> message.contains("replication slots are in use") ? new ReplicationException(
					"No replication slot is free. Raise max_replication_slots in postgresql.conf and restart the"
							+ " server, or drop a slot that nobody uses (see SELECT slot_name, active FROM"
							+ " pg_replication_slots)",
					ex) : other(ex);
			case "53300" -> new ReplicationException(
					"No connection for replication is free. Raise max_wal_senders (and max_connections) in"
							+ " postgresql.conf and restart the server",
					ex);
			case "42501" ->
				roleWithoutReplication((settings.username() != null) ? settings.username() : "current user", ex);
			case "54000" -> tooLong(ex, settings);
			case "XX000" -> message.contains("invalid memory alloc request size") ? tooLong(ex, settings) : other(ex);
			case "55000" -> message.contains("wal_level") ? walLevel("replica") : other(ex);
			default -> other(ex);
		};
	}

	private static ReplicationException tooLong(SQLException ex, ReplicationSettings settings) {
		return new ReplicationException("The server cannot send a change whose old and new row together exceed 1 GB as"
				+ " text (" + ex.getMessage() + "). Nothing after it can be recorded. To go on with a gap and a new"
				+ " baseline, run: SELECT pg_drop_replication_slot('" + settings.slot() + "')", ex);
	}

	private static ReplicationException other(SQLException ex) {
		return new ReplicationException("The write-ahead log cannot be read: " + ex.getMessage(), ex);
	}

}
