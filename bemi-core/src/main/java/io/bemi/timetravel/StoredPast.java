package io.bemi.timetravel;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

import io.bemi.change.Change;
import io.bemi.change.Change.Difference;
import io.bemi.change.Position;
import io.bemi.query.Changes;
import io.bemi.query.Json;
import io.bemi.store.RecordedTable;
import io.bemi.store.RecordedTable.Origin;
import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

/**
 * What the tables held, folded from the history in the store, wherever that is.
 */
final class StoredPast implements Past {

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

	private static final String RECORD = """
			SELECT n.relation, n.image::text, n.unknown, n.primary_key, n.operation::text, 1
			  FROM %1$s.past(?, ?, ?, ?, ?) p
			 CROSS JOIN (SELECT ?::text AS key) k
			 CROSS JOIN LATERAL (
			       SELECT x.* FROM pg_catalog.unnest(?::bigint[]) r(id)
			        CROSS JOIN LATERAL (
			              SELECT c.relation, c.image, c.unknown, c.primary_key, c.operation, c.position, c.ordinal FROM %1$s.change c
			               WHERE c.relation = r.id AND c.primary_key = k.key AND c.source = p.source
			                 AND c.position <= p.upto AND c.committed_at <= p.upto_time
			               ORDER BY c.position DESC, c.ordinal DESC LIMIT 1) x
			        WHERE r.id >= p.first_relation
			        ORDER BY x.position DESC, x.ordinal DESC LIMIT 1) n
			 WHERE n.operation <> 'D' AND (n.position, n.ordinal) > (p.after_position, p.after_ordinal)
			   AND NOT EXISTS (
			       SELECT FROM %1$s.change m
			        WHERE m.source = p.source AND m.relation = ANY (?) AND m.previous_key = k.key AND m.position <= p.upto
			          AND m.committed_at <= p.upto_time AND (m.position, m.ordinal) > (n.position, n.ordinal))
			""";

	private static final String ROWS = """
			WITH p AS MATERIALIZED (SELECT * FROM %1$s.past(?, ?, ?, ?, ?))
			SELECT n.relation, n.image::text, n.unknown, n.primary_key, n.operation::text, 1
			  FROM p CROSS JOIN LATERAL (
			       SELECT DISTINCT ON (c.primary_key) c.relation, c.image, c.unknown, c.primary_key, c.operation, c.position, c.ordinal
			         FROM %1$s.change c
			        WHERE c.relation = ANY (?) AND c.relation >= p.first_relation AND c.source = p.source AND c.primary_key IS NOT NULL
			          AND c.position <= p.upto AND c.committed_at + '0'::interval <= p.upto_time
			          AND (c.position, c.ordinal) > (p.after_position, p.after_ordinal)
			        ORDER BY c.primary_key, c.position DESC, c.ordinal DESC) n
			 WHERE n.operation <> 'D'
			   AND NOT EXISTS (
			       SELECT FROM %1$s.change m
			        WHERE m.source = p.source AND m.relation = ANY (?) AND m.previous_key = n.primary_key AND m.position <= p.upto
			          AND m.committed_at <= p.upto_time AND (m.position, m.ordinal) > (n.position, n.ordinal))
			 ORDER BY n.primary_key
			""";

	/** What comes and what goes, of a table whose rows nothing identifies. */
	private static final String KEYLESS = """
			WITH p AS MATERIALIZED (SELECT * FROM %1$s.past(?, ?, ?, ?, ?)),
			     c AS (SELECT c.* FROM p JOIN %1$s.change c
			               ON c.relation = ANY (?) AND c.relation >= p.first_relation AND c.source = p.source
			              AND c.position <= p.upto AND c.committed_at <= p.upto_time
			              AND (c.position, c.ordinal) > (p.after_position, p.after_ordinal)
			              AND (c.position > p.found_position OR (c.operation = 'B' AND c.position = p.found_position)))
			SELECT c.relation, c.image::text, c.unknown, NULL, c.operation::text, 1 FROM c WHERE c.operation IN ('C', 'B', 'U')
			UNION ALL
			SELECT c.relation, (c.image || coalesce(c.replaced, '{}'::jsonb))::text, c.unknown, NULL, c.operation::text, -1
			  FROM c WHERE c.operation IN ('D', 'U')
			""";

