package io.bemi.store.retention;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.bemi.store.Partitions;
import io.bemi.store.RecordedTable;
import io.bemi.store.retention.RetentionRun.Step;
import org.jspecify.annotations.Nullable;

/**
 * Takes the records of one table, as they were last before a time, out of the changes
 * that go: each keeps its place in the history, so that whatever is asked of any moment
 * that is left has the same answer. Some records at a time, each time in a transaction of
 * its own that is right by itself.
 */
final class CarryOver {

	private static final int KEYS = 2_000;

	private static final int ROWS = 5_000;

	/** From where on the table's records count. */
	private static final String BEGINNING = """
			SELECT coalesce(relation, 0), coalesce(position, '0/0') FROM baseline
			 WHERE source = ? AND oid = ? AND since <= ?::pg_lsn ORDER BY since DESC, ordinal DESC, id DESC LIMIT 1
			""";

	private static final String EMPTIED = """
			SELECT t.position, t.ordinal FROM unnest(?::bigint[]) r(id)
			 CROSS JOIN LATERAL (SELECT c.position, c.ordinal FROM change c
			                      WHERE c.relation = r.id AND c.operation = 'T' AND c.committed_at < ?::timestamptz
			                      ORDER BY c.position DESC, c.ordinal DESC LIMIT 1) t
			 ORDER BY t.position DESC, t.ordinal DESC LIMIT 1
			""";

	/** Kept records of which nothing counts any more. */
	private static final String REMOVE_VOID = Removal.removing(
			"""
					DELETE FROM change_kept c WHERE c.ctid = ANY (ARRAY(
					    SELECT k.ctid FROM change_kept k
					     WHERE k.relation = ANY (?) AND (? OR k.relation < ? OR (k.position, k.ordinal) <= (?::pg_lsn, ?)) LIMIT ?))
					"""
					+ Removal.RETURNING_KEPT);

	/** Of one month, by index alone. */
	private static final String KEYS_OF_MONTH = """
			SELECT p.key FROM r CROSS JOIN LATERAL (
			    SELECT DISTINCT c.%2$s AS key FROM "%1$s" c
			     WHERE c.relation = r.id AND c.%2$s %3$s (SELECT key FROM after) ORDER BY 1 LIMIT %4$d) p
			""";

	private static final String NEXT_KEYS = """
			WITH r AS MATERIALIZED (SELECT unnest(?::bigint[]) AS id), after AS MATERIALIZED (SELECT ?::text AS key)
			SELECT x.key FROM (%s) x ORDER BY x.key LIMIT %d
			""";

	/** Few rows of many: by index, whatever the planner knows of a list of keys. */
	private static final String BY_INDEX = """
			SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; SET LOCAL enable_hashagg = off;
			SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL jit = off
			""";

