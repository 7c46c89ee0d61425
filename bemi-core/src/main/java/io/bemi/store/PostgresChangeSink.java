package io.bemi.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

import io.bemi.change.Position;
import io.bemi.ingestion.ChangeSink;
import io.bemi.ingestion.FencedException;
import io.bemi.ingestion.PendingBaseline;
import io.bemi.ingestion.PrimaryKey;
import io.bemi.ingestion.Quarantine;
import io.bemi.ingestion.SinkException;
import io.bemi.ingestion.SinkWrite;
import io.bemi.replication.ReplicationException;
import io.bemi.replication.SourceIdentity;
import io.bemi.tracking.SchemaMigrationException;
import org.jspecify.annotations.Nullable;

/**
 * Stores changes in PostgreSQL: in the source's database or in any other.
 */
public final class PostgresChangeSink implements ChangeSink {

	private static final String FIND_SOURCE = """
			SELECT id, position, system_identifier FROM source WHERE name = ? AND database = ?
			 ORDER BY system_identifier = ? DESC, id DESC LIMIT 1
			""";

	private static final String CREATE_SOURCE = """
			INSERT INTO source (name, database, system_identifier, timeline) VALUES (?, ?, ?, ?) RETURNING id
			""";

	private static final String CREATE_GAP = """
			INSERT INTO gap (source, from_position, from_time, to_time, reason)
			VALUES (?, ?::pg_lsn, (SELECT max(committed_at) FROM change WHERE position = ?::pg_lsn AND source = ?), now(), ?)
			""";

	private static final String FENCE = """
			UPDATE source SET position = ?::pg_lsn WHERE id = ? AND position IS NOT DISTINCT FROM ?::pg_lsn
			""";

	private static final String CONFIRMED = "SELECT confirmed FROM source WHERE id = ?";

	private static final String SKIP = """
			UPDATE source SET confirmed = ?::pg_lsn WHERE id = ? AND position IS NOT DISTINCT FROM ?::pg_lsn
			""";

	private final StoreSettings settings;

	private @Nullable Connection connection;

	private @Nullable RelationDictionary relations;

	private @Nullable Baselines baselines;

	/** Then it loses nothing that the source keeps. */
	private boolean inSource;

	private final Partitions partitions = new Partitions();

	private final ChunkSize chunkSize = new ChunkSize();

	private final QuarantineCount quarantine = new QuarantineCount();

	public PostgresChangeSink(StoreSettings settings) {
		this.settings = settings;
	}

	@Override
	public SinkSource open(SourceIdentity identity) {
		close();
		try {
			Connection opened = StoreSession.open(this.settings);
			this.connection = opened;
			new StoreSchema(this.settings.schema()).migrate(opened);
			this.inSource = StoreSession.isIn(opened, identity);
			StoreSession.takeOver(opened, identity);
			opened.setAutoCommit(false);
			SinkSource source = findOrCreate(opened, identity);
			this.quarantine.connected(opened, identity);
			opened.commit();
			this.relations = new RelationDictionary(opened, source.id());
			this.baselines = new Baselines(opened, source.id());
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

	private static SinkSource findOrCreate(Connection connection, SourceIdentity identity) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(FIND_SOURCE)) {
			statement.setString(1, identity.slot());
			statement.setString(2, identity.database());
			statement.setString(3, identity.systemIdentifier());
			try (ResultSet row = statement.executeQuery()) {
				if (row.next()) {
					String position = row.getString(2);
					SinkSource known = new SinkSource(row.getInt(1),
							(position != null) ? Position.parse(position) : null);
					return identity.systemIdentifier().equals(row.getString(3)) ? known
							: supersede(connection, known, identity, "The database is in another cluster now");
				}
			}
		}
		return create(connection, identity);
	}

	private static SinkSource create(Connection connection, SourceIdentity identity) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(CREATE_SOURCE)) {
			statement.setString(1, identity.slot());
			statement.setString(2, identity.database());
			statement.setString(3, identity.systemIdentifier());
			statement.setInt(4, identity.timeline());
			try (ResultSet row = statement.executeQuery()) {
				row.next();
				return new SinkSource(row.getInt(1), null);
			}
		}
	}

	private static SinkSource supersede(Connection connection, SinkSource source, SourceIdentity identity,
			String reason) throws SQLException {
		if (source.position() != null) {
			try (PreparedStatement statement = connection.prepareStatement(CREATE_GAP)) {
				statement.setInt(1, source.id());
				statement.setString(2, source.position().toString());
				statement.setString(3, source.position().toString());
				statement.setInt(4, source.id());
				statement.setString(5, reason);
				statement.executeUpdate();
			}
		}
		return create(connection, identity);
	}

	@Override
	public SinkSource supersede(SinkSource source, SourceIdentity identity, String reason) {
		try {
			Connection open = required(this.connection);
			SinkSource next = supersede(open, source, identity, reason);
			open.commit();
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
	public @Nullable Position confirmable(SinkSource source) {
		if (this.inSource) {
			return null;
		}
		Connection open = required(this.connection);
		try (PreparedStatement statement = open.prepareStatement(CONFIRMED)) {
			statement.setInt(1, source.id());
			Position confirmed = null;
			try (ResultSet row = statement.executeQuery()) {
				if (row.next() && row.getString(1) != null) {
					confirmed = Position.parse(row.getString(1));
				}
			}
			open.commit();
			return confirmed;
		}
		catch (SQLException ex) {
			close();
			throw StoreProblems.translate(ex);
		}
	}

	@Override
	public boolean notesSkips() {
		return !this.inSource;
	}

	@Override
	public void skip(SinkSource source, Position position) {
		Connection open = required(this.connection);
		try {
			fence(open, SKIP, source, position);
			open.commit();
		}
		catch (SQLException ex) {
			close();
			throw StoreProblems.translate(ex);
		}
	}

	/**
	 * Sets a position, unless another instance has stored something.
	 */
	private static void fence(Connection open, String sql, SinkSource source, Position position) throws SQLException {
		try (PreparedStatement statement = open.prepareStatement(sql)) {
			statement.setString(1, position.toString());
			statement.setInt(2, source.id());
			statement.setString(3, (source.position() != null) ? source.position().toString() : null);
			if (statement.executeUpdate() == 0) {
				open.rollback();
				throw new FencedException(
						"Another instance has stored changes meanwhile: going on from what is stored");
			}
		}
	}

	@Override
	public SinkWrite begin(SinkSource source, Position next) {
		Connection open = required(this.connection);
		try {
			fence(open, FENCE, source, next);
			return new PostgresSinkWrite(open, source.id(), required(this.relations), required(this.baselines),
					this.partitions, this.chunkSize, this.quarantine);
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

	private static <T> T required(@Nullable T opened) {
		if (opened == null) {
			throw new SinkException("The store is not connected", null);
		}
		return opened;
	}

	@Override
	public void close() {
		Connection open = this.connection;
		this.connection = null;
		this.relations = null;
		this.quarantine.disconnected();
		this.baselines = null;
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
