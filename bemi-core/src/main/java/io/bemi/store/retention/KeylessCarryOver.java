package io.bemi.store.retention;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import io.bemi.store.RecordedTable;
import io.bemi.store.RecordedTable.Origin;
import io.bemi.store.retention.CarryOver.Beginning;
import io.bemi.store.retention.RetentionRun.Step;
import org.jspecify.annotations.Nullable;

/**
 * Takes the rows of a table without key out of the changes that go: nothing identifies
 * them, so that they are counted, all at once.
 */
final class KeylessCarryOver {

	private static final String CARRY = """
			WITH told AS MATERIALIZED (
			         SELECT c.* FROM change c
			          WHERE c.relation = ANY (?) AND c.relation >= ? AND c.committed_at < ?::timestamptz
			            AND (c.position, c.ordinal) > (?::pg_lsn, ?)
			            AND (c.position > ?::pg_lsn OR (c.operation = 'B' AND c.position = ?::pg_lsn))),
			     rows AS (
			         SELECT %1$s AS image, 1 AS weight FROM (SELECT relation, image FROM told WHERE operation IN ('C', 'B', 'U')) c
			          UNION ALL
			         SELECT %1$s, -1 FROM (SELECT relation, image || coalesce(replaced, '{}') AS image FROM told
			                                WHERE operation IN ('D', 'U')) c),
			     gone AS (DELETE FROM change c WHERE c.relation = ANY (?) AND c.committed_at < ?::timestamptz %2$s),
			%3$s,
			     kept AS (
			         INSERT INTO change_kept (committed_at, source, position, ordinal, relation, transaction_id, context,
			                                  operation, image, unknown, link, salt)
			         SELECT '-infinity', ?, ?::pg_lsn, row_number() OVER (), ?, 0, 0, 'B', n.image,
			                (SELECT array_agg(u.name) FROM unnest(?::text[]) u(name) WHERE NOT jsonb_exists(n.image, u.name)),
			                l.link, CASE WHEN l.link IS NOT NULL THEN uuid_send(gen_random_uuid()) END
			           FROM (SELECT %4$s AS link) l CROSS JOIN (SELECT image, sum(weight) AS times FROM rows GROUP BY image HAVING sum(weight) > 0) n
			          CROSS JOIN LATERAL generate_series(1, n.times) copy
			         RETURNING 1)
			SELECT (SELECT count(*) FROM kept), %5$s
			""";

	private static final String NEWEST = """
			SELECT max(relation) FROM change WHERE relation = ANY (?) AND committed_at < ?::timestamptz
			""";

	private static final String HAS_CHANGED = """
			SELECT EXISTS (SELECT FROM change WHERE relation = ANY (?) AND committed_at < ?::timestamptz
			                  AND committed_at > '-infinity')
			""";

	private final Connection connection;

	private final RecordedTable table;

	private final List<Long> relations;

	/**
	 * Prepares to carry over.
	 * @param relations the table's descriptions without key
	 */
	KeylessCarryOver(Connection connection, RecordedTable table, List<Long> relations) {
		this.connection = connection;
		this.table = table;
		this.relations = relations;
	}

	/**
	 * Carries the rows over.
	 * @return how many are kept
	 */
	long carry(RetentionRun run, Step step, Beginning beginning) throws SQLException {
		if (!Boolean.TRUE.equals(ask(HAS_CHANGED, run))) {
			return 0;
		}
		Removal removal = Removal.of(this.connection, step.table().source());
		long target = (ask(NEWEST, run) instanceof Long newest) ? newest : 0;
		try (PreparedStatement statement = this.connection
			.prepareStatement(CARRY.formatted(image(target).replace("?", "??"), Removal.RETURNING, Removal.NOTED,
					Removal.KEPT_LINK, Removal.MOMENTS))) {
			Object[] all = this.relations.toArray();
			String before = run.before().toString();
			statement.setArray(1, this.connection.createArrayOf("bigint", all));
			statement.setLong(2, beginning.relation());
			statement.setString(3, before);
			statement.setString(4, beginning.emptiedPosition());
			statement.setLong(5, beginning.emptiedOrdinal());
			statement.setString(6, beginning.found());
			statement.setString(7, beginning.found());
			statement.setArray(8, this.connection.createArrayOf("bigint", all));
			statement.setString(9, before);
			statement.setInt(10, step.table().source());
			statement.setInt(11, step.table().source());
			statement.setString(12, step.upto());
			statement.setLong(13, target);
			statement.setArray(14, this.connection.createArrayOf("text", this.table.columns(target).toArray()));
			return removal.run(statement, true);
		}
	}

	private @Nullable Object ask(String sql, RetentionRun run) throws SQLException {
		try (PreparedStatement statement = this.connection.prepareStatement(sql)) {
			statement.setArray(1, this.connection.createArrayOf("bigint", this.relations.toArray()));
			statement.setString(2, run.before().toString());
			try (ResultSet row = statement.executeQuery()) {
				return row.next() ? row.getObject(1) : null;
			}
		}
	}

	/**
	 * A row by the columns of the newest description: so one that came before a change of
	 * the table is the same as the one that went after it.
	 */
	private String image(long target) {
		List<String> cases = new ArrayList<>();
		for (long relation : this.relations) {
			Map<String, Origin> origins = this.table.origins(relation, target);
			boolean same = relation >= target
					|| (origins.size() == this.table.columns(relation).size() && origins.entrySet()
						.stream()
						.allMatch((column) -> column.getKey().equals(column.getValue().name())));
			if (!same) {
				cases.add("WHEN %d THEN '{}'::jsonb%s".formatted(relation,
						origins.entrySet()
							.stream()
							.map((column) -> " || " + member(literal(column.getKey()), column.getValue()))
							.collect(Collectors.joining())));
			}
		}
		return cases.isEmpty() ? "c.image" : "CASE c.relation " + String.join(" ", cases) + " ELSE c.image END";
	}

	private static String member(String name, Origin origin) {
		if (origin.name() == null) {
			return "jsonb_build_object(%s, %s::jsonb)".formatted(name, literal(String.valueOf(origin.filled())));
		}
		String before = literal(origin.name());
		return "CASE WHEN jsonb_exists(c.image, %2$s) THEN jsonb_build_object(%1$s, c.image -> %2$s) ELSE '{}' END"
			.formatted(name, before);
	}

	private static String literal(String text) {
		return "'" + text.replace("'", "''") + "'";
	}

}
