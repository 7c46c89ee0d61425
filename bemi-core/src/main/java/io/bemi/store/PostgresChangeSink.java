package io.bemi.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

import io.bemi.change.Position;
import io.bemi.ingestion.ChangeSink;
import io.bemi.ingestion.FencedException;
import io.bemi.ingestion.Gap;
import io.bemi.ingestion.PendingBaseline;
import io.bemi.ingestion.PrimaryKey;
import io.bemi.ingestion.Quarantine;
import io.bemi.ingestion.SinkException;
import io.bemi.ingestion.SinkWrite;
import io.bemi.ingestion.SourceTransaction;
import io.bemi.replication.ReplicationException;
import io.bemi.replication.SourceIdentity;
import io.bemi.tracking.SchemaMigrationException;
import org.jspecify.annotations.Nullable;

/**
 * Stores changes in PostgreSQL: in the source's database or in any other.
 */
public final class PostgresChangeSink implements ChangeSink {

	private static final String FIND_SOURCE = """
			SELECT id, position, system_identifier, timeline, retired FROM source
			 WHERE coalesce(slot, name) = ? AND database = ?
			 ORDER BY system_identifier = ? DESC, id DESC LIMIT 1
			""";

	private static final String CREATE_SOURCE = """
			INSERT INTO source (name, slot, part, database, system_identifier, timeline, setback)
			VALUES (?, ?, ?, ?, ?, ?, 0) RETURNING id
			""";

	private static final String FENCE = """
			UPDATE source SET position = ?::pg_lsn, timeline = ?
			 WHERE id = ? AND position IS NOT DISTINCT FROM ?::pg_lsn AND NOT retired
			RETURNING link, sealed
			""";

	private static final String HOLDS = """
			SELECT 1 FROM context WHERE source = ? AND position = ?::pg_lsn
			   AND committed_at = coalesce(?::timestamptz, committed_at) LIMIT 1
			""";

	/** What was dropped was that very transaction: nobody can say that it was not. */
	private static final String DROPPED = "SELECT 1 FROM source WHERE id = ? AND dropped_position >= ?::pg_lsn"
			+ " AND ?::timestamptz IS NOT NULL";

	private final StoreSettings settings;

	private final StoreKeeper keeper;

	private StoreKeeper.@Nullable Upkeep upkeep;

	private @Nullable Connection connection;

	private @Nullable RelationDictionary relations;

	private @Nullable Baselines baselines;

	private @Nullable Setback setback;

	private @Nullable Integer part;

	private boolean retired;

	private final Partitions partitions = new Partitions();

	private final ChunkSize chunkSize = new ChunkSize();

	private final QuarantineCount quarantine = new QuarantineCount();

	private final Gaps gaps = new Gaps();

	/**
	 * Creates a sink whose store others look after.
	 * @param settings where the store is
	 */
	public PostgresChangeSink(StoreSettings settings) {
		this(settings, StoreKeeper.NONE);
	}

	/**
	 * Creates a sink.
	 * @param settings where the store is
	 * @param keeper looks after the store while this sink has it open
	 */
	public PostgresChangeSink(StoreSettings settings, StoreKeeper keeper) {
		this.settings = settings;
		this.keeper = keeper;
	}

	@Override
	public SinkSource open(SourceIdentity identity) {
		close();
		try {
			Connection opened = StoreSession.open(this.settings);
			this.connection = opened;
			new StoreSchema(this.settings.schema()).migrate(opened);
			StoreSession.takeOver(opened, identity);
			opened.setAutoCommit(false);
			this.part = SlotGroups.register(opened, identity);
			SinkSource source = findOrCreate(opened, identity);
			this.quarantine.connected(opened, identity);
			this.gaps.connected(opened, identity);
			this.setback = Setback.of(opened, source.id());
			opened.commit();
			this.relations = new RelationDictionary(opened, source.id());
			this.baselines = new Baselines(opened, source.id());
			this.upkeep = this.keeper.start(this.settings);
			return source;
		}
		catch (SchemaMigrationException | ReplicationException ex) {
			close();
			throw new SinkException(String.valueOf(ex.getMessage()), ex);
		}
		catch (SQLException ex) {
			close();
			throw StoreProblems.translate(ex);
		}
	}