	private final JdbcTimeTravel travel;

	private final Moment moment;

	private final StoreConnections store;

	private final Changes changes;

	private final Map<String, Table> tables = new ConcurrentHashMap<>();

	private volatile @Nullable String resolved;

	StoredPast(JdbcTimeTravel travel, Moment moment, StoreConnections store, Changes changes) {
		this.travel = travel;
		this.moment = moment;
		this.store = store;
		this.changes = changes;
	}

	@Override
	public Optional<Map<String, @Nullable Object>> find(String table, Object key) {
		Table found = table(table);
		if (found.key().isEmpty()) {
			throw new TimeTravelException("Table " + found + " has no key, so that no record of it can be found");
		}
		List<Long> versions = found.recorded().versions();
		List<Row> rows = read(RECORD, found, (connection, statement) -> {
			statement.setString(6, key.toString());
			statement.setArray(7, connection.createArrayOf("bigint", versions.toArray()));
			statement.setArray(8, connection.createArrayOf("bigint", versions.toArray()));
		});
		return rows.stream().findFirst().map((row) -> row.columns(found));
	}

	@Override
	public <T> Optional<T> find(Class<T> type, Object id) {
		EntityReader reader = this.travel.entities();
		if (reader == null) {
			throw new TimeTravelException("Entities are found through JPA, which this application does not have");
		}
		return this.travel.at(this.moment, () -> Optional.ofNullable(reader.find(type, id)));
	}

	@Override
	public List<Map<String, @Nullable Object>> rows(String table) {
		Table found = table(table);
		if (found.key().isEmpty()) {
			return keyless(found);
		}
		return List.copyOf(keyed(found).values());
	}

	private Map<String, Map<String, @Nullable Object>> keyed(Table table) {
		List<Long> versions = table.recorded().versions();
		Map<String, Map<String, @Nullable Object>> rows = new LinkedHashMap<>();
		for (Row row : read(ROWS, table, (connection, statement) -> {
			statement.setArray(6, connection.createArrayOf("bigint", versions.toArray()));
			statement.setArray(7, connection.createArrayOf("bigint", versions.toArray()));
		})) {
			rows.put(String.valueOf(row.key()), row.columns(table));
		}
		return rows;
	}

	private List<Map<String, @Nullable Object>> keyless(Table table) {
		List<Long> versions = table.recorded().versions();
		Map<Map<String, @Nullable Object>, Integer> counts = new LinkedHashMap<>();
		for (Row row : read(KEYLESS, table, (connection, statement) -> statement.setArray(6,
				connection.createArrayOf("bigint", versions.toArray())))) {
			counts.merge(row.columns(table), row.weight(), Integer::sum);
		}
		List<Map<String, @Nullable Object>> rows = new ArrayList<>();
		counts.forEach((row, count) -> {
			for (int i = 0; i < count; i++) {
				rows.add(row);
			}
		});
		return rows;
	}

	@Override
	public List<Change> history(String table, Object key) {
		Table found = table(table);
		String[] parts = resolved().split(" ", 3);
		Position upto = Position.parse(parts[1]);
		return this.changes.query()
			.schema(found.schema())
			.table(found.name())
			.primaryKey(key)
			.limit(Integer.MAX_VALUE)
			.list()
			.stream()
			.filter((change) -> !change.position().isAfter(upto)
					&& (parts[2].equals("infinity") || !change.committedAt().isAfter(time(parts[2]).toInstant())))
			.toList();
	}

