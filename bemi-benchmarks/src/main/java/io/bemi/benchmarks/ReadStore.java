package io.bemi.benchmarks;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import javax.sql.DataSource;

import io.bemi.query.Changes;
import io.bemi.query.EntityTables;
import io.bemi.query.JdbcChanges;
import io.bemi.query.QuerySettings;
import io.bemi.store.StoreSchema;

/**
 * A store with a history that was never recorded: a million changes a month, five a
 * transaction, twenty a record, of twenty tables. Filled past ingestion, in the shape
 * that it gives, at positions before those of a new server: whoever records in its
 * database goes on with this history.
 */
final class ReadStore {

	static final int TABLES = 20;

	static final int USERS = 1_000;

	/** Between the positions of two transactions. */
	static final int BYTES = 8;

	private static final int PER_TRANSACTION = 5;

	private static final int PER_RECORD = 20;

	private static final YearMonth FIRST = YearMonth.of(2025, 1);

	private static final String TIME = "timestamptz '%s-01 00:00+00' + (t - %d) * interval '%d microseconds'";

	private static final String CONTEXTS = """
			INSERT INTO context_%1$s
			SELECT %2$s, 1, (t::bigint * 8)::numeric + '0/0'::pg_lsn, 0, t,
			       jsonb_build_object('user', 'user-' || hashint8(t) %% 500 + 500, 'tenant', 'tenant-' || t %% 10,
			         'endpoint', 'PUT /orders/{id}', 'requestId', md5('r' || t), 'params', jsonb_build_object('page', t %% 7),
			         '_bemi', jsonb_build_object('entryPoint', 'http', 'method', 'OrderController.update',
			                                     'traceId', md5('t' || t / 3)))
			  FROM generate_series(%3$d, %4$d) t
			""";

	private static final String CHANGES = """
			INSERT INTO change_%1$s
			SELECT %2$s, 1, (t::bigint * 8)::numeric + '0/0'::pg_lsn, o, 1 + (r %% %5$d), t, 0,
			       (CASE WHEN o %% 2 = 0 THEN 'C' ELSE 'U' END)::"char", r::text,
			       jsonb_build_object('id', r, 'task', 'task ' || t, 'status', (ARRAY['new', 'paid', 'sent'])[1 + t %% 3],
			                          'amount', t %% 1000, 'note', md5(t::text), 'isCompleted', false),
			       CASE WHEN o %% 2 = 1 THEN jsonb_build_object('task', 'task ' || t - 1, 'amount', t %% 999) END, NULL, NULL
			  FROM generate_series(%3$d, %4$d) t, generate_series(0, %7$d) o,
			       LATERAL (SELECT abs(hashint8(t * 5 + o)) %% %6$d AS r) x
			""";

	/**
	 * What the first month was like, with other records of the same tables, which takes
	 * less time.
	 */
	private static final String SAME_CHANGES = """
			INSERT INTO change_%1$s
			SELECT c.committed_at + (timestamptz '%2$s-01 00:00+00' - timestamptz '%3$s-01 00:00+00'), c.source,
			       c.position + %4$d * 8::numeric, c.ordinal, c.relation, c.transaction_id + %4$d, c.context, c.operation,
			       r::text, jsonb_set(c.image, '{id}', to_jsonb(r)), c.replaced, c.unknown, c.salt
			  FROM change_%5$s c, LATERAL (SELECT (c.primary_key::bigint + %6$d) %% %7$d AS r) x
			""";

	/** The indexes of a table, to be made of a partition before it is attached. */
	private static final String INDEXES = """
			SELECT regexp_replace(pg_get_indexdef(i.indexrelid), '^CREATE INDEX \\S+ ON ONLY \\S+', 'CREATE INDEX ON %1$s_%2$s')
			  FROM pg_index i WHERE i.indrelid = '%1$s'::regclass
			""";

	private final String schema;

	private final int changes;

	private final Changes query;

	ReadStore(DataSource dataSource, String schema, int changes) {
		this.schema = schema;
		this.changes = changes;
		this.query = new JdbcChanges(dataSource, QuerySettings.of(schema), EntityTables.NONE, null);
	}

