package io.bemi.faults;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import io.bemi.testsupport.TestDatabase;
import io.bemi.tracking.Tracking;
import io.bemi.tracking.TrackingSettings;
import org.jspecify.annotations.Nullable;

/**
 * What the source itself knows of its changes: row triggers note them in the transaction
 * that makes them, and a second slot tells in which order transactions were committed.
 */
final class Truth {

	private static final String[] SCHEMA = {
			"CREATE TABLE item (id bigint PRIMARY KEY, n int, body text); ALTER TABLE item ALTER body SET STORAGE EXTERNAL",
			"CREATE TABLE pair (a int, b text, n int, PRIMARY KEY (a, b))",
			"CREATE TABLE whole (id int PRIMARY KEY, n int, body text); ALTER TABLE whole REPLICA IDENTITY FULL",
			"CREATE TABLE bulk (id bigint PRIMARY KEY, n int)", "CREATE SCHEMA truth",
			"""
					CREATE TABLE truth.change (
					    seq bigint GENERATED ALWAYS AS IDENTITY, xid bigint, tab text, op text, key text, new text, old text, mark text)
					""",
			"CREATE TABLE truth.commit (position pg_lsn PRIMARY KEY, xid bigint, committed_at timestamptz)", """
					CREATE FUNCTION truth.note() RETURNS trigger LANGUAGE plpgsql AS $$
					DECLARE
					    was jsonb := CASE WHEN TG_OP = 'INSERT' THEN '{}' ELSE to_jsonb(OLD) END;
					    now jsonb := CASE WHEN TG_OP = 'DELETE' THEN '{}' ELSE to_jsonb(NEW) END;
					    of jsonb := CASE WHEN TG_OP = 'DELETE' THEN was ELSE now END;
					BEGIN
					    INSERT INTO truth.change (xid, tab, op, key, new, old, mark)
					    VALUES (pg_current_xact_id()::text::bigint, TG_TABLE_NAME, replace(TG_OP, 'INSERT', 'CREATE'),
					            coalesce(of ->> 'id', jsonb_build_array(of -> 'a', of -> 'b')::text),
					            md5(now::text), md5(was::text), current_setting('truth.mark', true));
					    RETURN NULL;
					END $$
					""" };

	private static final String COMMITS = """
			INSERT INTO truth.commit
			SELECT '0/0'::pg_lsn + ('x' || encode(substr(data, 2, 8), 'hex'))::bit(64)::bigint,
			       ('x' || encode(substr(data, 18, 4), 'hex'))::bit(32)::bigint,
			       '2000-01-01 00:00:00+00'::timestamptz
			           + ('x' || encode(substr(data, 10, 8), 'hex'))::bit(64)::bigint * interval '1 microsecond'
			  FROM pg_logical_slot_get_binary_changes('%s', NULL, NULL, 'proto_version', '1', 'publication_names', 'bemi')
			 WHERE get_byte(data, 0) = ascii('B') ON CONFLICT DO NOTHING
			""";

	private static final String EXPECTED = """
			SELECT c.position, t.xid, c.committed_at, t.op, t.tab, t.key, t.new, t.old, t.mark
			  FROM truth.change t JOIN truth.commit c ON c.xid = t.xid ORDER BY c.position, t.seq
			""";

	private static final String ACTUAL = """
			SELECT position, transaction_id, committed_at, operation, "table",
			       CASE WHEN "table" = 'pair' THEN primary_key::jsonb::text ELSE primary_key END,
			       md5("values"::text), md5(before::text), metadata ->> 'mark', ordinal, cardinality(unknown)
			  FROM bemi.changes ORDER BY position, ordinal
			""";

	/** A record is named by its values, whatever the history thinks its key is. */
	private static final String HISTORY = """
			SELECT r.name, c.operation, c.image, c.image || coalesce(c.replaced, '{}'::jsonb)
			  FROM bemi.change c JOIN bemi.relation r ON r.id = c.relation ORDER BY c.position, c.ordinal
			""";

	private final TestDatabase source;

	private final TestDatabase store;

	private final Map<String, Long> counts = new TreeMap<>();

	private final List<String> problems = new ArrayList<>();

	private String checkedTo = "0/0";

	Truth(TestDatabase source, TestDatabase store) {
		this.source = source;
		this.store = store;
	}

