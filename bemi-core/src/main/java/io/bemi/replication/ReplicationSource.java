package io.bemi.replication;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

import io.bemi.change.Position;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.replication.LogSequenceNumber;
import org.postgresql.replication.PGReplicationStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens connections to the source and looks after its slot. Every failure that a user can
 * mend is a {@link ReplicationException} that says how.
 */
public final class ReplicationSource {

	/**
	 * Amazon's servers have a role in place of the attribute.
	 */
	private static final String CONNECTED_AS = """
			SELECT current_setting('wal_level'),
			       (SELECT rolreplication OR rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user)
			           OR EXISTS (SELECT FROM pg_catalog.pg_roles r
			                       WHERE r.rolname = 'rds_replication' AND pg_catalog.pg_has_role(r.oid, 'MEMBER')),
			       current_user, current_setting('max_slot_wal_keep_size')
			""";

	private static final String SLOT = """
			SELECT s.active, s.plugin, s.database, s.confirmed_flush_lsn, s.wal_status,
			       'process ' || s.active_pid || coalesce(' (' || nullif(r.application_name, '') || ')', '')
			           || coalesce(' at ' || r.client_addr::text, ''),
			       pg_catalog.to_jsonb(s) ->> 'invalidation_reason',
			       coalesce((pg_catalog.to_jsonb(s) ->> 'synced')::boolean AND pg_catalog.pg_is_in_recovery(), false)
			  FROM pg_catalog.pg_replication_slots s
			  LEFT JOIN pg_catalog.pg_stat_replication r ON r.pid = s.active_pid
			 WHERE s.slot_name = ?
			""";

	private static final int FAILOVER_SINCE = 17;

	private static final String HOLDER = "SELECT active_pid FROM pg_catalog.pg_replication_slots WHERE slot_name = ?";

	/** Otherwise it never waits for a client to read. */
	private static final String ENDING = """
			SELECT EXISTS (SELECT
			  FROM pg_catalog.pg_replication_slots s JOIN pg_catalog.pg_stat_activity a ON a.pid = s.active_pid
			 WHERE s.slot_name = ? AND a.wait_event = 'ClientWrite')
			""";

	private static final String PUBLICATION = "SELECT 1 FROM pg_catalog.pg_publication WHERE pubname = ?";

	private static final String WAL_POSITION = """
			SELECT CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_replay_lsn()
			            ELSE pg_catalog.pg_current_wal_insert_lsn() END
			""";

	private static final String CLAIM = "SELECT pg_catalog.pg_try_advisory_lock(hashtext('bemi slot'), hashtext(?))";

	private static final String RELEASE = "SELECT pg_catalog.pg_advisory_unlock(hashtext('bemi slot'), hashtext(?))";

	/** An instance that is stopped where it stands keeps its session, and the lock. */
	private static final String EXPIRE = "SET idle_session_timeout = '30s'";

	private static final String KEEP = "SET idle_session_timeout = 0";

	private static final Logger logger = LoggerFactory.getLogger(ReplicationSource.class);

	private final ReplicationSettings settings;

	private final SourceConnections connections;

	private final AtomicBoolean warnedOfDisk = new AtomicBoolean();

	private final LongAdder received = new LongAdder();

	public ReplicationSource(ReplicationSettings settings) {
		this.settings = settings;
		this.connections = new SourceConnections(settings);
	}

	public ReplicationSettings settings() {
		return this.settings;
	}

	/**
	 * Opens an ordinary connection to the source, with the session settings of the
	 * stream.
	 * @return a connection in autocommit mode that the caller closes
	 * @throws SQLException when the source cannot be reached
	 */
	public Connection connect() throws SQLException {
		return this.connections.open();
	}

	/**
	 * Opens a connection that speaks the replication protocol.
	 * @return the connection, which the caller closes
	 * @throws ReplicationException when the source cannot be reached, or refuses
	 */
	public Connection connectForReplication() {
		try {
			return this.connections.openForReplication();
		}
		catch (SQLException ex) {
			throw ReplicationProblems.translate(ex, this.settings);
		}
	}

