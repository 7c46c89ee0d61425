package io.bemi.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.bemi.ingestion.TrackedRelation;
import io.bemi.pgoutput.PgOutputMessage.Relation;
import org.jspecify.annotations.Nullable;

/**
 * The store's numbers of the source's tables: one per description of a table.
 */
final class RelationDictionary {

	private static final String VERSIONS = "SELECT id FROM relation WHERE source = ? AND oid = ? ORDER BY id";

	private static final String SAME = """
			SELECT id FROM relation
			 WHERE id = (SELECT max(id) FROM relation WHERE source = ? AND oid = ?)
			   AND schema = ? AND name = ? AND replica_identity = ? AND columns = ?::jsonb
			""";

	private static final String CREATE = """
			INSERT INTO relation (source, oid, schema, name, replica_identity, columns, since)
			VALUES (?, ?, ?, ?, ?, ?::jsonb, ?::pg_lsn) RETURNING id
			""";

	private final Connection connection;

	private final int source;

	private final Map<Integer, Entry> entries = new HashMap<>();

	RelationDictionary(Connection connection, int source) {
		this.connection = connection;
		this.source = source;
	}

	/**
	 * The number of a table's description, new when the store has not seen it last.
	 */
	long id(TrackedRelation relation) throws SQLException {
		Entry entry = this.entries.get(relation.relation().oid());
		if (entry != null && (entry.relation == relation || entry.relation.sameAs(relation))) {
			return entry.id;
		}
		Long id = find(relation);
		Entry found = new Entry(relation, (id != null) ? id : create(relation), versions(relation));
		this.entries.put(relation.relation().oid(), found);
		return found.id;
	}

	/**
	 * All numbers that the table has had.
	 */
	List<Long> versionsOf(TrackedRelation relation) throws SQLException {
		id(relation);
		Entry entry = this.entries.get(relation.relation().oid());
		return (entry != null) ? entry.versions : List.of();
	}

	/**
	 * Forgets what a write that was not committed has added.
	 */
	void clear() {
		this.entries.clear();
	}

	private @Nullable Long find(TrackedRelation relation) throws SQLException {
		try (PreparedStatement statement = this.connection.prepareStatement(SAME)) {
			statement.setInt(1, this.source);
			statement.setLong(2, Integer.toUnsignedLong(relation.relation().oid()));
			bind(statement, 3, relation);
			try (ResultSet row = statement.executeQuery()) {
				return row.next() ? row.getLong(1) : null;
			}
		}
	}

	private long create(TrackedRelation relation) throws SQLException {
		try (PreparedStatement statement = this.connection.prepareStatement(CREATE)) {
			statement.setInt(1, this.source);
			statement.setLong(2, Integer.toUnsignedLong(relation.relation().oid()));
			bind(statement, 3, relation);
			statement.setString(7, relation.since().toString());
			try (ResultSet row = statement.executeQuery()) {
				row.next();
				return row.getLong(1);
			}
		}
	}

	private static void bind(PreparedStatement statement, int first, TrackedRelation relation) throws SQLException {
		Relation table = relation.relation();
		statement.setString(first, table.schema());
		statement.setString(first + 1, table.name());
		statement.setString(first + 2, String.valueOf(table.replicaIdentity()));
		statement.setString(first + 3, relation.columnsJson());
	}

	private List<Long> versions(TrackedRelation relation) throws SQLException {
		try (PreparedStatement statement = this.connection.prepareStatement(VERSIONS)) {
			statement.setInt(1, this.source);
			statement.setLong(2, Integer.toUnsignedLong(relation.relation().oid()));
			try (ResultSet row = statement.executeQuery()) {
				List<Long> versions = new ArrayList<>();
				while (row.next()) {
					versions.add(row.getLong(1));
				}
				return versions;
			}
		}
	}

	private record Entry(TrackedRelation relation, long id, List<Long> versions) {
	}

}
