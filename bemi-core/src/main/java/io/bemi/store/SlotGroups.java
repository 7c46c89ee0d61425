package io.bemi.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

import io.bemi.ingestion.SinkException;
import io.bemi.replication.SlotGroup;
import io.bemi.replication.SourceIdentity;
import org.jspecify.annotations.Nullable;

/**
 * Notes through which slots a history is read, so that whoever asks how far it is counts
 * all of them, those too that have not begun.
 */
final class SlotGroups {

	private static final String LOCK = """
			SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended(pg_catalog.concat_ws(' ', 'bemi groups', ?, ?, ?), 0))
			""";

	/** Those that were read until now, and whether somebody reads them still. */
	private static final String LEAVING = """
			SELECT w.slot, EXISTS (
			       SELECT FROM pg_catalog.pg_locks l,
			              pg_catalog.hashtextextended(pg_catalog.concat_ws(' ', 'bemi source', w.system_identifier, w.database, w.slot), 0) AS k
			        WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND l.pid <> pg_catalog.pg_backend_pid()
			          AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
			          AND (l.classid::bigint << 32) | l.objid::bigint = k)
			  FROM (SELECT DISTINCT coalesce(s.slot, s.name) AS slot, s.database, s.system_identifier FROM source s
			         WHERE s.name = ? AND s.database = ? AND s.system_identifier = ? AND NOT s.retired
			           AND coalesce(s.slot, s.name) <> ALL (?)) w
			""";

	/** What is written until the others begin is not recorded. */
	private static final String GAP = """
			INSERT INTO gap (source, from_position, from_time, reason)
			SELECT n.id, n.position, (SELECT x.committed_at FROM context x WHERE x.source = n.id ORDER BY x.position DESC LIMIT 1),
			       'The tables of slot ' || n.slot || ' are read through other slots since'
			  FROM (SELECT DISTINCT ON (coalesce(s.slot, s.name)) s.id, s.position, s.retired, coalesce(s.slot, s.name) AS slot FROM source s
			         WHERE s.name = ? AND s.database = ? AND s.system_identifier = ? ORDER BY coalesce(s.slot, s.name), s.id DESC) n
			 WHERE NOT n.retired AND n.position IS NOT NULL AND n.slot <> ALL (?)
			""";

	private static final String RETIRE = """
			UPDATE source SET retired = true
			 WHERE name = ? AND database = ? AND system_identifier = ? AND NOT retired AND coalesce(slot, name) <> ALL (?)
			""";

	/** Only what differs is written. */
	private static final String IN_USE = """
			UPDATE slot_group SET in_use = (slot = ANY (?))
			 WHERE name = ? AND database = ? AND system_identifier = ? AND in_use <> (slot = ANY (?))
			""";

	/** A group keeps its number for ever, also after it is not in use any more. */
	private static final String ADD = """
			INSERT INTO slot_group (name, database, system_identifier, slot, part, in_use)
			SELECT ?, ?, ?, w.slot,
			       (SELECT coalesce(max(g.part) + 1, 0) FROM slot_group g WHERE g.name = ? AND g.database = ? AND g.system_identifier = ?)
			           + row_number() OVER (ORDER BY w.n) - 1, true
			  FROM pg_catalog.unnest(?) WITH ORDINALITY w(slot, n)
			 WHERE w.slot NOT IN (SELECT g.slot FROM slot_group g WHERE g.name = ? AND g.database = ? AND g.system_identifier = ?)
			""";

	private static final String PART = """
			SELECT part FROM slot_group WHERE name = ? AND database = ? AND system_identifier = ? AND slot = ?
			""";

	private SlotGroups() {
	}

	/**
	 * Notes the groups of a source, or that it has none.
	 * @param connection a connection in a transaction
	 * @return the number of the source's group; {@code null} without groups
	 */
	static @Nullable Integer register(Connection connection, SourceIdentity source) throws SQLException {
		SlotGroup group = source.group();
		String[] slots = (group != null) ? group.slots().toArray(String[]::new) : new String[0];
		run(connection, LOCK, source);
		retireOthers(connection, source, (group != null) ? slots : new String[] { source.slot() });
		try (PreparedStatement statement = connection.prepareStatement(IN_USE)) {
			statement.setArray(1, connection.createArrayOf("text", slots));
			place(statement, 2, source);
			statement.setArray(5, connection.createArrayOf("text", slots));
			statement.executeUpdate();
		}
		if (group == null) {
			return null;
		}
		try (PreparedStatement statement = connection.prepareStatement(ADD)) {
			place(statement, 1, source);
			place(statement, 4, source);
			statement.setArray(7, connection.createArrayOf("text", slots));
			place(statement, 8, source);
			statement.executeUpdate();
		}
		return part(connection, source);
	}

	/**
	 * Whoever reads other slots has another configuration: two of them would record the
	 * same tables.
	 */
	private static void retireOthers(Connection connection, SourceIdentity source, String[] slots) throws SQLException {
		boolean leaving = false;
		try (PreparedStatement statement = connection.prepareStatement(LEAVING)) {
			place(statement, 1, source);
			statement.setArray(4, connection.createArrayOf("text", slots));
			try (ResultSet row = statement.executeQuery()) {
				while (row.next()) {
					leaving = true;
					if (row.getBoolean(2)) {
						throw new SinkException("The tables of database '" + source.database()
								+ "' are read through slot '" + row.getString(1)
								+ "' still, by an instance with another configuration: stop it first", null);
					}
				}
			}
		}
		if (leaving) {
			for (String sql : new String[] { GAP, RETIRE }) {
				try (PreparedStatement statement = connection.prepareStatement(sql)) {
					place(statement, 1, source);
					statement.setArray(4, connection.createArrayOf("text", slots));
					statement.executeUpdate();
				}
			}
		}
	}

	private static int part(Connection connection, SourceIdentity source) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(PART)) {
			place(statement, 1, source);
			statement.setString(4, source.slot());
			try (ResultSet row = statement.executeQuery()) {
				if (!row.next() || row.getInt(1) >= SlotGroup.MOST) {
					throw new SinkException("The history '" + source.name() + "' has had " + SlotGroup.MOST
							+ " groups of tables already: choose another name for it", null);
				}
				return row.getInt(1);
			}
		}
	}

	private static void run(Connection connection, String sql, SourceIdentity source) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(sql)) {
			place(statement, 1, source);
			statement.execute();
		}
	}

	private static void place(PreparedStatement statement, int from, SourceIdentity source) throws SQLException {
		statement.setString(from, source.name());
		statement.setString(from + 1, source.database());
		statement.setString(from + 2, source.systemIdentifier());
	}

}
