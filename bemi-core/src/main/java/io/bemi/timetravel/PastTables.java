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

	/**
	 * Tables with a description that held then, or none at all, and what stands for the
	 * moment if that is not known.
	 */
	private static final String TABLES = """
			WITH m AS MATERIALIZED (
			     SELECT v.text, pg_catalog.string_to_array(pg_catalog.split_part(v.text, ' ', 1), ',')::integer[] AS sources,
			            coalesce(?::pg_lsn, pg_catalog.split_part(v.text, ' ', 2)::pg_lsn) AS upto, ?::text AS name, ?::text AS schema
			       FROM (SELECT coalesce(?, %1$s.moment(?, ?, ?, ?)) AS text OFFSET 0) v)
			SELECT m.text, n.source, n.oid, n.schema, n.name, n.id, n.newest
			  FROM m
			  LEFT JOIN LATERAL (
			       SELECT t.source, t.oid, t.schema, t.name, t.id,
			              (SELECT max(r.id) FROM %1$s.relation r WHERE r.source = t.source AND r.oid = t.oid) AS newest
			         FROM (SELECT DISTINCT ON (r.oid) r.source, r.oid, r.schema, r.name, r.id FROM %1$s.relation r
			                WHERE r.source = ANY (m.sources) AND r.since <= m.upto
			                ORDER BY r.oid, r.id DESC) t
			        WHERE t.name = m.name AND coalesce(t.schema = m.schema, true)
			       UNION ALL
			       SELECT * FROM (
			           SELECT DISTINCT ON (b.oid) b.source, b.oid, b.schema, b.name, 0::bigint, NULL::bigint FROM %1$s.baseline b
			            WHERE b.source = ANY (m.sources) AND b.since <= m.upto AND b.name = m.name AND coalesce(b.schema = m.schema, true)
			              AND NOT EXISTS (SELECT FROM %1$s.relation r WHERE r.source = ANY (m.sources) AND r.oid = b.oid AND r.since <= m.upto)
			            ORDER BY b.oid, b.id DESC) o) n ON true
			 ORDER BY n.id DESC
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
	 * @param moment the moment
	 * @param resolved what stands for it in the store; {@code null} to ask for that, too
	 * @throws TimeTravelException when there is none, or more than one schema has one
	 */
	Found find(String name, Moment moment, @Nullable String resolved) {
		int dot = name.indexOf('.');
		String schema = (dot > 0) ? name.substring(0, dot) : null;
		return single(name, moment, named(name.substring(dot + 1), schema, moment, resolved, null));
	}

	/**
	 * Finds a table by the name that it has now, with the columns that it has now.
	 * @param schema its schema; {@code null} for any
	 * @param name its name
	 * @param moment the moment
	 * @param resolved what stands for it in the store; {@code null} to ask for that, too
	 * @throws TimeTravelException when there is none, or more than one schema has one
	 */
	Found findNewest(@Nullable String schema, String name, Moment moment, @Nullable String resolved) {
		return single((schema != null) ? schema + "." + name : name, moment,
				named(name, schema, moment, resolved, NEWEST));
	}

	private static Found single(String name, Moment moment, List<Found> found) {
		if (found.isEmpty()) {
			throw new TimeTravelException("No table '" + name + "' is recorded as of " + moment);
		}
		PastTable newest = found.get(0).table();
		if (found.stream().anyMatch((other) -> !other.table().schema().equals(newest.schema()))) {
			throw new TimeTravelException(
					"Table '" + name + "' is in more than one schema: name it with its schema, as in '" + newest + "'");
		}
		return found.get(0);
	}

	private List<Found> named(String name, @Nullable String schema, Moment moment, @Nullable String resolved,
			@Nullable String upto) {
		try {
			List<Row> rows = this.travel.ask(moment, (connection, parameters) -> {
				try (PreparedStatement statement = connection
					.prepareStatement(TABLES.formatted(Sql.identifier(this.store.schema())))) {
					statement.setString(1, upto);
					statement.setString(2, name);
					statement.setString(3, schema);
					statement.setString(4, resolved);
					parameters.set(statement, 5);
					return rows(statement);
				}
			});
			List<Found> found = new ArrayList<>();
			for (Row row : rows) {
				found.add(
						new Found(row.resolved(), PastTable.of(this.travel.table(row.source(), row.oid(), row.newest()),
								row.schema(), row.name(), row.version())));
			}
			return found;
		}
		catch (SQLException ex) {
			throw JdbcTimeTravel.translated(ex);
		}
	}

	private static List<Row> rows(PreparedStatement statement) throws SQLException {
		List<Row> rows = new ArrayList<>();
		try (ResultSet row = statement.executeQuery()) {
			while (row.next()) {
				String name = row.getString(5);
				// Where there is none, there is a row with what stands for the moment.
				if (name != null) {
					rows.add(new Row(row.getString(1), row.getInt(2), row.getLong(3), row.getString(4), name,
							row.getLong(6), row.getLong(7)));
				}
			}
		}
		return rows;
	}

	/**
	 * A table that was found.
	 *
	 * @param resolved what stands for the moment in the store
	 * @param table the table
	 */
	record Found(String resolved, PastTable table) {
	}

	private record Row(String resolved, int source, long oid, String schema, String name, long version, long newest) {
	}

}