	private SinkSource findOrCreate(Connection connection, SourceIdentity identity) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(FIND_SOURCE)) {
			statement.setString(1, identity.slot());
			statement.setString(2, identity.database());
			statement.setString(3, identity.systemIdentifier());
			try (ResultSet row = statement.executeQuery()) {
				this.retired = false;
				if (row.next()) {
					this.retired = row.getBoolean(5);
					String position = row.getString(2);
					if (this.retired && position == null) {
						return create(connection, identity);
					}
					SinkSource known = new SinkSource(row.getInt(1),
							(position != null) ? Position.parse(position) : null, row.getInt(4), this.part);
					return identity.systemIdentifier().equals(row.getString(3)) ? known : supersede(connection, known,
							identity, "The database is in another cluster now (pg_upgrade, or restored from a dump)");
				}
			}
		}
		return create(connection, identity);
	}

	private SinkSource create(Connection connection, SourceIdentity identity) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(CREATE_SOURCE)) {
			statement.setString(1, identity.name());
			statement.setString(2, (this.part != null) ? identity.slot() : null);
			statement.setObject(3, this.part, Types.INTEGER);
			statement.setString(4, identity.database());
			statement.setString(5, identity.systemIdentifier());
			statement.setInt(6, identity.timeline());
			try (ResultSet row = statement.executeQuery()) {
				row.next();
				return new SinkSource(row.getInt(1), null, identity.timeline(), this.part);
			}
		}
	}

	private SinkSource supersede(Connection connection, SinkSource source, SourceIdentity identity, String reason)
			throws SQLException {
		if (source.position() != null) {
			this.gaps.open(connection, source.id(), source.position(), reason);
			Links.sealNotes(connection, source);
		}
		return create(connection, identity);
	}

	@Override
	public SinkSource supersede(SinkSource source, SourceIdentity identity, String reason) {
		try {
			Connection open = required(this.connection);
			SinkSource next = supersede(open, source, identity, reason);
			this.gaps.connected(open, identity);
			this.setback = Setback.of(open, next.id());
			open.commit();
			this.retired = false;
			this.relations = new RelationDictionary(open, next.id());
			this.baselines = new Baselines(open, next.id());
			return next;
		}
		catch (SQLException ex) {
			close();
			throw StoreProblems.translate(ex);
		}
	}

	@Override
	public boolean isRetired() {
		return this.retired;
	}

	@Override
	public boolean holds(SinkSource source, SourceTransaction transaction) {
		return holds(HOLDS, source, transaction.position(), transaction.committedAt().toString())
				|| holds(DROPPED, source, transaction.position(), transaction.committedAt().toString());
	}

	@Override
	public boolean endsWithTransaction(SinkSource source) {
		return source.position() != null && holds(HOLDS, source, source.position(), null);
	}

	private boolean holds(String sql, SinkSource source, Position position, @Nullable String committedAt) {
		Connection open = required(this.connection);
		try (PreparedStatement statement = open.prepareStatement(sql)) {
			statement.setInt(1, source.id());
			statement.setString(2, position.toString());
			statement.setString(3, committedAt);
			boolean holds;
			try (ResultSet row = statement.executeQuery()) {
				holds = row.next();
			}
			open.commit();
			return holds;
		}
		catch (SQLException ex) {
			close();
			throw StoreProblems.translate(ex);
		}
	}

	@Override
	public Map<Integer, PrimaryKey> primaryKeys(SinkSource source) {
		Connection open = required(this.connection);
		try {
			Map<Integer, PrimaryKey> keys = RelationDictionary.primaryKeys(open, source.id());
			open.commit();
			return keys;
		}
		catch (SQLException ex) {
			close();
			throw StoreProblems.translate(ex);
		}
	}

	@Override
	public SinkWrite begin(SinkSource source, Position next) {
		Connection open = required(this.connection);
		try (PreparedStatement statement = open.prepareStatement(FENCE)) {
			statement.setString(1, next.toString());
			statement.setInt(2, source.timeline());
			statement.setInt(3, source.id());
			statement.setString(4, (source.position() != null) ? source.position().toString() : null);
			Links links;
			try (ResultSet row = statement.executeQuery()) {
				if (!row.next()) {
					open.rollback();
					throw new FencedException(
							"Another instance has stored changes meanwhile: going on from what is stored");
				}
				links = Links.after(row.getLong(1), row.getBoolean(2), open, source, this.settings.tamperEvidence());
			}
			return new PostgresSinkWrite(open, source.id(), required(this.relations), required(this.baselines),
					required(this.setback), this.partitions, this.chunkSize, this.quarantine, this.gaps, links);
		}
		catch (SQLException ex) {
			close();
			throw StoreProblems.translate(ex);
		}
	}

	@Override
	public List<PendingBaseline> baselines(SinkSource source) {
		Connection open = required(this.connection);
		try {
			List<PendingBaseline> pending = required(this.baselines).pending();
			open.commit();
			return pending;
		}
		catch (SQLException ex) {
			close();
			throw StoreProblems.translate(ex);
		}
	}

	@Override
	public Quarantine quarantine() {
		return this.quarantine.get();
	}

	@Override
	public @Nullable Gap lastGap() {
		return this.gaps.last();
	}

	@Override
	public OptionalLong gaps() {
		return this.gaps.count();
	}

	private static <T> T required(@Nullable T opened) {
		if (opened == null) {
			throw new SinkException("The store is not connected", null);
		}
		return opened;
	}

	@Override
	public void close() {
		Connection open = this.connection;
		StoreKeeper.Upkeep started = this.upkeep;
		this.upkeep = null;
		if (started != null) {
			started.close();
		}
		this.connection = null;
		this.relations = null;
		this.quarantine.disconnected();
		this.baselines = null;
		this.setback = null;
		if (open != null) {
			try {
				open.close();
			}
			catch (SQLException ex) {
				// Nothing depends on it any more: what was not committed is not stored.
			}
		}
	}

}
