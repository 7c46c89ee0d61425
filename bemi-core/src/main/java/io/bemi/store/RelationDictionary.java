package io.bemi.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.bemi.change.Position;
import io.bemi.ingestion.PrimaryKey;
import io.bemi.ingestion.TrackedRelation;
import io.bemi.pgoutput.PgOutputMessage.Column;
import io.bemi.pgoutput.PgOutputMessage.Relation;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The store's numbers of the source's tables: one per description of a table, by the
 * stream or by a message about a statement that changed it.
 */
final class RelationDictionary {

	private static final Logger logger = LoggerFactory.getLogger(RelationDictionary.class);

	private static final String VERSIONS = """
			SELECT r.id, r.schema, r.name, r.replica_identity,
			       c.name, c.type, c.modifier, c.key, c.number, c.altered, c.filled, c.plain, c.rewritten, c.severed, c.highest,
			       c.treatment
			  FROM relation r
			  LEFT JOIN LATERAL ROWS FROM (jsonb_to_recordset(r.columns) AS (
			            name text, type bigint, modifier integer, key boolean, number integer, altered boolean,
			            filled text, plain boolean, rewritten boolean, severed boolean, highest integer,
			            treatment text))
			       WITH ORDINALITY c(name, type, modifier, key, number, altered, filled, plain, rewritten, severed, highest,
			            treatment, place) ON true
			 WHERE r.source = ? AND r.oid = ? ORDER BY r.id, c.place
			""";

	private static final String CREATE = """
			INSERT INTO relation (source, oid, schema, name, replica_identity, columns, since)
			VALUES (?, ?, ?, ?, ?, ?::jsonb, ?::pg_lsn) RETURNING id
			""";

	/**
	 * Anybody may write a message: only what can be read again is stored.
	 */
	private static final String ALTER = """
			INSERT INTO relation (source, oid, schema, name, replica_identity, columns, since)
			SELECT ?, ?, m ->> 'schema', m ->> 'name', '',
			       jsonb_agg(jsonb_strip_nulls(to_jsonb(c) || jsonb_build_object(
			           'rewritten', (m ->> 'rewritten')::boolean, 'severed', (m ->> 'severed')::boolean,
			           'highest', (m ->> 'highest')::integer))), ?::pg_lsn
			  FROM CAST(? AS jsonb) m, jsonb_to_recordset(m -> 'columns') AS c (
			       name text, type bigint, modifier integer, number integer, altered boolean, filled text, plain boolean, "primary" boolean,
			       treatment text)
			 WHERE m ->> 'schema' IS NOT NULL AND m ->> 'name' IS NOT NULL GROUP BY m
			HAVING bool_and(name IS NOT NULL AND type IS NOT NULL AND modifier IS NOT NULL AND number IS NOT NULL)
			   AND count(filled::jsonb) >= 0
			RETURNING schema, name, coalesce((?::jsonb ->> 'severed')::boolean, false), coalesce((?::jsonb ->> 'empty')::boolean, false)
			""";

	/**
	 * Described as it was last, but of its records nothing is known from before.
	 */
	private static final String SEVER = """
			INSERT INTO relation (source, oid, schema, name, replica_identity, columns, since)
			SELECT r.source, r.oid, r.schema, r.name, r.replica_identity, coalesce((
			       SELECT jsonb_agg(c.value || '{"severed": true, "rewritten": false, "altered": false}' ORDER BY c.ordinality)
			         FROM jsonb_array_elements(r.columns) WITH ORDINALITY c), '[]'), ?::pg_lsn
			  FROM relation r WHERE r.source = ? AND r.oid = ? ORDER BY r.id DESC LIMIT 1
			""";

	/**
	 * Of the last message about each table. Tables that are gone are few, and do no harm.
	 */
	private static final String PRIMARY_KEYS = """
			SELECT r.oid::bigint, c.name, c.number
			  FROM (SELECT DISTINCT ON (oid) oid, columns FROM relation
			         WHERE source = ? AND replica_identity = '' ORDER BY oid, id DESC) r
			 CROSS JOIN jsonb_to_recordset(r.columns) AS c (name text, number integer, "primary" boolean)
			 WHERE c."primary" ORDER BY r.oid, c.number
			""";

	private final Connection connection;

	private final int source;

	private final Map<Integer, Entry> entries = new HashMap<>();