	private static OffsetDateTime time(String text) {
		return OffsetDateTime.parse(text.replace(' ', 'T').replaceFirst("([+-]\\d\\d)$", "$1:00"));
	}

	@Override
	public Map<String, Difference> diff(String table, Object key, Moment other) {
		Assert.notNull(other, "'other' must not be null");
		return diff(find(table, key).orElse(Map.of()), this.travel.asOf(other).find(table, key).orElse(Map.of()));
	}

	@Override
	public Map<String, Map<String, Difference>> diff(String table, Moment other) {
		Assert.notNull(other, "'other' must not be null");
		StoredPast there = new StoredPast(this.travel, other, this.store, this.changes);
		Map<String, Map<String, @Nullable Object>> before = keyed(withKey(table));
		Map<String, Map<String, @Nullable Object>> after = there.keyed(there.withKey(table));
		Set<String> keys = new TreeSet<>(before.keySet());
		keys.addAll(after.keySet());
		Map<String, Map<String, Difference>> differences = new LinkedHashMap<>();
		for (String key : keys) {
			Map<String, Difference> difference = diff(before.getOrDefault(key, Map.of()),
					after.getOrDefault(key, Map.of()));
			if (!difference.isEmpty()) {
				differences.put(key, difference);
			}
		}
		return differences;
	}

	private Table withKey(String name) {
		Table table = table(name);
		if (table.key().isEmpty()) {
			throw new TimeTravelException("Table " + table + " has no key, so that its rows cannot be compared");
		}
		return table;
	}

	private static Map<String, Difference> diff(Map<String, @Nullable Object> before,
			Map<String, @Nullable Object> after) {
		Map<String, Difference> differences = new LinkedHashMap<>();
		Set<String> columns = new LinkedHashSet<>(before.keySet());
		columns.addAll(after.keySet());
		for (String column : columns) {
			Object old = before.get(column);
			Object current = after.get(column);
			if (!Objects.equals(old, current) || before.isEmpty() || after.isEmpty()) {
				differences.put(column, new Difference(old, current));
			}
		}
		return differences;
	}

	private String resolved() {
		String known = this.resolved;
		if (known == null) {
			known = this.travel.resolve(this.moment);
			this.resolved = known;
		}
		return known;
	}

	private Table table(String name) {
		Table known = this.tables.get(name);
		if (known == null) {
			known = find(name);
			this.tables.put(name, known);
		}
		return known;
	}

	private Table find(String name) {
		int dot = name.indexOf('.');
		String schema = (dot > 0) ? name.substring(0, dot) : null;
		List<Table> found = named(name.substring(dot + 1), schema);
		if (found.isEmpty()) {
			throw new TimeTravelException("No table '" + name + "' is recorded as of " + this.moment);
		}
		Table newest = found.get(0);
		if (found.stream().anyMatch((other) -> !other.schema().equals(newest.schema()))) {
			throw new TimeTravelException(
					"Table '" + name + "' is in more than one schema: name it with its schema, as in '" + newest + "'");
		}
		return newest;
	}

