package io.bemi.replay;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.bemi.testsupport.TestDatabase;
import org.jspecify.annotations.Nullable;

/**
 * What the published tables held at a moment.
 *
 * @param snapshot which transactions had committed
 * @param time when it was, by the server's clock
 * @param tables the tables by object id
 */
record Moment(Snapshot snapshot, Instant time, Map<Long, Content> tables) {

	private static final String TABLES = """
			SELECT c.oid, format('%I.%I', n.nspname, c.relname), c.relkind = 'p',
			       ARRAY(SELECT quote_literal(a.attname) FROM pg_attribute a JOIN pg_index i ON i.indrelid = c.oid AND a.attnum = ANY (i.indkey)
			              WHERE a.attrelid = c.oid AND CASE c.relreplident WHEN 'i' THEN i.indisreplident ELSE i.indisprimary END
			              ORDER BY a.attnum),
			       (SELECT array_agg(a.attname || E'\\t' || a.attnum) FROM pg_attribute a
			         WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '')
			  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
			 WHERE shadow.published(c.oid) AND n.nspname <> 'shadow' AND c.relname <> 'barrier' ORDER BY c.oid
			""";

	/**
	 * Looks at everything that no session has locked.
	 */
	static Moment now(TestDatabase database) throws SQLException {
		try (Connection connection = database.connect(); Statement statement = connection.createStatement()) {
			connection.setAutoCommit(false);
			connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
			statement.execute("SET lock_timeout = '10ms'; SET TimeZone = 'UTC'");
			Snapshot snapshot;
			Instant time;
			try (ResultSet row = statement.executeQuery("SELECT pg_current_snapshot(), now()")) {
				row.next();
				snapshot = Snapshot.parse(row.getString(1));
				time = row.getObject(2, OffsetDateTime.class).toInstant();
			}
			List<Content> contents = new ArrayList<>();
			try (ResultSet row = statement.executeQuery(TABLES)) {
				while (row.next()) {
					contents.add(new Content(row.getLong(1), row.getString(2), row.getBoolean(3),
							List.of((String[]) row.getArray(4).getArray()), Image.readNumbers(row, 5),
							new ArrayList<>()));
				}
			}
			Map<Long, Content> tables = new HashMap<>();
			for (Content content : contents) {
				statement.execute("SAVEPOINT before_table");
				try {
					content.read(statement);
					tables.put(content.relation(), content);
				}
				catch (SQLException ex) {
					statement.execute("ROLLBACK TO before_table");
				}
			}
			return new Moment(snapshot, time, tables);
		}
	}

	/**
	 * Whether something in the history had happened: a change was visible, or a row had
	 * been found.
	 */
	boolean sees(Recorded change) {
		return this.snapshot.sees(change.transaction())
				|| (change.isFound() && !change.committedAt().isAfter(this.time));
	}

	/**
	 * The transactions that a snapshot sees.
	 *
	 * @param min all before it
	 * @param max none from it on
	 * @param running but not these
	 */
	record Snapshot(long min, long max, Set<Long> running) {

		static Snapshot parse(String text) {
			String[] parts = text.split(":", -1);
			Set<Long> running = new HashSet<>();
			for (String xid : parts[2].split(",", -1)) {
				if (!xid.isEmpty()) {
					running.add(Long.valueOf(xid));
				}
			}
			return new Snapshot(Long.parseLong(parts[0]), Long.parseLong(parts[1]), running);
		}

		boolean sees(long transaction) {
			return transaction < this.min || (transaction < this.max && !this.running.contains(transaction));
		}

	}

	/**
	 * The rows of a table.
	 *
	 * @param relation its object id
	 * @param name its quoted name
	 * @param partitioned whether its rows are in partitions
	 * @param key the names of the columns of its key, as literals
	 * @param columns the numbers of the columns by their names
	 * @param rows its rows
	 */
	record Content(long relation, String name, boolean partitioned, List<String> key, Map<String, Integer> columns,
			List<Row> rows) {

		/**
		 * The same table with other rows.
		 */
		Content of(List<Row> others) {
			return new Content(this.relation, this.name, this.partitioned, this.key, this.columns, others);
		}

		private void read(Statement statement) throws SQLException {
			String members = this.key.isEmpty() ? "NULL" : (this.key.size() == 1) ? "j ->> " + this.key.get(0)
					: "jsonb_build_array(j -> " + String.join(", j -> ", this.key) + ")::text";
			try (ResultSet row = statement.executeQuery("SELECT %s, %s FROM %s t, to_jsonb(t) j".formatted(members,
					Image.sql("j"), this.partitioned ? this.name : "ONLY " + this.name))) {
				while (row.next()) {
					Map<String, String> image = Image.read(row, 2);
					image.keySet().retainAll(this.columns.keySet());
					this.rows.add(new Row(row.getString(1), image));
				}
			}
		}

	}

	/**
	 * A row.
	 *
	 * @param key its key, as the history writes it
	 * @param image its columns
	 */
	record Row(@Nullable String key, Map<String, String> image) {
	}

}