	/**
	 * Makes the store.
	 */
	void create(DataSource dataSource) throws SQLException {
		try (Connection connection = dataSource.getConnection(); Statement statement = connection.createStatement()) {
			new StoreSchema(this.schema).migrate(connection);
			statement.execute("SET search_path = " + this.schema);
			statement.execute("INSERT INTO source (name, database, system_identifier, timeline, setback)"
					+ " SELECT 'bemi_postgres', 'postgres', system_identifier::text, 1, 0 FROM pg_control_system()");
			statement.execute("INSERT INTO relation (source, oid, schema, name, replica_identity, columns, since)"
					+ " SELECT 1, i, 'public', 'table_' || i, 'd', '[]', '0/1' FROM generate_series(0, " + (TABLES - 1)
					+ ") i");
			// As they soon are where changes are recorded.
			statement.execute("ANALYZE source, relation");
		}
	}

	/**
	 * The number of months to be filled. The first one comes first.
	 */
	int months(int perMonth) {
		return (this.changes + perMonth - 1) / perMonth;
	}

	/**
	 * Fills a month.
	 */
	void fill(DataSource dataSource, int month, int perMonth) throws SQLException {
		try (Connection connection = dataSource.getConnection(); Statement statement = connection.createStatement()) {
			statement.execute("SET search_path = " + this.schema + "; SET TimeZone = 'UTC'");
			connection.setAutoCommit(false);
			int perPart = perMonth / PER_TRANSACTION;
			fill(statement, FIRST.plusMonths(month), month * perPart + 1,
					Math.min(transactions(), (month + 1) * perPart), perPart);
			connection.commit();
			connection.setAutoCommit(true);
			for (String table : List.of("context", "change")) {
				statement.execute("VACUUM (ANALYZE) " + table + "_" + name(FIRST.plusMonths(month)));
			}
		}
	}

	private void fill(Statement statement, YearMonth month, int from, int to, int perMonth) throws SQLException {
		String name = name(month);
		long step = 28L * 86_400_000_000L / perMonth;
		String time = TIME.formatted(month, from, step);
		// Like ingestion, beside its table and then attached.
		for (String table : List.of("context", "change")) {
			statement.execute(
					"CREATE TABLE %s_%s (LIKE %1$s INCLUDING DEFAULTS INCLUDING CONSTRAINTS)".formatted(table, name));
		}
		statement.execute(CONTEXTS.formatted(name, time, from, to));
		int records = this.changes / PER_RECORD;
		statement.execute((from == 1) ? CHANGES.formatted(name, time, from, to, TABLES, records, PER_TRANSACTION - 1)
				: SAME_CHANGES.formatted(name, month, FIRST, from - 1, name(FIRST), from / perMonth * 4_999L * TABLES,
						records));
		for (String table : List.of("context", "change")) {
			for (String index : indexes(statement, table, name)) {
				statement.execute(index);
			}
			statement.execute(
					"ALTER TABLE %s ATTACH PARTITION %1$s_%s FOR VALUES FROM ('%s-01 00:00+00') TO ('%s-01 00:00+00')"
						.formatted(table, name, month, month.plusMonths(1)));
		}
	}

	private static List<String> indexes(Statement statement, String table, String name) throws SQLException {
		List<String> indexes = new ArrayList<>();
		try (ResultSet row = statement.executeQuery(INDEXES.formatted(table, name))) {
			while (row.next()) {
				indexes.add(row.getString(1));
			}
		}
		return indexes;
	}

	private static String name(YearMonth month) {
		return month.toString().replace('-', '_');
	}

	Changes changes() {
		return this.query;
	}

	int transactions() {
		return this.changes / PER_TRANSACTION;
	}

	int anyTransaction(Random random) {
		return 1 + random.nextInt(transactions());
	}

	int anyRecord(Random random) {
		return random.nextInt(this.changes / PER_RECORD);
	}

	/**
	 * When a moment is, as a part of the history.
	 */
	Instant moment(double part, int perMonth) {
		double months = part * this.changes / perMonth;
		Instant month = FIRST.plusMonths((long) months).atDay(1).atStartOfDay(ZoneOffset.UTC).toInstant();
		return month.plusSeconds((long) ((months - (long) months) * 28 * 86_400));
	}

	/**
	 * When the last change was made.
	 */
	Instant end(int perMonth) {
		return moment(1 - 1e-12, perMonth).truncatedTo(java.time.temporal.ChronoUnit.SECONDS);
	}

	@Override
	public String toString() {
		return this.schema;
	}

}