	/**
	 * Creates the tables with some rows, and tracks them.
	 */
	void prepare() throws SQLException {
		this.source.execute(SCHEMA);
		for (String table : List.of("item", "pair", "whole", "bulk")) {
			this.source.execute("CREATE TRIGGER truth AFTER INSERT OR UPDATE OR DELETE ON " + table
					+ " FOR EACH ROW EXECUTE FUNCTION truth.note()");
		}
		this.source.execute("INSERT INTO item SELECT i, 0, repeat('old', 1000) FROM generate_series(1, 500) i",
				"INSERT INTO pair SELECT i, 'b', 0 FROM generate_series(1, 20) i",
				"INSERT INTO whole SELECT i, 0, 'old' FROM generate_series(1, 20) i");
		try (Connection connection = this.source.connect()) {
			new Tracking(new TrackingSettings("faults", List.of("*"), List.of("truth.*"), "bemi")).track(connection);
		}
	}

	/**
	 * From here on every commit is witnessed.
	 */
	void witness() {
		this.source.execute("SELECT pg_create_logical_replication_slot('" + slot() + "', 'pgoutput')",
				"DELETE FROM truth.change");
	}

	private String slot() {
		return "witness_" + this.source.name();
	}

	/**
	 * Lets go of the log.
	 */
	void catchUp() {
		this.source.execute(COMMITS.formatted(slot()));
	}

	/**
	 * What the slot was confirmed to has been stored before.
	 * @param slot the slot
	 */
	void checkConfirmed(String slot) {
		String confirmed = this.source
			.query("SELECT confirmed_flush_lsn FROM pg_replication_slots WHERE slot_name = '" + slot + "'")
			.get(0);
		catchUp();
		String range = " position >= '" + this.checkedTo + "' AND position < '" + confirmed + "'";
		Set<String> stored = new HashSet<>(this.store.query("SELECT position FROM bemi.change WHERE" + range));
		List<String> missing = new ArrayList<>(this.source
			.query("SELECT DISTINCT position FROM truth.commit JOIN truth.change USING (xid) WHERE" + range));
		missing.removeAll(stored);
		assertNone("transactions confirmed up to " + confirmed + " that are not stored", missing);
		count("confirmations checked", 1);
		this.checkedTo = confirmed;
	}

	Map<String, Long> counts() {
		return this.counts;
	}

	/**
	 * Compares every change, and the tables with what the history makes of them.
	 * @return what is wrong
	 */
	List<String> check() throws SQLException {
		catchUp();
		List<String> unseen = this.source
			.query("SELECT DISTINCT xid FROM truth.change WHERE xid NOT IN (SELECT xid FROM truth.commit)");
		assertNone("transactions that the server does not show", unseen);
		try (Connection source = this.source.connect();
				Connection store = this.store.connect();
				Rows expected = new Rows(source, EXPECTED);
				Rows actual = new Rows(store, ACTUAL)) {
			compare(expected, actual);
		}
		assertNone("gaps", this.store.query("SELECT * FROM bemi.gap"));
		assertNone("quarantined rows", this.store.query("SELECT * FROM bemi.quarantine"));
		assertNone("transactions whose ordinals have holes", this.store.query("""
				SELECT position FROM bemi.changes GROUP BY position, source
				HAVING min(ordinal) <> 0 OR max(ordinal) <> count(*) - 1"""));
		assertNone("contexts stored twice", this.store
			.query("SELECT position, number FROM bemi.context GROUP BY position, number, source HAVING count(*) > 1"));
		fold();
		return this.problems;
	}

	private void assertNone(String what, List<String> found) {
		if (!found.isEmpty()) {
			this.problems.add(found.size() + " " + what + ", such as " + found.get(0));
		}
	}

	/**
	 * Transaction by transaction, in the order in which the server committed them.
	 */
	private void compare(Rows expected, Rows actual) throws SQLException {
		while (expected.position() != null || actual.position() != null) {
			int order = order(expected.position(), actual.position());
			List<Row> truth = (order <= 0) ? expected.transaction() : List.of();
			List<Row> stored = (order >= 0) ? actual.transaction() : List.of();
			count("transactions", 1);
			count("changes", truth.size());
			long ordinals = stored.stream().map(Row::ordinal).distinct().count();
			count("lost", Math.max(0, truth.size() - ordinals));
			count("repeated", stored.size() - ordinals);
			for (int i = 0; i < Math.max(truth.size(), stored.size()); i++) {
				String one = (i < truth.size()) ? truth.get(i).content() : "nothing";
				String other = (i < stored.size()) ? stored.get(i).content() : "nothing";
				if (!one.equals(other)) {
					count("different", 1);
					this.problems.add("expected " + one + " but found " + other);
				}
			}
		}
	}