	RelationDictionary(Connection connection, int source) {
		this.connection = connection;
		this.source = source;
	}

	/**
	 * The primary keys of tables as messages have told them last.
	 * @return the keys by the tables' object ids
	 */
	static Map<Integer, PrimaryKey> primaryKeys(Connection connection, int source) throws SQLException {
		Map<Integer, PrimaryKey> keys = new HashMap<>();
		try (PreparedStatement statement = connection.prepareStatement(PRIMARY_KEYS)) {
			statement.setInt(1, source);
			try (ResultSet row = statement.executeQuery()) {
				while (row.next()) {
					PrimaryKey column = new PrimaryKey(List.of(row.getString(2)), List.of(row.getInt(3)));
					keys.merge((int) row.getLong(1), column, PrimaryKey::with);
				}
			}
		}
		return keys;
	}

	/**
	 * The number of a table's description, new when the store has not seen it last.
	 */
	long id(TrackedRelation relation) throws SQLException {
		return entry(relation).id;
	}

	/**
	 * All versions of a table, the given one last.
	 */
	TableHistory history(TrackedRelation relation) throws SQLException {
		return entry(relation).history;
	}

	private Entry entry(TrackedRelation relation) throws SQLException {
		Entry entry = this.entries.get(relation.relation().oid());
		if (entry == null || (entry.relation != relation && !entry.relation.sameAs(relation))) {
			entry = findOrCreate(relation);
			this.entries.put(relation.relation().oid(), entry);
		}
		return entry;
	}

	private Entry findOrCreate(TrackedRelation relation) throws SQLException {
		List<Stored> stored = versions(relation.relation().oid());
		List<TableVersion> versions = new ArrayList<>(stored.stream().map(Stored::version).toList());
		Stored latest = stored.isEmpty() ? null : stored.get(stored.size() - 1);
		TableVersion version = version(relation);
		boolean isNew = false;
		if (latest == null || !latest.isNamed(relation.relation()) || !latest.version().describesSame(version)) {
			TableVersion numbered = (latest != null) ? version.numberedLike(latest.version()) : version;
			versions.add(numbered.withId(create(relation, numbered)));
			isNew = true;
		}
		TableHistory history = new TableHistory(versions);
		return new Entry(relation, versions.get(versions.size() - 1).id(), history, isNew && history.hasJustLost());
	}

	private static TableVersion version(TrackedRelation relation) {
		List<TableVersion.Column> columns = new ArrayList<>();
		for (int i = 0; i < relation.described().size(); i++) {
			Column column = relation.described().get(i);
			boolean key = relation.keyColumns().contains(relation.relation().indexOf(column.name()));
			columns.add(new TableVersion.Column(column.name(), Integer.toUnsignedLong(column.typeOid()),
					column.typeModifier(), key, null, false, null, false, relation.treatments().get(i)));
		}
		return new TableVersion(0, true, columns, false, false, 0);
	}

	/**
	 * Whether a table has another description since this was asked last, which leaves
	 * something unknown of the rows that were there.
	 */
	boolean hasLost(TrackedRelation relation) throws SQLException {
		Entry entry = entry(relation);
		if (entry.lost) {
			this.entries.put(relation.relation().oid(), new Entry(entry.relation, entry.id, entry.history, false));
		}
		return entry.lost;
	}

	/**
	 * Adds what a message says about a statement that has changed a table.
	 * @return what the history does not know any more of its rows; {@code null} if it
	 * knows them as before
	 */
	@Nullable Loss alter(TrackedRelation relation) throws SQLException {
		Loss loss = null;
		Savepoint savepoint = this.connection.setSavepoint();
		try (PreparedStatement statement = this.connection.prepareStatement(ALTER)) {
			statement.setInt(1, this.source);
			statement.setLong(2, Integer.toUnsignedLong(relation.relation().oid()));
			statement.setString(3, relation.since().toString());
			for (int parameter = 4; parameter <= 6; parameter++) {
				statement.setString(parameter, relation.alteration());
			}
			try (ResultSet row = statement.executeQuery()) {
				if (row.next() && (row.getBoolean(3) || history(relation.relation().oid()).hasJustLost())) {
					loss = new Loss(row.getString(1), row.getString(2), row.getBoolean(4));
				}
			}
			this.connection.releaseSavepoint(savepoint);
		}
		catch (SQLException ex) {
			if (!StoreProblems.isPoison(ex)) {
				throw ex;
			}
			this.connection.rollback(savepoint);
			logger.warn("A message about a changed table is not understood: {}", StoreProblems.summary(ex));
		}
		this.entries.remove(relation.relation().oid());
		return loss;
	}