	private List<Table> named(String name, @Nullable String schema) {
		String[] parts = resolved().split(" ", 3);
		int source = Integer.parseInt(parts[0]);
		try {
			record Found(long oid, String schema, String name, long version, long newest) {
			}
			List<Found> found = this.store.call((connection) -> {
				try (PreparedStatement statement = connection
					.prepareStatement(TABLES.formatted(Sql.identifier(this.store.schema())))) {
					statement.setInt(1, source);
					statement.setString(2, parts[1]);
					statement.setString(3, name);
					statement.setString(4, schema);
					statement.setInt(5, source);
					statement.setString(6, parts[1]);
					statement.setString(7, name);
					statement.setString(8, schema);
					statement.setString(9, parts[1]);
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
			List<Table> tables = new ArrayList<>();
			for (Found one : found) {
				tables.add(Table.of(this.travel.table(source, one.oid(), one.newest()), one.schema(), one.name(),
						one.version()));
			}
			return tables;
		}
		catch (SQLException ex) {
			throw JdbcTimeTravel.translated(ex);
		}
	}

	private List<Row> read(String sql, Table table, Parameters parameters) {
		String text = resolved();
		try {
			return this.store.call((connection) -> {
				try (PreparedStatement statement = connection
					.prepareStatement(sql.formatted(Sql.identifier(this.store.schema())))) {
					statement.setString(1, text);
					statement.setLong(2, table.recorded().oid());
					statement.setString(3, table.toString());
					statement.setArray(4, connection.createArrayOf("bigint", table.recorded().versions().toArray()));
					statement.setArray(5, connection.createArrayOf("bigint", table.recorded().boundaries().toArray()));
					parameters.set(connection, statement);
					List<Row> rows = new ArrayList<>();
					try (ResultSet row = statement.executeQuery()) {
						while (row.next()) {
							Array unknown = row.getArray(3);
							rows.add(new Row(row.getLong(1), row.getString(2),
									(unknown != null) ? List.of((String[]) unknown.getArray()) : List.of(),
									row.getString(4), row.getInt(6)));
						}
					}
					return rows;
				}
			});
		}
		catch (SQLException ex) {
			throw JdbcTimeTravel.translated(ex);
		}
	}

	@FunctionalInterface
	private interface Parameters {

		void set(Connection connection, PreparedStatement statement) throws SQLException;

	}

	/**
	 * A table as it was then.
	 *
	 * @param recorded what the store has described
	 * @param schema its schema
	 * @param name its name
	 * @param version its description; 0 for none
	 * @param columns the names of its columns
	 * @param key the names of the columns of its key
	 * @param origins where its columns are in images, by their version
	 */
	private record Table(RecordedTable recorded, String schema, String name, long version, List<String> columns,
			List<String> key, Map<Long, Map<String, Origin>> origins) {

		static Table of(RecordedTable recorded, String schema, String name, long version) {
			long described = recorded.versions().stream().filter((id) -> id <= version).reduce((a, b) -> b).orElse(0L);
			Map<Long, Map<String, Origin>> origins = new HashMap<>();
			recorded.versions()
				.stream()
				.filter((id) -> id <= version)
				.forEach((id) -> origins.put(id, recorded.origins(id, version)));
			return new Table(recorded, schema, name, version, recorded.columns(version),
					(described == 0 && !recorded.versions().isEmpty()) ? recorded.key(recorded.versions().get(0))
							: recorded.key(described),
					origins);
		}

		@Override
		public String toString() {
			return this.schema + "." + this.name;
		}

	}

	/**
	 * A row as the history has it.
	 *
	 * @param relation the version of its table
	 * @param image its columns, as JSON
	 * @param unknown the columns whose value is not known, where the image lacks them
	 * @param key its key
	 * @param weight 1 if it is there, -1 if it is gone
	 */
	private record Row(long relation, String image, List<String> unknown, @Nullable String key, int weight) {

		Map<String, @Nullable Object> columns(Table table) {
			Map<String, @Nullable Object> values = Json.readObject(this.image);
			Map<String, Origin> origins = table.origins().getOrDefault(this.relation, Map.of());
			Map<String, @Nullable Object> columns = new LinkedHashMap<>();
			for (String column : table.columns()) {
				Origin origin = origins.get(column);
				if (origin == null || (origin.name() != null && !values.containsKey(origin.name())
						&& this.unknown.contains(origin.name()))) {
					throw new TimeTravelException("It is not known what column " + column + " of table " + table
							+ " held then, in the record " + this.key);
				}
				if (origin.name() == null) {
					columns.put(column, Json.readObject("{\"value\": " + origin.filled() + "}").get("value"));
				}
				else if (values.containsKey(origin.name())) {
					columns.put(column, values.get(origin.name()));
				}
			}
			return columns;
		}

	}

}