	private static int order(@Nullable Long one, @Nullable Long other) {
		if (one == null || other == null) {
			return (one == null) ? 1 : -1;
		}
		return Long.compareUnsigned(one, other);
	}

	private void count(String what, long number) {
		this.counts.merge(what, number, Long::sum);
	}

	private void fold() throws SQLException {
		Map<String, String> rows = new TreeMap<>();
		try (Connection connection = this.store.connect(); Rows history = new Rows(connection, HISTORY)) {
			while (history.rows.next()) {
				ResultSet row = history.rows;
				String table = row.getString(1);
				if (!"C".equals(row.getString(2)) && !"B".equals(row.getString(2))) {
					rows.remove(table + key(row.getString(4)));
				}
				if (!"D".equals(row.getString(2))) {
					rows.put(table + key(row.getString(3)), row.getString(3));
				}
			}
		}
		Map<String, String> live = new TreeMap<>();
		for (String table : List.of("item", "pair", "whole", "bulk")) {
			this.source.query("SELECT to_jsonb(t) FROM " + table + " t")
				.forEach((row) -> live.put(table + key(row), row));
		}
		count("rows", live.size());
		if (!rows.equals(live)) {
			List<String> differences = new ArrayList<>();
			live.forEach((key, row) -> {
				if (!row.equals(rows.get(key))) {
					differences.add(key + " is " + row + ", by history " + rows.get(key));
				}
			});
			rows.keySet().stream().filter((key) -> !live.containsKey(key)).forEach(differences::add);
			assertNone("rows that the history does not give", differences);
		}
	}

	private static String key(String row) {
		// The keys come first in the text of a jsonb: they have the shortest names.
		int end = row.startsWith("{\"a\"") ? row.indexOf(", \"n\"") : row.indexOf(',', row.indexOf("\"id\""));
		int start = row.startsWith("{\"a\"") ? 0 : row.indexOf("\"id\"");
		return row.substring(start, (end > 0) ? end : row.length() - 1);
	}

	/**
	 * Rows that are read a few at a time.
	 */
	private static final class Rows implements AutoCloseable {

		private final Statement statement;

		private final ResultSet rows;

		private @Nullable Row next;

		private final boolean grouped;

		Rows(Connection connection, String sql) throws SQLException {
			connection.setAutoCommit(false);
			this.statement = connection.createStatement();
			this.statement.setFetchSize(2_000);
			this.rows = this.statement.executeQuery(sql);
			this.grouped = sql != HISTORY;
			if (this.grouped) {
				advance();
			}
		}

		private void advance() throws SQLException {
			this.next = this.rows.next() ? Row.of(this.rows) : null;
		}

		@Nullable Long position() {
			return (this.next != null) ? this.next.position() : null;
		}

		List<Row> transaction() throws SQLException {
			List<Row> transaction = new ArrayList<>();
			Row first = this.next;
			while (first != null && this.next != null && this.next.position() == first.position()) {
				transaction.add(this.next);
				advance();
			}
			return transaction;
		}

		@Override
		public void close() throws SQLException {
			this.statement.close();
		}

	}

	/**
	 * A change.
	 *
	 * @param position of its commit
	 * @param ordinal its number in the transaction, where it is known
	 * @param content all that must be the same
	 */
	private record Row(long position, long ordinal, String content) {

		static Row of(ResultSet row) throws SQLException {
			StringBuilder content = new StringBuilder();
			for (int column = 1; column <= 9; column++) {
				content.append(row.getString(column)).append(' ');
			}
			boolean stored = row.getMetaData().getColumnCount() > 9;
			if (stored && row.getInt(11) > 0) {
				content.append("with unknown columns");
			}
			String[] position = row.getString(1).split("/");
			return new Row((Long.parseLong(position[0], 16) << 32) + Long.parseLong(position[1], 16),
					stored ? row.getLong(10) : 0, content.toString());
		}

	}

}