	/**
	 * Adds that changes of a table are missing, so that nothing is known any more of the
	 * rows that it had.
	 */
	void sever(int oid, Position since) throws SQLException {
		try (PreparedStatement statement = this.connection.prepareStatement(SEVER)) {
			statement.setString(1, since.toString());
			statement.setInt(2, this.source);
			statement.setLong(3, Integer.toUnsignedLong(oid));
			statement.executeUpdate();
		}
		this.entries.remove(oid);
	}

	/**
	 * All that was told of a table, the newest last.
	 */
	List<Description> descriptions(int oid) throws SQLException {
		return versions(oid).stream()
			.map((stored) -> new Description(stored.schema(), stored.name(), stored.identity(), stored.version()))
			.toList();
	}

	private TableHistory history(int oid) throws SQLException {
		return new TableHistory(versions(oid).stream().map(Stored::version).toList());
	}

	/**
	 * Forgets what a write that was not committed has added.
	 */
	void clear() {
		this.entries.clear();
	}

	private long create(TrackedRelation relation, TableVersion version) throws SQLException {
		Relation table = relation.relation();
		try (PreparedStatement statement = this.connection.prepareStatement(CREATE)) {
			statement.setInt(1, this.source);
			statement.setLong(2, Integer.toUnsignedLong(table.oid()));
			statement.setString(3, table.schema());
			statement.setString(4, table.name());
			statement.setString(5, String.valueOf(table.replicaIdentity()));
			statement.setString(6, version.columnsJson());
			statement.setString(7, relation.since().toString());
			try (ResultSet row = statement.executeQuery()) {
				row.next();
				return row.getLong(1);
			}
		}
	}

	private List<Stored> versions(int oid) throws SQLException {
		try (PreparedStatement statement = this.connection.prepareStatement(VERSIONS)) {
			statement.setInt(1, this.source);
			statement.setLong(2, Integer.toUnsignedLong(oid));
			try (ResultSet row = statement.executeQuery()) {
				List<Stored> versions = new ArrayList<>();
				boolean more = row.next();
				while (more) {
					long id = row.getLong(1);
					String schema = row.getString(2);
					String name = row.getString(3);
					String identity = row.getString(4);
					boolean rewritten = row.getBoolean(13);
					boolean severed = row.getBoolean(14);
					int highest = row.getInt(15);
					List<TableVersion.Column> columns = new ArrayList<>();
					do {
						if (row.getString(5) != null) {
							columns.add(column(row));
						}
						more = row.next();
					}
					while (more && row.getLong(1) == id);
					versions.add(new Stored(schema, name, identity,
							new TableVersion(id, !identity.isEmpty(), columns, rewritten, severed, highest)));
				}
				return versions;
			}
		}
	}

	private static TableVersion.Column column(ResultSet row) throws SQLException {
		return new TableVersion.Column(row.getString(5), row.getLong(6), row.getInt(7), row.getBoolean(8),
				(Integer) row.getObject(9), row.getBoolean(10), row.getString(11), row.getBoolean(12),
				row.getString(16));
	}

	/**
	 * Something that the history told of a table's rows is void.
	 *
	 * @param schema the table's schema
	 * @param name its name
	 * @param empty whether the table has no rows now
	 */
	record Loss(String schema, String name, boolean empty) {
	}

	/**
	 * A description of a table.
	 *
	 * @param schema the table's schema
	 * @param name its name
	 * @param identity its replica identity; empty where a message has told
	 * @param version what it looked like
	 */
	record Description(String schema, String name, String identity, TableVersion version) {
	}

	/**
	 * A table's latest description.
	 *
	 * @param lost whether it leaves something unknown of the rows that were there, and
	 * nobody has asked yet
	 */
	private record Entry(TrackedRelation relation, long id, TableHistory history, boolean lost) {
	}

	private record Stored(String schema, String name, String identity, TableVersion version) {

		boolean isNamed(Relation table) {
			return this.schema.equals(table.schema()) && this.name.equals(table.name())
					&& this.identity.equals(String.valueOf(table.replicaIdentity()));
		}

	}

}