	/**
	 * Of each record the newest of its changes that go stays, if the record is there
	 * then, instead of what was kept of it before, and of the record whose key it took
	 * away.
	 */
	private static final String CARRY = """
			WITH k AS MATERIALIZED (SELECT u.key COLLATE "C" AS key FROM unnest(?::text[]) u(key)),
			     newest AS MATERIALIZED (
			         SELECT DISTINCT ON (k.key) k.key, c.*
			           FROM k CROSS JOIN unnest(?::bigint[]) r(id)
			           LEFT JOIN LATERAL (
			                SELECT c.committed_at, c.source, c.position, c.ordinal, c.relation, c.transaction_id, c.context,
			                       c.operation, c.previous_key, c.image, c.unknown
			                  FROM change c
			                 WHERE c.relation = r.id AND c.primary_key = k.key AND c.committed_at < ?::timestamptz
			                 ORDER BY c.position DESC, c.ordinal DESC LIMIT 1) c ON true
			          ORDER BY k.key, c.position DESC NULLS LAST, c.ordinal DESC NULLS LAST),
			     told AS MATERIALIZED (
			         SELECT n.*, n.operation <> 'D' AND (n.position, n.ordinal) > (?::pg_lsn, ?)
			                AND NOT EXISTS (SELECT FROM change m
			                                 WHERE m.relation = ANY (?) AND m.previous_key = n.key AND m.committed_at < ?::timestamptz
			                                   AND (m.position, m.ordinal) > (n.position, n.ordinal)) AS there
			           FROM newest n),
			     ended AS (
			         SELECT t.key, CASE WHEN t.there THEN t.position ELSE 'FFFFFFFF/FFFFFFFF' END AS position, t.ordinal FROM told t
			          UNION ALL
			         SELECT t.previous_key, t.position, t.ordinal FROM told t WHERE t.there AND t.previous_key IS NOT NULL),
			     replaced AS (
			         DELETE FROM change_kept c USING (
			             SELECT x.ctid FROM ended e CROSS JOIN unnest(?::bigint[]) r(id)
			              CROSS JOIN LATERAL (SELECT k.ctid FROM change_kept k
			                                   WHERE k.relation = r.id AND k.primary_key = e.key
			                                     AND (k.position, k.ordinal) < (e.position, coalesce(e.ordinal, 0)) OFFSET 0) x) x
			          WHERE c.ctid = x.ctid %1$s),
			     taken AS (
			         DELETE FROM change c USING told t
			          WHERE t.there AND t.committed_at > '-infinity' AND c.committed_at = t.committed_at AND c.relation = t.relation
			            AND c.primary_key = t.key AND c.position = t.position AND c.ordinal = t.ordinal %2$s),
			     gone AS (SELECT * FROM taken UNION ALL SELECT * FROM replaced),
			%3$s,
			     kept AS (
			         INSERT INTO change_kept (committed_at, source, position, ordinal, relation, transaction_id, context,
			                                  operation, primary_key, previous_key, image, unknown, link, salt)
			         SELECT '-infinity', t.source, t.position, t.ordinal, t.relation, t.transaction_id, t.context,
			                'B', t.key, t.previous_key, t.image,
			                (SELECT array_agg(u.name) FROM unnest(t.unknown) u(name) WHERE NOT jsonb_exists(t.image, u.name)),
			                l.link, CASE WHEN l.link IS NOT NULL THEN uuid_send(gen_random_uuid()) END
			           FROM told t CROSS JOIN (SELECT %4$s AS link) l WHERE t.there AND t.committed_at > '-infinity'
			         RETURNING 1)
			SELECT (SELECT count(*) FROM kept), %5$s
			"""
		.formatted(Removal.RETURNING_KEPT, Removal.RETURNING, Removal.NOTED, Removal.KEPT_LINK, Removal.MOMENTS);

	private final Connection connection;

	private final RetentionRun run;

	private final RetentionRuns runs;

	private final BooleanSupplier stopped;

	/**
	 * Prepares to carry over.
	 * @param connection a connection without autocommit, whose search path has the store
	 * @param stopped asked after each transaction, whether to leave the rest for later
	 */
	CarryOver(Connection connection, RetentionRun run, BooleanSupplier stopped) {
		this.connection = connection;
		this.run = run;
		this.runs = new RetentionRuns(connection);
		this.stopped = stopped;
	}

	/**
	 * Carries a table over.
	 * @return whether it is done
	 */
	boolean carry(Step step) throws SQLException {
		RecordedTable table = RecordedTable.of(this.connection, step.table().source(), step.table().oid());
		Beginning beginning = beginning(step, table);
		if (!removeVoid(step, table, beginning)) {
			return false;
		}
		List<Long> keyed = table.versions().stream().filter((id) -> !table.key(id).isEmpty()).toList();
		if (!step.superseded() && !carryKeyed(step, beginning.counting(keyed), beginning)) {
			return false;
		}
		List<Long> keyless = table.versions().stream().filter((id) -> table.key(id).isEmpty()).toList();
		if (!step.superseded() && !keyless.isEmpty()) {
			long carried = new KeylessCarryOver(this.connection, table, keyless).carry(this.run, step, beginning);
			this.runs.count(this.run, carried, 0);
		}
		if (this.run.table() != null && !new RowRemoval(this.connection, this.run, this.runs, this::commit)
			.remove(step.table().source(), table)) {
			return false;
		}
		this.runs.advance(this.run, step, null, true);
		return commit();
	}

	private Beginning beginning(Step step, RecordedTable table) throws SQLException {
		long relation = Long.MAX_VALUE;
		String found = "0/0";
		try (PreparedStatement statement = this.connection.prepareStatement(BEGINNING)) {
			statement.setInt(1, step.table().source());
			statement.setLong(2, step.table().oid());
			statement.setString(3, step.upto());
			try (ResultSet row = statement.executeQuery()) {
				if (row.next()) {
					relation = row.getLong(1);
					found = row.getString(2);
				}
			}
		}
		long known = relation;
		long first = (relation == Long.MAX_VALUE) ? 0
				: table.boundaries().stream().filter((id) -> id <= known).mapToLong(Long::longValue).max().orElse(0);
		try (PreparedStatement statement = this.connection.prepareStatement(EMPTIED)) {
			statement.setArray(1, array(table.versions().stream().filter((id) -> id >= first).toList()));
			statement.setString(2, this.run.before().toString());
			try (ResultSet row = statement.executeQuery()) {
				return row.next() ? new Beginning(first, found, row.getString(1), row.getLong(2))
						: new Beginning(first, found, "0/0", 0);
			}
		}
	}

