package io.bemi.query;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.bemi.change.Change;
import io.bemi.change.Operation;
import io.bemi.change.Position;
import io.bemi.context.ContextValues;
import io.bemi.store.StoreSchema;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import org.jspecify.annotations.Nullable;

/**
 * A store that tests fill by themselves, with changes that they know.
 */
final class StoredHistory implements AutoCloseable {

	static final String SCHEMA = "Audit \"trail\"";

	private static final String QUOTED = "\"Audit \"\"trail\"\"\"";

	private final TestDatabase database;

	private final HikariDataSource pool;

	private final Map<String, Integer> sources = new LinkedHashMap<>();

	private final Map<String, Long> relations = new LinkedHashMap<>();

	private StoredHistory(TestDatabase database) {
		this.database = database;
		HikariConfig config = new HikariConfig();
		config.setDataSource(database.dataSource());
		config.setMaximumPoolSize(5);
		config.setMinimumIdle(0);
		this.pool = new HikariDataSource(config);
	}

	static StoredHistory create(int version) throws SQLException {
		TestDatabase database = PostgresServer.version(version).createDatabase();
		try (Connection connection = database.connect()) {
			new StoreSchema(SCHEMA).migrate(connection);
		}
		// Quarters, so that what is asked for is in several partitions.
		for (int quarter = 0; quarter < 4; quarter++) {
			for (String table : List.of("change", "context")) {
				database.execute("CREATE TABLE %s.%s_q%d PARTITION OF %1$s.%2$s FOR VALUES FROM ('%s') TO ('%s')"
					.formatted(QUOTED, table, quarter, "2026-%02d-01 00:00+00".formatted(1 + 3 * quarter), (quarter < 3)
							? "2026-%02d-01 00:00+00".formatted(4 + 3 * quarter) : "2027-01-01 00:00+00"));
			}
		}
		return new StoredHistory(database);
	}

	TestDatabase database() {
		return this.database;
	}

	Changes changes() {
		return new JdbcChanges(this.pool, SCHEMA);
	}

	Changes changes(QuerySettings settings) {
		return new JdbcChanges(this.pool, settings, EntityTables.NONE, null);
	}

	/**
	 * The id of a change in the store; registers its source.
	 */
	String id(String source, String database, Position position, long ordinal) {
		int number = this.sources.computeIfAbsent(source, (key) -> {
			this.database
				.execute("INSERT INTO " + QUOTED + ".source (name, database, system_identifier, timeline) VALUES ('"
						+ source + "', '" + database + "', '1', 1)");
			return this.sources.size() + 1;
		});
		return "%04d-%016X-%010d".formatted(number, position.value(), ordinal);
	}

	/**
	 * Stores whole transactions, each in a transaction of its own.
	 */
	void store(List<Change> changes) throws SQLException {
		try (Connection connection = this.database.connect(); Statement statement = connection.createStatement()) {
			statement.execute("SET search_path = " + QUOTED + ", pg_catalog");
			connection.setAutoCommit(false);
			List<Change> batch = new ArrayList<>();
			for (Change change : changes) {
				if (!batch.isEmpty() && !batch.get(0).position().equals(change.position())) {
					insert(connection, batch);
					batch.clear();
				}
				batch.add(change);
			}
			insert(connection, batch);
		}
	}

	/**
	 * Notes by how much times differ from the order of positions, as ingestion does.
	 */
	void noteSetback() {
		this.database.execute("""
				UPDATE %1$s.source s SET setback = (
				       SELECT extract(epoch FROM max(x.latest - x.committed_at)) * 1000000 FROM (
				              SELECT c.committed_at, max(c.committed_at) OVER (ORDER BY c.position) AS latest
				                FROM %1$s.context c WHERE c.source = s.id) x)
				""".formatted(QUOTED));
	}

	private void insert(Connection connection, List<Change> changes) throws SQLException {
		Set<String> contexts = new HashSet<>();
		try (PreparedStatement change = connection.prepareStatement(
				"""
						INSERT INTO change (committed_at, source, position, ordinal, relation, transaction_id, context, operation,
						                    primary_key, image, replaced, unknown)
						VALUES (?::timestamptz, ?, ?::pg_lsn, ?, ?, ?, ?, ?::"char", ?, ?::jsonb, ?::jsonb, ?)""");
				PreparedStatement context = connection.prepareStatement("""
						INSERT INTO context (committed_at, source, position, number, transaction_id, metadata)
						VALUES (?::timestamptz, ?, ?::pg_lsn, ?, ?, ?::jsonb)""")) {
			for (Change row : changes) {
				int source = this.sources.getOrDefault(row.source(), 0);
				int number = (int) row.ordinal();
				change.setString(1, row.committedAt().toString());
				change.setInt(2, source);
				change.setString(3, row.position().toString());
				change.setLong(4, row.ordinal());
				change.setLong(5, relation(source, row));
				change.setLong(6, row.transactionId());
				change.setInt(7, number);
				change.setString(8, row.operation().name().substring(0, 1));
				change.setString(9, row.primaryKey());
				Map<String, @Nullable Object> image = (row.operation() == Operation.DELETE) ? row.before()
						: row.values();
				change.setString(10, (row.operation() != Operation.TRUNCATE) ? ContextValues.toJson(image) : null);
				Map<String, @Nullable Object> replaced = new LinkedHashMap<>();
				row.changed().forEach((column) -> replaced.put(column, row.before().get(column)));
				change.setString(11, (row.operation() == Operation.UPDATE) ? ContextValues.toJson(replaced) : null);
				change.setArray(12,
						row.unknown().isEmpty() ? null : connection.createArrayOf("text", row.unknown().toArray()));
				change.addBatch();
				if (contexts.add(source + "." + number)) {
					context.setString(1, row.committedAt().toString());
					context.setInt(2, source);
					context.setString(3, row.position().toString());
					context.setInt(4, number);
					context.setLong(5, row.transactionId());
					context.setString(6, ContextValues.toJson(row.metadata()));
					context.addBatch();
				}
			}
			change.executeBatch();
			context.executeBatch();
		}
		connection.commit();
	}

	private long relation(int source, Change change) {
		return this.relations.computeIfAbsent(source + "." + change.schema() + "." + change.table(), (key) -> {
			this.database.execute("INSERT INTO " + QUOTED
					+ ".relation (source, oid, schema, name, replica_identity, columns, since) VALUES (" + source + ", "
					+ (this.relations.size() + 1) + ", '" + change.schema() + "', '" + change.table()
					+ "', 'd', '[{\"name\": \"id\", \"key\": true}]', '0/1')");
			return this.relations.size() + 1L;
		});
	}

	/**
	 * An INSERT of one row in a transaction of its own.
	 */
	Change create(long number, Instant committedAt) {
		Position position = new Position(number * 16);
		return new Change(id("bemi_shop", "shop", position, 0), String.valueOf(number),
				Map.of("id", BigDecimal.valueOf(number)), Map.of(), List.of(), List.of(), Map.of("user", "ann"), "shop",
				"public", "todo", Operation.CREATE, committedAt, number, position, 0, "bemi_shop");
	}

	@Override
	public void close() {
		this.pool.close();
		this.database.close();
	}

}
