package io.bemi.benchmarks;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
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
 * that it gives.
 */
final class ReadStore {

	static final int TABLES = 20;

	static final int USERS = 1_000;

	private static final int PER_TRANSACTION = 5;

	private static final int PER_RECORD = 20;

	private static final YearMonth FIRST = YearMonth.of(2025, 1);

	private static final String TIME = "timestamptz '%s-01 00:00+00' + (t - %d) * interval '%d microseconds'";

	private static final String CONTEXTS = """
			INSERT INTO context_%1$s
			SELECT %2$s, 1, (t::bigint * 4096)::numeric + '0/0'::pg_lsn, 0, t,
			       jsonb_build_object('user', 'user-' || hashint8(t) %% 500 + 500, 'tenant', 'tenant-' || t %% 10,
			         'endpoint', 'PUT /orders/{id}', 'requestId', md5('r' || t), 'params', jsonb_build_object('page', t %% 7),
			         '_bemi', jsonb_build_object('entryPoint', 'http', 'method', 'OrderController.update',
			                                     'traceId', md5('t' || t / 3)))
			  FROM generate_series(%3$d, %4$d) t
			""";

	private static final String CHANGES = """
			INSERT INTO change_%1$s
			SELECT %2$s, 1, (t::bigint * 4096)::numeric + '0/0'::pg_lsn, o, 1 + (r %% %5$d), t, 0,
			       (CASE WHEN r / %6$d = 0 AND o %% 2 = 0 THEN 'C' ELSE 'U' END)::"char", r::text,
			       jsonb_build_object('id', r, 'task', 'task ' || t, 'status', (ARRAY['new', 'paid', 'sent'])[1 + t %% 3],
			                          'amount', t %% 1000, 'note', md5(t::text), 'isCompleted', false),
			       jsonb_build_object('task', 'task ' || t - 1, 'amount', t %% 999), NULL, NULL
			  FROM generate_series(%3$d, %4$d) t, generate_series(0, %7$d) o,
			       LATERAL (SELECT abs(hashint8(t * 5 + o)) %% %6$d AS r) x
			""";

	/** What another month was like, with other records. */
	private static final String SAME_CHANGES = """
			INSERT INTO change_%1$s
			SELECT committed_at + (timestamptz '%2$s-01 00:00+00' - timestamptz '%3$s-01 00:00+00'), source,
			       position + %4$d * 4096::numeric, ordinal, relation, transaction_id + %4$d, context, operation,
			       (primary_key::bigint + %5$d)::text, image, replaced, unknown, digest
			  FROM change_%6$s WHERE transaction_id <= %7$d
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
	 * Makes the store and fills it.
	 */
	ReadStore fill(DataSource dataSource, int perMonth) throws SQLException {
		try (Connection connection = dataSource.getConnection(); Statement statement = connection.createStatement()) {
			new StoreSchema(this.schema).migrate(connection);
			statement.execute("SET search_path = " + this.schema + "; SET TimeZone = 'UTC'");
			statement.execute("INSERT INTO source (name, database, system_identifier, timeline)"
					+ " VALUES ('bemi_shop', 'shop', '1', 1)");
			statement.execute("INSERT INTO relation (source, oid, schema, name, replica_identity, columns, since)"
					+ " SELECT 1, i, 'public', 'table_' || i, 'd', '[]', '0/1' FROM generate_series(0, " + (TABLES - 1)
					+ ") i");
			connection.setAutoCommit(false);
			int perPart = perMonth / PER_TRANSACTION;
			for (int month = 0; month * perPart < transactions(); month++) {
				fill(statement, FIRST.plusMonths(month), month * perPart + 1,
						Math.min(transactions(), (month + 1) * perPart), perPart);
				connection.commit();
			}
			connection.setAutoCommit(true);
			statement.execute("VACUUM (ANALYZE)");
		}
		return this;
	}

	private void fill(Statement statement, YearMonth month, int from, int to, int perMonth) throws SQLException {
		String name = month.toString().replace('-', '_');
		long step = 28L * 86_400_000_000L / perMonth;
		String time = TIME.formatted(month, from, step);
		// Like ingestion, beside its table and then attached.
		for (String table : List.of("context", "change")) {
			statement.execute(
					"CREATE TABLE %s_%s (LIKE %1$s INCLUDING DEFAULTS INCLUDING CONSTRAINTS)".formatted(table, name));
		}
		statement.execute(CONTEXTS.formatted(name, time, from, to));
		statement
			.execute(CHANGES.formatted(name, time, from, to, TABLES, this.changes / PER_RECORD, PER_TRANSACTION - 1));
		for (String table : List.of("context", "change")) {
			statement.execute(
					"ALTER TABLE %s ATTACH PARTITION %1$s_%s FOR VALUES FROM ('%s-01 00:00+00') TO ('%s-01 00:00+00')"
						.formatted(table, name, month, month.plusMonths(1)));
		}
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

	@Override
	public String toString() {
		return this.schema;
	}

}