	private boolean removeVoid(Step step, RecordedTable table, Beginning beginning) throws SQLException {
		if (!step.superseded() && beginning.isFirst()) {
			return true;
		}
		long removed;
		do {
			Removal removal = Removal.of(this.connection, step.table().source());
			try (PreparedStatement statement = this.connection.prepareStatement(REMOVE_VOID)) {
				statement.setArray(1, array(table.versions()));
				statement.setBoolean(2, step.superseded());
				statement.setLong(3, beginning.relation());
				statement.setString(4, beginning.emptiedPosition());
				statement.setLong(5, beginning.emptiedOrdinal());
				statement.setInt(6, ROWS);
				statement.setInt(7, step.table().source());
				removed = removal.run(statement, false);
			}
			// Whoever is ended after each transaction must come further by each.
			if (removed > 0 && !commit()) {
				return false;
			}
		}
		while (removed == ROWS);
		return true;
	}

	private boolean carryKeyed(Step step, List<Long> relations, Beginning beginning) throws SQLException {
		String after = step.after();
		List<String> keys = relations.isEmpty() ? List.of() : nextKeys(relations, after);
		while (!keys.isEmpty()) {
			after = keys.get(keys.size() - 1);
			this.runs.count(this.run, carry(step, keys, relations, beginning), 0);
			this.runs.advance(this.run, step, after, false);
			if (!commit()) {
				return false;
			}
			keys = nextKeys(relations, after);
		}
		return true;
	}

	private List<String> nextKeys(List<Long> relations, @Nullable String after) throws SQLException {
		try (Statement statement = this.connection.createStatement()) {
			statement.execute(BY_INDEX);
		}
		// A key may be empty, too.
		String operator = (after != null) ? ">" : ">=";
		String months = Partitions.months(this.connection)
			.stream()
			.filter((month) -> !Partitions.begin(month.plusMonths(1)).isAfter(this.run.before()))
			.flatMap((month) -> Stream.of("primary_key", "previous_key")
				.map((column) -> KEYS_OF_MONTH.formatted(Partitions.name("change", month), column, operator, KEYS)))
			.collect(Collectors.joining(" UNION "));
		if (months.isEmpty()) {
			return List.of();
		}
		try (PreparedStatement statement = this.connection.prepareStatement(NEXT_KEYS.formatted(months, KEYS))) {
			statement.setArray(1, array(relations));
			statement.setString(2, (after != null) ? after : "");
			try (ResultSet row = statement.executeQuery()) {
				List<String> keys = new ArrayList<>();
				while (row.next()) {
					keys.add(row.getString(1));
				}
				return keys;
			}
		}
	}

	private long carry(Step step, List<String> keys, List<Long> relations, Beginning beginning) throws SQLException {
		Removal removal = Removal.of(this.connection, step.table().source());
		try (PreparedStatement statement = this.connection.prepareStatement(CARRY)) {
			statement.setArray(1, this.connection.createArrayOf("text", keys.toArray()));
			statement.setArray(2, array(relations));
			statement.setString(3, this.run.before().toString());
			statement.setString(4, beginning.emptiedPosition());
			statement.setLong(5, beginning.emptiedOrdinal());
			statement.setArray(6, array(relations));
			statement.setString(7, this.run.before().toString());
			statement.setArray(8, array(relations));
			statement.setInt(9, step.table().source());
			return removal.run(statement, true);
		}
	}

	private boolean commit() throws SQLException {
		this.connection.commit();
		return !this.stopped.getAsBoolean();
	}

	private Array array(List<Long> relations) throws SQLException {
		return this.connection.createArrayOf("bigint", relations.toArray());
	}

	/**
	 * From where on what is recorded of a table counts.
	 *
	 * @param relation the first description of the table
	 * @param found where the rows of a table without key were found
	 * @param emptiedPosition where the table was emptied last
	 * @param emptiedOrdinal which change of its transaction that was
	 */
	record Beginning(long relation, String found, String emptiedPosition, long emptiedOrdinal) {

		/**
		 * Whether all of it does.
		 */
		boolean isFirst() {
			return this.relation == 0 && this.emptiedOrdinal == 0 && this.emptiedPosition.equals("0/0");
		}

		List<Long> counting(List<Long> relations) {
			return relations.stream().filter((id) -> id >= this.relation).toList();
		}

	}

}
