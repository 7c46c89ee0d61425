package io.bemi.timetravel;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
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
import io.bemi.change.RowBinding;
import io.bemi.query.Changes;
import io.bemi.query.EntityTable;
import io.bemi.query.EntityTables;
import io.bemi.query.KeyText;
import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

/**
 * What the tables held, folded from the history in the store, wherever that is.
 */
final class StoredPast implements Past {

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

	private final Map<String, PastTable> tables = new ConcurrentHashMap<>();

	private volatile @Nullable String resolved;

	StoredPast(JdbcTimeTravel travel, Moment moment, StoreConnections store, Changes changes) {
		this.travel = travel;
		this.moment = moment;
		this.store = store;
		this.changes = changes;
	}

	@Override
	public Optional<Map<String, @Nullable Object>> find(String table, Object key) {
		return find(table(table), key.toString());
	}

	private Optional<Map<String, @Nullable Object>> find(PastTable table, String key) {
		if (table.key().isEmpty()) {
			throw new TimeTravelException("Table " + table + " has no key, so that no record of it can be found");
		}
		List<Long> versions = table.recorded().versions();
		List<PastRow> rows = read(RECORD, table, (connection, statement) -> {
			statement.setString(6, key);
			statement.setArray(7, connection.createArrayOf("bigint", versions.toArray()));
			statement.setArray(8, connection.createArrayOf("bigint", versions.toArray()));
		});
		return rows.stream().findFirst().map((row) -> row.columns(table));
	}

	@Override
	public <T> Optional<T> find(Class<T> type, Object id) {
		Assert.notNull(type, "'type' must not be null");
		Assert.notNull(id, "'id' must not be null");
		EntityReader reader = this.travel.application().entities().get();
		if (reader != null && this.travel.isLocal()) {
			return this.travel.at(this.moment, () -> Optional.ofNullable(reader.find(type, id)));
		}
		return row(type, id).map((row) -> RowBinding.bind(row, type));
	}

	/**
	 * The row of an entity, by the columns that its tables have now.
	 */
	private Optional<Map<String, @Nullable Object>> row(Class<?> type, Object id) {
		EntityTables entities = this.travel.application().tables();
		EntityTable entity = entities.find(type)
			.orElseThrow(() -> new TimeTravelException(type.getName() + " is no entity of this application"));
		Map<String, Object> key = entities.key(type, id);
		Map<String, @Nullable Object> row = new LinkedHashMap<>();
		for (String name : entity.names()) {
			PastTable table = known(new PastTables(this.travel, this.store).findNewest(entity.schema(), name,
					this.moment, this.resolved));
			List<Object> values = new ArrayList<>();
			for (String column : table.key()) {
				Object value = (key.size() == 1) ? key.values().iterator().next() : key.get(column);
				if (value == null) {
					throw new TimeTravelException("The key of table " + table + " is not that of " + type.getName()
							+ ": it has a column '" + column + "'");
				}
				values.add(value);
			}
			find(table, KeyText.of(values)).ifPresent(row::putAll);
		}
		return row.isEmpty() ? Optional.empty() : Optional.of(row);
	}

	@Override
	public List<Map<String, @Nullable Object>> rows(String table) {
		PastTable found = table(table);
		if (found.key().isEmpty()) {
			return keyless(found);
		}
		return List.copyOf(keyed(found).values());
	}

	private Map<String, Map<String, @Nullable Object>> keyed(PastTable table) {
		List<Long> versions = table.recorded().versions();
		Map<String, Map<String, @Nullable Object>> rows = new LinkedHashMap<>();
		for (PastRow row : read(ROWS, table, (connection, statement) -> {
			statement.setArray(6, connection.createArrayOf("bigint", versions.toArray()));
			statement.setArray(7, connection.createArrayOf("bigint", versions.toArray()));
		})) {
			rows.put(String.valueOf(row.key()), row.columns(table));
		}
		return rows;
	}

	private List<Map<String, @Nullable Object>> keyless(PastTable table) {
		List<Long> versions = table.recorded().versions();
		Map<Map<String, @Nullable Object>, Integer> counts = new LinkedHashMap<>();
		for (PastRow row : read(KEYLESS, table, (connection, statement) -> statement.setArray(6,
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
		PastTable found = table(table);
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

	private PastTable withKey(String name) {
		PastTable table = table(name);
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

	private PastTable table(String name) {
		PastTable known = this.tables.get(name);
		if (known == null) {
			known = known(new PastTables(this.travel, this.store).find(name, this.moment, this.resolved));
			this.tables.put(name, known);
		}
		return known;
	}

	private PastTable known(PastTables.Found found) {
		this.resolved = found.resolved();
		return found.table();
	}

	private List<PastRow> read(String sql, PastTable table, Parameters parameters) {
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
					List<PastRow> rows = new ArrayList<>();
					try (ResultSet row = statement.executeQuery()) {
						while (row.next()) {
							Array unknown = row.getArray(3);
							rows.add(new PastRow(row.getLong(1), row.getString(2),
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

}
