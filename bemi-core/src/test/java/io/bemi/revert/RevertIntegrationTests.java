package io.bemi.revert;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.bemi.change.Change;
import io.bemi.change.Operation;
import io.bemi.timetravel.Moment;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.transaction.support.TransactionSynchronizationManager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Reverts, one by one, and what the history says of them.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RevertIntegrationTests {

	private static final String TABLES = """
			CREATE EXTENSION hstore;
			CREATE TABLE todo (id bigint PRIMARY KEY, task text, done boolean NOT NULL DEFAULT false, n bigint);
			CREATE TYPE mood AS ENUM ('sad', 'fine');
			CREATE TYPE place AS (street text, number int);
			CREATE DOMAIN short AS varchar(10) NOT NULL CHECK (value <> '');
			CREATE TABLE typed (id uuid PRIMARY KEY, i smallint, n numeric, f double precision, r real, s short, c char(5), at timestamptz,
			    local timestamp, d date, t time, span interval, b bytea, j jsonb NOT NULL, k json, m mood, p place, xs int[], ts text[][],
			    range tstzrange, ip inet, h hstore, net cidr, bits bit varying, money numeric(10, 2)[], doubled numeric GENERATED ALWAYS AS (n * 2) STORED);
			CREATE SCHEMA "odd ""schema";
			CREATE TABLE "odd ""schema"."t'x" ("Key ""A" text, "key b" timestamptz, "%s ?" text, PRIMARY KEY ("Key ""A", "key b"));
			CREATE TABLE emptied (id bigint PRIMARY KEY, a text);
			CREATE TABLE pile (a text, b int);
			ALTER TABLE pile REPLICA IDENTITY FULL;
			CREATE TABLE vehicle (id bigint PRIMARY KEY, a text);
			CREATE TABLE car (doors int, PRIMARY KEY (id)) INHERITS (vehicle);
			CREATE TABLE trip (id bigint PRIMARY KEY, vehicle bigint REFERENCES vehicle);
			CREATE TABLE land (name text PRIMARY KEY);
			CREATE TABLE town (land text REFERENCES land ON UPDATE CASCADE, name text, PRIMARY KEY (land, name));
			CREATE TABLE street (land text, town text, name text, PRIMARY KEY (land, town, name),
			    FOREIGN KEY (land, town) REFERENCES town ON UPDATE CASCADE);
			CREATE TABLE sign (land text, town text, a int, FOREIGN KEY (land, town) REFERENCES town ON UPDATE CASCADE);
			ALTER TABLE sign REPLICA IDENTITY FULL
			""";

	private Reverted recorded;

	@BeforeAll
	void record() throws Exception {
		this.recorded = Reverted.of(18, TABLES);
		this.recorded.database()
			.execute("ALTER DATABASE " + this.recorded.database().name() + " SET DateStyle = 'German, DMY'",
					"ALTER DATABASE " + this.recorded.database().name() + " SET TimeZone = 'Asia/Kolkata'",
					"ALTER DATABASE " + this.recorded.database().name() + " SET IntervalStyle = 'sql_standard'",
					"ALTER DATABASE " + this.recorded.database().name() + " SET bytea_output = 'escape'");
		this.recorded.pool().getHikariPoolMXBean().softEvictConnections();
	}

	@AfterAll
	void close() {
		this.recorded.close();
	}

	private String todo(long id) {
		return String.join(";", this.recorded.query("SELECT task, done, n FROM todo WHERE id = " + id));
	}

	@Test
	void revertsSeveralUpdatesOfOneRow() {
		this.recorded.transact("INSERT INTO todo VALUES (1, 'one', false, 1)");
		long id = this.recorded.transact("UPDATE todo SET task = 'two' WHERE id = 1",
				"UPDATE todo SET task = 'three', n = 2 WHERE id = 1", "UPDATE todo SET n = 3 WHERE id = 1");
		this.recorded.transact("UPDATE todo SET done = true WHERE id = 1");
		RevertReport report = this.recorded.revert(id);
		assertThat(todo(1)).isEqualTo("one|t|1");
		assertThat(report.updated()).isEqualTo(1);
		assertThat(report.inserted() + report.deleted()).isZero();
	}

	@Test
	void revertsChains() {
		this.recorded
			.transact("INSERT INTO todo VALUES (2, 'there', false, 1), (3, 'deleted and made again', false, 1)");
		long id = this.recorded.transact("INSERT INTO todo VALUES (4, 'new')", "UPDATE todo SET id = 5 WHERE id = 4",
				"UPDATE todo SET task = 'x' WHERE id = 5", "DELETE FROM todo WHERE id = 5",
				"UPDATE todo SET id = 6, task = 'moved' WHERE id = 2", "DELETE FROM todo WHERE id = 3",
				"INSERT INTO todo VALUES (3, 'again', true, 7)", "INSERT INTO todo VALUES (2, 'another')");
		this.recorded.revert(id);
		assertThat(this.recorded.query("SELECT id, task, done, n FROM todo WHERE id BETWEEN 2 AND 6 ORDER BY id"))
			.containsExactly("2|there|f|1", "3|deleted and made again|f|1");
	}

	@Test
	void aRevertCanBeRevertedAndTheHistoryShowsAllThree() {
		this.recorded.transact("INSERT INTO todo VALUES (10, 'first', false, 1), (11, 'stays', false, 1)");
		long bad = this.recorded.transact(Map.of("user", "mallory", "requestId", "r-10"),
				"UPDATE todo SET task = 'bad' WHERE id = 10", "DELETE FROM todo WHERE id = 11",
				"INSERT INTO todo VALUES (12, 'bad too')");
		RevertPlan plan = this.recorded.reverter().planRequest("r-10");
		assertThat(plan.transactions()).containsExactly(bad);
		RevertReport first = this.recorded.reverter()
			.execute(plan, RevertOptions.defaults().by("ann").reason("a bad request"));
		assertThat(this.recorded.query("SELECT id, task FROM todo WHERE id BETWEEN 10 AND 12 ORDER BY id"))
			.containsExactly("10|first", "11|stays");
		Long reverted = java.util.Objects.requireNonNull(first.transactionId());
		this.recorded.revert(reverted);
		assertThat(this.recorded.query("SELECT id, task FROM todo WHERE id BETWEEN 10 AND 12 ORDER BY id"))
			.containsExactly("10|bad", "12|bad too");
		this.recorded.changes().awaitIngested();
		List<Change> history = this.recorded.changes().query().table("todo").primaryKey(10).oldestFirst().list();
		assertThat(history).extracting((change) -> change.values().get("task"))
			.containsExactly("first", "bad", "first", "bad");
		assertThat(history.get(1).metadata()).containsEntry("user", "mallory");
		Map<String, Object> of = context(history.get(2));
		assertThat(of).containsEntry("by", "ann").containsEntry("reason", "a bad request");
		assertThat(of.get("of")).hasToString("{changes=3, transactions=[" + bad + "]}");
		assertThat(context(history.get(3)).get("of")).hasToString("{changes=3, transactions=[" + reverted + "]}");
		assertThat(this.recorded.changes()
			.query()
			.context(JdbcReverter.CONTEXT_KEY, Map.of("of", Map.of("transactions", List.of(bad))))
			.list()).extracting(Change::operation)
			.containsExactlyInAnyOrder(Operation.UPDATE, Operation.CREATE, Operation.DELETE);
	}

	@SuppressWarnings("unchecked")
	private static Map<String, Object> context(Change change) {
		return (Map<String, Object>) java.util.Objects.requireNonNull(change.metadata().get(JdbcReverter.CONTEXT_KEY));
	}

	@Test
	void restoresEveryType() {
		String insert = """
				INSERT INTO typed VALUES (%s, 7, 1.500, 1e300, 0.1, 'short', 'ab', '2026-01-31 23:59:59.123456+05:30', '2026-01-31 23:59:59', '2026-02-03',
				    '23:59:59.999999', '-1 years 2 mons -3 days +04:05:06.7', '\\x00ff5c27', '{"a": [1.50, null, "\\u00e4\\"\\\\"]}', '{"b": 1}', 'fine',
				    ('it''s, a "street"', 5), '{1,NULL,3}', '{{a,"b,c"},{NULL,"NULL"}}', '[2026-01-01 00:00:00+00,)', '10.0.0.1/8',
				    'a=>1, "b c"=>NULL', '10.0.0.0/8', B'10101', '{1.00,2.50}')
				""";
		this.recorded.transact(insert.formatted("'00000000-0000-0000-0000-000000000001'"),
				insert.formatted("'00000000-0000-0000-0000-000000000002'"),
				"INSERT INTO typed (id, s, j) VALUES ('00000000-0000-0000-0000-000000000003', 'x', 'null')");
		List<String> before = this.recorded.query("SELECT t::text FROM typed t ORDER BY id");
		long id = this.recorded.transact("DELETE FROM typed WHERE id <> '00000000-0000-0000-0000-000000000002'",
				"UPDATE typed SET i = NULL, n = NULL, f = NULL, r = NULL, s = 'other', c = NULL, at = NULL, local = NULL, d = NULL, t = NULL,"
						+ " span = NULL, b = NULL, j = '1', k = NULL, m = NULL, p = NULL, xs = NULL, ts = NULL, range = NULL, ip = NULL, h = NULL,"
						+ " net = NULL, bits = NULL, money = NULL");
		this.recorded.revert(id);
		assertThat(this.recorded.query("SELECT t::text FROM typed t ORDER BY id")).isEqualTo(before);
	}

	@Test
	void theScriptDoesTheSame() throws SQLException {
		String table = "\"odd \"\"schema\".\"t'x\"";
		this.recorded.transact("INSERT INTO todo VALUES (20, 'it''s \\ here', false, 1), (21, 'two', false, NULL)",
				"INSERT INTO " + table
						+ " VALUES ('a''b\\', '2026-01-01 00:00:00+00', 'x'), ('c', '2026-01-02 00:00:00+00', 'y')",
				"INSERT INTO pile VALUES ('a', 1), ('a', 1), ('b', 2)");
		List<String> before = rows(table);
		long id = this.recorded.transact("DELETE FROM todo WHERE id = 20",
				"UPDATE todo SET n = 5, task = NULL WHERE id = 21", "INSERT INTO todo VALUES (22)",
				"UPDATE " + table + " SET \"%s ?\" = 'changed', \"Key \"\"A\" = 'moved' WHERE \"Key \"\"A\" <> 'c'",
				"DELETE FROM " + table + " WHERE \"Key \"\"A\" = 'c'", "UPDATE pile SET b = 3 WHERE a = 'b'",
				"INSERT INTO pile VALUES ('a', 1)");
		List<String> after = rows(table);
		RevertPlan plan = this.recorded.reverter().planTransaction(id);
		assertThat(plan.conflicts()).isEmpty();
		assertThat(plan.toString()).contains("UPDATE public.todo {\"id\": 21}", "n: 5 -> null");
		assertThat(plan.toJson()).contains("\"action\": \"INSERT\"", "\"conflicts\": []");
		try (Connection connection = this.recorded.database().connect();
				Statement statement = connection.createStatement()) {
			statement.setEscapeProcessing(false);
			statement.execute(plan.toSql().replace("COMMIT;", ""));
			List<String> seen = new ArrayList<>();
			for (String query : queries(table)) {
				try (java.sql.ResultSet row = statement.executeQuery(query)) {
					while (row.next()) {
						seen.add(row.getString(1));
					}
				}
			}
			assertThat(seen).isEqualTo(before);
			statement.execute("ROLLBACK");
		}
		assertThat(rows(table)).isEqualTo(after);
		this.recorded.reverter().execute(plan);
		assertThat(rows(table)).isEqualTo(before);
	}

	private List<String> rows(String table) {
		List<String> rows = new ArrayList<>();
		queries(table).forEach((query) -> rows.addAll(this.recorded.query(query)));
		return rows;
	}

	private static List<String> queries(String table) {
		return List.of("SELECT t::text FROM todo t WHERE id BETWEEN 20 AND 22 ORDER BY id",
				"SELECT t::text FROM " + table + " t ORDER BY 1", "SELECT t::text FROM pile t ORDER BY 1");
	}

	/**
	 * What is to be deleted goes before its key follows another that goes back.
	 */
	@Test
	void deletesWhatWouldFollowAKeyThatGoesBack() {
		this.recorded.transact("INSERT INTO land VALUES ('A')", "INSERT INTO town VALUES ('A', 'a')");
		long id = this.recorded.transact("INSERT INTO street VALUES ('A', 'a', 'one')",
				"INSERT INTO sign VALUES ('A', 'a', 1)", "UPDATE town SET name = 'b' WHERE name = 'a'",
				"INSERT INTO street VALUES ('A', 'b', 'two')", "UPDATE land SET name = 'B' WHERE name = 'A'",
				"INSERT INTO street VALUES ('B', 'b', 'three')", "INSERT INTO sign VALUES ('B', 'b', 2)");
		this.recorded.revert(id);
		assertThat(this.recorded.query("SELECT land, name FROM town")).containsExactly("A|a");
		assertThat(this.recorded.query("SELECT * FROM street")).isEmpty();
		assertThat(this.recorded.query("SELECT * FROM sign")).isEmpty();
	}

	/**
	 * Rows of a table and of one that inherits from it may have the same key, and are not
	 * the same record.
	 */
	@Test
	void tellsATableFromThoseThatInheritFromIt() {
		this.recorded.transact("INSERT INTO vehicle VALUES (1, 'one'), (2, 'two')",
				"INSERT INTO car VALUES (1, 'car')");
		String rows = "SELECT tableoid::regclass, v.* FROM vehicle v ORDER BY 1, 2";
		List<String> before = this.recorded.query(rows);
		long parent = this.recorded.transact("UPDATE ONLY vehicle SET a = 'changed' WHERE id = 1",
				"DELETE FROM ONLY vehicle WHERE id = 2", "INSERT INTO vehicle VALUES (3, 'three')",
				"INSERT INTO trip VALUES (1, 3)");
		this.recorded.transact("INSERT INTO car VALUES (2, 'other', 2), (3, 'other', 2)");
		RevertReport report = this.recorded.revert(parent);
		assertThat(report.deleted()).isEqualTo(2);
		assertThat(this.recorded.query(rows.replace("FROM vehicle", "FROM ONLY vehicle")))
			.isEqualTo(before.stream().filter((row) -> row.startsWith("vehicle")).toList());
		assertThat(this.recorded.query("SELECT id, a FROM car ORDER BY 1")).containsExactly("1|car", "2|other",
				"3|other");
		long both = this.recorded.transact("UPDATE vehicle SET a = a || '!'", "DELETE FROM vehicle WHERE id = 1");
		assertThat(this.recorded.revert(both).inserted()).isEqualTo(2);
		assertThat(this.recorded.query("SELECT id, a FROM vehicle ORDER BY 1, 2")).containsExactly("1|car", "1|one",
				"2|other", "2|two", "3|other");
	}

	@Test
	void restoresATruncatedTable() {
		this.recorded.transact("INSERT INTO emptied SELECT i, 'row ' || i FROM generate_series(1, 2500) i");
		long id = this.recorded.transact("UPDATE emptied SET a = 'changed' WHERE id = 1",
				"DELETE FROM emptied WHERE id = 2", "INSERT INTO emptied VALUES (9999, 'made')", "TRUNCATE emptied",
				"INSERT INTO emptied VALUES (3, 'instead'), (10000, 'new')");
		this.recorded.revert(id);
		assertThat(this.recorded.query("SELECT count(*), count(*) FILTER (WHERE a = 'row ' || id) FROM emptied"))
			.containsExactly("2500|2500");
	}

	@Test
	void takesARecordBackToAMoment() {
		long then = this.recorded.transact("INSERT INTO todo VALUES (30, 'then', false, 1), (31, 'other', false, 1)");
		this.recorded.transact("UPDATE todo SET task = 'later' WHERE id IN (30, 31)");
		this.recorded.transact("DELETE FROM todo WHERE id = 30");
		this.recorded.reverter()
			.execute(this.recorded.reverter().planRecord("public.todo", 30, Moment.ofTransaction(then)));
		assertThat(todo(30)).isEqualTo("then|f|1");
		assertThat(todo(31)).isEqualTo("later|f|1");
	}

	@Test
	void takesARecordBackToATimeBeforeAll() {
		this.recorded.transact("INSERT INTO todo VALUES (50, 'a', false, 1)");
		assertThat(this.recorded.reverter().planRecord("public.todo", 50, Moment.of(Instant.MAX)).steps()).isEmpty();
		this.recorded.reverter()
			.execute(this.recorded.reverter().planRecord("public.todo", 50, Moment.of(Instant.MIN)));
		assertThat(this.recorded.query("SELECT count(*) FROM todo WHERE id = 50")).containsExactly("0");
	}

	@Test
	void asksWhoeverAuthorizesAndTellsListeners() {
		this.recorded.transact("INSERT INTO todo VALUES (40, 'a', false, 1)");
		long id = this.recorded.transact("UPDATE todo SET task = 'b' WHERE id = 40");
		RevertPlan plan = this.recorded.reverter().planTransaction(id);
		List<String> told = new ArrayList<>();
		RevertAuthorizer refusing = (refused, options) -> {
			throw new SecurityException("not you");
		};
		RevertListener listener = new RevertListener() {

			@Override
			public void progressed(RevertPlan one, long done, long total) {
				told.add("progressed " + done + "/" + total);
			}

			@Override
			public void reverted(RevertPlan one, RevertReport report) {
				told.add("reverted " + report.updated());
			}

			@Override
			public void failed(RevertPlan one, RuntimeException ex) {
				told.add("failed " + ex.getMessage());
			}

		};
		this.recorded.authorizers().add(refusing);
		this.recorded.listeners().add(listener);
		try {
			assertThatExceptionOfType(SecurityException.class).isThrownBy(() -> this.recorded.reverter().execute(plan));
			assertThat(todo(40)).isEqualTo("b|f|1");
			this.recorded.authorizers().clear();
			this.recorded.reverter().execute(plan);
		}
		finally {
			this.recorded.authorizers().clear();
			this.recorded.listeners().clear();
		}
		assertThat(told).containsExactly("failed not you", "progressed 1/1", "reverted 1");
	}

	@Test
	void doesNothingTwice() {
		this.recorded.transact("INSERT INTO todo VALUES (50, 'a', false, 1)");
		long id = this.recorded.transact("UPDATE todo SET task = 'b' WHERE id = 50");
		RevertPlan plan = this.recorded.reverter().planTransaction(id);
		this.recorded.reverter().execute(plan);
		RevertReport again = this.recorded.reverter().execute(plan);
		assertThat(again.updated()).isZero();
		assertThat(todo(50)).isEqualTo("a|f|1");
	}

	@Test
	void refusesToRunWithinATransaction() {
		TransactionSynchronizationManager.setActualTransactionActive(true);
		try {
			assertThatIllegalStateException().isThrownBy(() -> this.recorded.reverter().planTransaction(1))
				.withMessageContaining("outside of any transaction");
		}
		finally {
			TransactionSynchronizationManager.setActualTransactionActive(false);
		}
	}

	@Test
	void givesConnectionsBackAsTheyCame() throws SQLException {
		for (int i = 0; i < 8; i++) {
			try (Connection connection = this.recorded.pool().getConnection();
					Statement statement = connection.createStatement();
					java.sql.ResultSet row = statement.executeQuery(
							"SELECT current_setting('IntervalStyle') || current_setting('search_path') || current_setting('transaction_read_only')")) {
				row.next();
				assertThat(row.getString(1)).isEqualTo("sql_standard\"$user\", publicoff");
				assertThat(connection.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_READ_COMMITTED);
			}
		}
	}

}