	/**
	 * Checks what a stream needs before anything is created: {@code wal_level}, the
	 * role's REPLICATION attribute, the publication.
	 * @param connection an ordinary connection to the source
	 * @throws ReplicationException when something is missing
	 * @throws SQLException when the source cannot be asked
	 */
	public void check(Connection connection) throws SQLException {
		try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(CONNECTED_AS)) {
			row.next();
			if (!"logical".equals(row.getString(1))) {
				throw ReplicationProblems.walLevel(row.getString(1));
			}
			if (!row.getBoolean(2)) {
				throw ReplicationProblems.roleWithoutReplication(row.getString(3), null);
			}
			if ("-1".equals(row.getString(4)) && this.warnedOfDisk.compareAndSet(false, true)) {
				logger.warn("max_slot_wal_keep_size is -1: while nobody reads the slot '{}', the server keeps WAL until"
						+ " the disk is full. Set a limit, such as: ALTER SYSTEM SET max_slot_wal_keep_size = '10GB';"
						+ " SELECT pg_reload_conf();", this.settings.slot());
			}
		}
		try (PreparedStatement statement = connection.prepareStatement(PUBLICATION)) {
			statement.setString(1, this.settings.publication());
			try (ResultSet row = statement.executeQuery()) {
				if (!row.next()) {
					throw ReplicationProblems.noPublication(this.settings.publication());
				}
			}
		}
	}

	/**
	 * Looks the slot up.
	 * @param connection an ordinary connection to the source
	 * @return its state, or {@code null} when there is none
	 * @throws ReplicationException when the slot is not one that Bemi can stream from
	 * @throws SQLException when the source cannot be asked
	 */
	public @Nullable SlotState slot(Connection connection) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(SLOT)) {
			statement.setString(1, this.settings.slot());
			try (ResultSet row = statement.executeQuery()) {
				if (!row.next()) {
					return null;
				}
				String confirmed = row.getString(4);
				SlotState slot = new SlotState(row.getBoolean(1), row.getString(6), row.getString(2), row.getString(3),
						(confirmed != null) ? Position.parse(confirmed) : null, "lost".equals(row.getString(5)),
						row.getString(7));
				if (row.getBoolean(8)) {
					throw ReplicationProblems.syncedSlot(this.settings.slot());
				}
				if (!"pgoutput".equals(slot.plugin()) || !connection.getCatalog().equals(slot.database())) {
					throw ReplicationProblems.foreignSlot(this.settings.slot(), slot);
				}
				return slot;
			}
		}
	}

	/**
	 * Asks who uses the slot.
	 * @param connection an ordinary connection to the source
	 * @return the server's process, 0 when nobody does
	 * @throws SQLException when the source cannot be asked
	 */
	public int holder(Connection connection) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(HOLDER)) {
			statement.setString(1, this.settings.slot());
			try (ResultSet row = statement.executeQuery()) {
				return row.next() ? row.getInt(1) : 0;
			}
		}
	}

	/**
	 * Asks whether the process that streams from the slot has been told to end, and waits
	 * for its last message to be read. Whoever told it may wait for it: a checkpoint
	 * does, when the slot keeps more of the log than it may.
	 * @param connection an ordinary connection to the source
	 * @return whether it does
	 * @throws SQLException when the source cannot be asked
	 */
	public boolean isEnding(Connection connection) throws SQLException {
		return isTrue(connection, ENDING);
	}

	/**
	 * Says which cluster and database the changes come from.
	 * @param replication a replication connection
	 * @return the identity
	 * @throws SQLException when the source cannot be asked
	 */
	public SourceIdentity identify(Connection replication) throws SQLException {
		try (Statement statement = replication.createStatement();
				ResultSet row = statement.executeQuery("IDENTIFY_SYSTEM")) {
			row.next();
			return new SourceIdentity(row.getString("systemid"), row.getInt("timeline"), row.getString("dbname"),
					this.settings.slot(), this.settings.group());
		}
	}

	/**
	 * Where the cluster left a timeline that it was on before.
	 * @param replication a replication connection
	 * @param identity the source as it is now
	 * @param former the timeline
	 * @return the position from which on it has another past than that timeline;
	 * {@code null} when the cluster does not come from there
	 */
	public @Nullable Position leftTimeline(Connection replication, SourceIdentity identity, int former) {
		try (Statement statement = replication.createStatement();
				ResultSet row = statement.executeQuery("TIMELINE_HISTORY " + identity.timeline())) {
			return row.next() ? TimelineHistory.left(row.getString("content"), former) : null;
		}
		catch (SQLException ex) {
			throw ReplicationProblems.translate(ex, this.settings);
		}
	}

	/**
	 * Creates the slot. Waits for the transactions that run now to end. Where the server
	 * can, standbys keep a copy of the slot, which the one that takes over goes on with.
	 * @param replication a replication connection; the snapshot lives until its next
	 * command
	 * @return where the slot starts, and a snapshot of the database at that very position
	 * @throws ReplicationException when the slot cannot be created
	 */
	public CreatedSlot createSlot(Connection replication) {
		try (Statement statement = replication.createStatement()) {
			boolean failover = replication.getMetaData().getDatabaseMajorVersion() >= FAILOVER_SINCE
					&& !DirectConnections.isStandby(replication);
			try (ResultSet row = statement.executeQuery("CREATE_REPLICATION_SLOT \"" + this.settings.slot()
					+ "\" LOGICAL pgoutput" + (failover ? " (SNAPSHOT 'export', FAILOVER true)" : ""))) {
				row.next();
				return new CreatedSlot(Position.parse(row.getString("consistent_point")),
						row.getString("snapshot_name"));
			}
		}
		catch (SQLException ex) {
			throw ReplicationProblems.translate(ex, this.settings);
		}
	}

	/**
	 * A slot that has just been created.
	 *
	 * @param position where it starts
	 * @param snapshot the exported snapshot's name
	 */
	public record CreatedSlot(Position position, String snapshot) {
	}

	/**
	 * How far the source's write-ahead log goes now.
	 * @param connection an ordinary connection to the source
	 * @return the position that the next record will have at least
	 * @throws SQLException when the source cannot be asked
	 */
	public Position walPosition(Connection connection) throws SQLException {
		try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(WAL_POSITION)) {
			row.next();
			return Position.parse(row.getString(1));
		}
	}

	/**
	 * Claims the preparation of the slot among the instances: until {@link #release}, or
	 * until the connection ends, no other one creates or adopts it, or reads from it. The
	 * server ends a connection over which nothing has come for half a minute.
	 * @param connection an ordinary connection to the source
	 * @throws SlotInUseException when another instance has claimed it
	 * @throws SQLException when the source cannot be asked
	 */
	public void claim(Connection connection) throws SQLException {
		if (!isTrue(connection, CLAIM)) {
			throw new SlotInUseException("The replication slot '" + this.settings.slot()
					+ "' is being prepared, or kept while it is paused, by another instance", null);
		}
		execute(connection, EXPIRE);
	}

	/**
	 * Gives a sign of life, so that the server does not end the connection of a claim.
	 * @param connection the connection that claimed; another thread may use it, too
	 * @throws SQLException when the source cannot be asked
	 */
	public void renewClaim(Connection connection) throws SQLException {
		execute(connection, "SELECT");
	}

	/**
	 * Ends a claim.
	 * @param connection the connection that claimed
	 * @throws SQLException when the source cannot be asked
	 */
	public void release(Connection connection) throws SQLException {
		isTrue(connection, RELEASE);
		execute(connection, KEEP);
	}

	private static void execute(Connection connection, String sql) throws SQLException {
		try (Statement statement = connection.createStatement()) {
			statement.execute(sql);
		}
	}

	private boolean isTrue(Connection connection, String sql) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(sql)) {
			statement.setString(1, this.settings.slot());
			try (ResultSet row = statement.executeQuery()) {
				row.next();
				return row.getBoolean(1);
			}
		}
	}

	/**
	 * Drops the slot, for one from which nothing can be read any more.
	 * @param connection an ordinary connection to the source
	 * @throws SQLException when the server refuses
	 */
	public void dropSlot(Connection connection) throws SQLException {
		try (PreparedStatement statement = connection
			.prepareStatement("SELECT pg_catalog.pg_drop_replication_slot(?)")) {
			statement.setString(1, this.settings.slot());
			statement.execute();
		}
	}

	/**
	 * Looks how much of the log the server keeps for the slot.
	 * @param connection an ordinary connection to the source
	 * @return how much; {@code null} when there is no slot
	 * @throws SQLException when the source cannot be asked
	 */
	public @Nullable SlotUsage usage(Connection connection) throws SQLException {
		return SlotUsage.of(connection, this.settings.slot());
	}

	/**
	 * Starts to stream, from where the slot is.
	 * @param replication a replication connection, used by the stream from now on
	 * @return the stream
	 * @throws SlotInUseException when another process streams from the slot
	 * @throws ReplicationException when the stream cannot be started
	 */
	public ReplicationStream stream(Connection replication) {
		try {
			PGReplicationStream stream = replication.unwrap(PGConnection.class)
				.getReplicationAPI()
				.replicationStream()
				.logical()
				.withSlotName(this.settings.slot())
				.withStartPosition(LogSequenceNumber.INVALID_LSN)
				.withSlotOption("proto_version", 1)
				.withSlotOption("publication_names", quotedPublication())
				.withSlotOption("messages", true)
				.withAutomaticFlush(false)
				.withStatusInterval(1, TimeUnit.SECONDS)
				.start();
			return new ReplicationStream(replication, stream, this.settings, this.received);
		}
		catch (SQLException ex) {
			throw ReplicationProblems.translate(ex, this.settings);
		}
	}

	/**
	 * How much has arrived, in all streams.
	 * @return the length of the messages, in bytes
	 */
	public long receivedBytes() {
		return this.received.sum();
	}

	private String quotedPublication() {
		return '"' + this.settings.publication().replace("\"", "\"\"") + '"';
	}

}
