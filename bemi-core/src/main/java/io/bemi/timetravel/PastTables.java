package io.bemi.timetravel;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Finds tables by the names that they had at a moment.
 */
final class PastTables {

	/** Tables with a description that held then, or none at all. */
	private static final String TABLES = """
			SELECT t.oid, t.schema, t.name, t.id, (SELECT max(r.id) FROM %1$s.relation r WHERE r.source = t.source AND r.oid = t.oid)
			  FROM (SELECT DISTINCT ON (r.oid) r.source, r.oid, r.schema, r.name, r.id FROM %1$s.relation r
			         WHERE r.source = ? AND r.since <= ?::pg_lsn
			         ORDER BY r.oid, r.id DESC) t
			 WHERE t.name = ? AND coalesce(t.schema = ?, true)
			UNION ALL
			SELECT * FROM (
			    SELECT DISTINCT ON (b.oid) b.oid, b.schema, b.name, 0::bigint, NULL::bigint FROM %1$s.baseline b
			     WHERE b.source = ? AND b.since <= ?::pg_lsn AND b.name = ? AND coalesce(b.schema = ?, true)
			       AND NOT EXISTS (SELECT FROM %1$s.relation r WHERE r.source = b.source AND r.oid = b.oid AND r.since <= ?::pg_lsn)
			     ORDER BY b.oid, b.id DESC) n
			 ORDER BY id DESC
			""";

	/** After all positions. */
	private static final String NEWEST = "FFFFFFFF/FFFFFFFF";

	private final JdbcTimeTravel travel;

	private final StoreConnections store;

	PastTables(JdbcTimeTravel travel, StoreConnections store) {
		this.travel = travel;
		this.store = store;
	}

	/**
	 * Finds a table.
	 * @param name its name, perhaps with its schema
	 * @param moment the moment, for messages
	 * @param resolved what stands for it in the store
	 * @throws TimeTravelException when there is none, or more than one schema has one
	 */
	PastTable find(String name, Moment moment, String resolved) {
		int dot = name.indexOf('.');
		String schema = (dot > 0) ? name.substring(0, dot) : null;
		String[] parts = resolved.split(" ", 3);
		return single(name, moment, named(name.substring(dot + 1), schema, Integer.parseInt(parts[0]), parts[1]));
	}

	/**
	 * Finds a table by the name that it has now, with the columns that it has now.
	 * @param schema its schema; {@code null} for any
	 * @param name its name
	 * @param moment the moment, for messages
	 * @param resolved what stands for it in the store
	 * @throws TimeTravelException when there is none, or more than one schema has one
	 */
	PastTable findNewest(@Nullable String schema, String name, Moment moment, String resolved) {
		return single((schema != null) ? schema + "." + name : name, moment,
				named(name, schema, Integer.parseInt(resolved.split(" ", 3)[0]), NEWEST));
	}

	private static PastTable single(String name, Moment moment, List<PastTable> found) {
		if (found.isEmpty()) {
			throw new TimeTravelException("No table '" + name + "' is recorded as of " + moment);
		}
		PastTable newest = found.get(0);
		if (found.stream().anyMatch((other) -> !other.schema().equals(newest.schema()))) {
			throw new TimeTravelException(
					"Table '" + name + "' is in more than one schema: name it with its schema, as in '" + newest + "'");
		}
		return newest;
	}

	private List<PastTable> named(String name, @Nullable String schema, int source, String upto) {
		try {
			record Found(long oid, String schema, String name, long version, long newest) {
			}
			List<Found> found = this.store.call((connection) -> {
				try (PreparedStatement statement = connection
					.prepareStatement(TABLES.formatted(Sql.identifier(this.store.schema())))) {
					statement.setInt(1, source);
					statement.setString(2, upto);
					statement.setString(3, name);
					statement.setString(4, schema);
					statement.setInt(5, source);
					statement.setString(6, upto);
					statement.setString(7, name);
					statement.setString(8, schema);
					statement.setString(9, upto);
					List<Found> rows = new ArrayList<>();
					try (ResultSet row = statement.executeQuery()) {
						while (row.next()) {
							rows.add(new Found(row.getLong(1), row.getString(2), row.getString(3), row.getLong(4),
									row.getLong(5)));
						}
					}
					return rows;
				}
			});
			List<PastTable> tables = new ArrayList<>();
			for (Found one : found) {
				tables.add(PastTable.of(this.travel.table(source, one.oid(), one.newest()), one.schema(), one.name(),
						one.version()));
			}
			return tables;
		}
		catch (SQLException ex) {
			throw JdbcTimeTravel.translated(ex);
		}
	}

}
