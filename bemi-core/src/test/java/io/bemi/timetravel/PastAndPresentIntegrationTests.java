package io.bemi.timetravel;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.bemi.change.Change;
import io.bemi.change.Position;
import io.bemi.connection.ReadScope;
import io.bemi.query.ChangeQuery;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Past and present on the same pool are never mixed, and what cannot be known is refused.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PastAndPresentIntegrationTests {

	private static final String TABLES = """
			CREATE TABLE todo (id bigint PRIMARY KEY, task varchar(20), list_id bigint);
			CREATE TABLE hot (id bigint PRIMARY KEY, n bigint);
			CREATE TABLE part (id bigint PRIMARY KEY, hot_id bigint REFERENCES hot, n numeric(6, 2), made date);
			CREATE TABLE word (word text PRIMARY KEY, n bigint);
			CREATE TABLE code (code varchar(20) PRIMARY KEY, n bigint);
			CREATE TABLE pair (one text, two text COLLATE "C", n bigint, PRIMARY KEY (one, two));
			CREATE TABLE secret (id bigint PRIMARY KEY);
			ALTER TABLE secret ENABLE ROW LEVEL SECURITY;
			CREATE VIEW done AS SELECT * FROM todo;
			CREATE SEQUENCE numbers
			""";

	private static final int ALTERNATIONS = Integer.getInteger("bemi.alternations",
			Boolean.getBoolean("bemi.soak") ? 10_000 : 1_000);

	private Recording recording;

	private JdbcTemplate jdbc;

	private long past;

	private long present;

	private long warm;

	@BeforeAll
	void record() throws Exception {
		this.recording = Recording.of(18, false, Set.of(), TABLES);
		this.past = this.recording.transact("INSERT INTO todo VALUES (1, 'past', 7), (2, 'gone', 7)",
				"INSERT INTO secret VALUES (1)", "INSERT INTO word SELECT 'w ' || i, 0 FROM generate_series(1, 700) i",
				"INSERT INTO code SELECT 'c' || i, 0 FROM generate_series(1, 700) i",
				"INSERT INTO pair SELECT 'o', 't' || i, 0 FROM generate_series(1, 700) i",
				"INSERT INTO hot VALUES (1, 0)", "INSERT INTO hot SELECT i, 0 FROM generate_series(2, 700) i",
				"INSERT INTO part SELECT i, 1 + i % 700, 0, '2026-01-01' FROM generate_series(1, 2100) i");
		this.present = this.recording.transact("UPDATE todo SET task = 'present' WHERE id = 1",
				"DELETE FROM todo WHERE id = 2");
		for (int i = 0; i < 200; i++) {
			long id = this.recording.transact("UPDATE hot SET n = n + 1 WHERE id = 1",
					"UPDATE part SET n = n + 1 WHERE hot_id = 1");
			this.warm = (i == 149) ? id : this.warm;
		}
		this.recording.await(this.recording.transact("INSERT INTO todo VALUES (3, 'new', 8)"));
		this.jdbc = new JdbcTemplate(this.recording.dataSource());
	}

	@AfterAll
	void close() {
		this.recording.close();
	}

	private <T> T at(Supplier<T> work) {
		return this.recording.travel().at(this.past, work);
	}

	private String task() {
		return java.util.Objects
			.requireNonNull(this.jdbc.queryForObject("SELECT task FROM todo WHERE id = ?", String.class, 1L));
	}

	private String pastTask() {
		return at(this::task);
	}

	@Test
	void alternates() {
		ReadScope[] scope = new ReadScope[1];
		at(() -> scope[0] = ReadScope.current());
		for (int i = 0; i < ALTERNATIONS; i++) {
			try (ReadScope.Opened opened = scope[0].open()) {
				assertThat(task()).isEqualTo("past");
				assertThat(this.jdbc.queryForList("SELECT task FROM todo ORDER BY id", String.class))
					.containsExactly("past", "gone");
			}
			assertThat(task()).isEqualTo("present");
			assertThat(this.jdbc.queryForList("SELECT task FROM todo ORDER BY id", String.class))
				.containsExactly("present", "new");
		}
		assertThat(pastTask()).isEqualTo("past");
	}

	@Test
	void givesConnectionsBackAsTheyCame() throws SQLException {
		at(this::task);
		for (int i = 0; i < 5; i++) {
			try (Connection connection = this.recording.pool().getConnection();
					Statement statement = connection.createStatement();
					ResultSet row = statement.executeQuery(
							"SELECT current_setting('bemi.as_of', true), current_setting('search_path'), current_user,"
									+ " current_setting('transaction_read_only')")) {
				row.next();
				assertThat(row.getString(1)).isNullOrEmpty();
				assertThat(row.getString(2)).isEqualTo("\"$user\", public");
				assertThat(row.getString(3)).isEqualTo("postgres");
				assertThat(row.getString(4)).isEqualTo("off");
				assertThat(connection.getAutoCommit()).isTrue();
			}
		}
	}

	@Test
	void refusesTheSchemaByItsName() {
		assertThatExceptionOfType(DataAccessException.class)
			.isThrownBy(() -> at(() -> this.jdbc.queryForList("SELECT * FROM public.todo")))
			.withStackTraceContaining("permission denied for table todo");
		assertThatExceptionOfType(DataAccessException.class)
			.isThrownBy(() -> at(() -> this.jdbc.queryForList("SELECT * FROM done")))
			.withStackTraceContaining("permission denied for view done");
		assertThatExceptionOfType(DataAccessException.class)
			.isThrownBy(() -> at(() -> this.jdbc.queryForList("SELECT * FROM secret")))
			.withStackTraceContaining("permission denied for table secret");
	}

	@Test
	void refusesWrites() {
		for (String sql : List.of("INSERT INTO todo VALUES (9)", "UPDATE todo SET task = 'x'", "DELETE FROM todo",
				"TRUNCATE todo", "WITH w AS (DELETE FROM todo RETURNING id) SELECT * FROM w",
				"SELECT nextval('numbers')", "CREATE TABLE x (id int)", "SELECT * FROM todo FOR UPDATE",
				"COMMIT; DELETE FROM public.todo")) {
			assertThatThrownBy(() -> at(() -> {
				this.jdbc.execute(sql);
				return "";
			})).as(sql).hasStackTraceContaining("within the past as of transaction " + this.past);
		}
		assertThat(task()).isEqualTo("present");
	}

	@Test
	void worksInTransactions() {
		TransactionTemplate transactions = new TransactionTemplate(
				new JdbcTransactionManager(this.recording.dataSource()));
		String tasks = at(() -> transactions.execute((status) -> task() + task()));
		assertThat(tasks).isEqualTo("pastpast");
		assertThatThrownBy(() -> transactions.execute((status) -> task() + at(this::task)))
			.isInstanceOf(TimeTravelException.class)
			.hasMessageContaining("A transaction is under way");
	}

	@Test
	void refusesAConnectionFromOutside() throws SQLException {
		try (Connection connection = this.recording.dataSource().getConnection();
				Statement statement = connection.createStatement()) {
			statement.execute("SELECT 1");
			assertThatThrownBy(() -> at(() -> {
				try {
					return statement.execute("SELECT * FROM todo");
				}
				catch (SQLException ex) {
					throw new IllegalStateException(ex);
				}
			})).hasStackTraceContaining("was taken outside of the past as of");
		}
	}

	@Test
	void nests() {
		List<String> seen = at(() -> List.of(task(), this.recording.travel().at(this.present, this::task), task()));
		assertThat(seen).containsExactly("past", "present", "past");
	}

	@Test
	void goesOnAfterAnErrorInAutocommit() {
		String task = at(() -> {
			assertThatThrownBy(() -> this.jdbc.queryForList("SELECT 1 / 0 FROM todo"))
				.isInstanceOf(DataAccessException.class);
			return task();
		});
		assertThat(task).isEqualTo("past");
	}

	@Test
	void readsOneChangeOfARecordHoweverManyThereAre() {
		assertReadsFewChanges("SELECT * FROM hot WHERE id = 1", "Index Cond: ((primary_key)::bigint = 1)");
		Long n = this.recording.travel()
			.at(this.warm, () -> this.jdbc.queryForObject("SELECT n FROM hot WHERE id = 1", Long.class));
		assertThat(n).isEqualTo(150);
	}

	@Test
	void readsOneChangeOfEachRecordOfAnAssociation() {
		assertReadsFewChanges("SELECT * FROM part WHERE hot_id = 1",
				"Index Cond: (((image ->> 'hot_id'::text))::bigint = 1)");
		List<String> parts = this.recording.travel()
			.at(this.warm,
					() -> this.jdbc.queryForList(
							"SELECT id || ' ' || n || ' ' || made FROM part WHERE hot_id = 1" + " ORDER BY id",
							String.class));
		assertThat(parts).containsExactly("700 150.00 2026-01-01", "1400 150.00 2026-01-01", "2100 150.00 2026-01-01");
	}

	@Test
	void readsOneChangeOfARecordWhoseKeyIsAText() {
		assertReadsFewChanges("SELECT * FROM word WHERE word = 'w 7'", "= 'w 7'::text)");
		assertReadsFewChanges("SELECT * FROM code WHERE code = 'c7'", "= 'c7'::text)");
	}

	@Test
	void textsAreComparedAsInTheirTables() {
		String collations = """
				SELECT a.attname || ' ' || a.attcollation::regcollation FROM pg_attribute a
				 WHERE a.attrelid = '%s.%s'::regclass AND a.attnum > 0 AND a.attcollation <> 0 ORDER BY a.attnum""";
		at(this::task);
		for (String table : List.of("word", "code", "pair", "todo")) {
			assertThat(this.recording.database().query(collations.formatted("bemi_asof_public", table)))
				.isEqualTo(this.recording.database().query(collations.formatted("public", table)))
				.isNotEmpty();
		}
	}

	private void assertReadsFewChanges(String sql, String condition) {
		String plan = this.recording.travel()
			.at(this.warm, () -> String.join("\n", this.jdbc
				.queryForList("EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) " + sql, String.class)));
		assertThat(plan).contains(condition).doesNotContain("Seq Scan on change");
		assertThat(plan.lines()
			.filter((line) -> line.contains("actual rows="))
			.map((line) -> line.replaceAll(".*actual rows=(\\d+).*", "$1"))).as(plan)
			.allSatisfy((rows) -> assertThat(Integer.parseInt(rows)).isLessThan(5));
		assertThat(plan).as(plan).doesNotContainPattern("Rows Removed by (Index Recheck|Filter|Join Filter): \\d\\d");
	}

	@Test
	void refusesWhatIsNotKnown() {
		TimeTravel travel = this.recording.travel();
		assertThatThrownBy(() -> travel.at(Instant.parse("2001-01-01T00:00:00Z"), this::task))
			.isInstanceOf(TimeTravelException.class)
			.hasMessageContaining("is before what is known. Known is: ");
		assertThatThrownBy(() -> travel.at(Instant.now().plus(Duration.ofDays(1)), this::task))
			.hasMessageContaining("is in the future");
		assertThatThrownBy(() -> travel.at(new Position(Long.MAX_VALUE), this::task))
			.hasMessageContaining("is after what is known. Known is: ");
		assertThatThrownBy(() -> travel.at(Position.ZERO, this::task)).hasMessageContaining("is before what is known");
		assertThatThrownBy(() -> travel.asOf(1L).rows("todo")).hasMessageContaining("Transaction 1 is not recorded");
		assertThatThrownBy(() -> travel.asOf(this.past).rows("nothing")).hasMessageContaining("No table 'nothing'");
		String now = travel.at(Instant.now().minusMillis(1), this::task);
		assertThat(now).isEqualTo("present");
	}

	@Test
	void rowsThatWereFoundBeforeATransactionAreNotTakenForIt() {
		this.recording.database()
			.execute(
					"INSERT INTO bemi.context SELECT committed_at, source, position - 8::numeric, 0, transaction_id, '{}'"
							+ " FROM bemi.context WHERE transaction_id = " + this.past);
		assertThat(pastTask()).isEqualTo("past");
		this.recording.database()
			.execute("SET session_replication_role = replica; DELETE FROM bemi.context c WHERE transaction_id = "
					+ this.past + " AND NOT EXISTS (SELECT FROM bemi.change WHERE position = c.position)");
	}

	@Test
	void readsRecordsAndDifferences() {
		TimeTravel travel = this.recording.travel();
		Past then = travel.asOf(this.past);
		assertThat(then.find("todo", 1).orElseThrow()).containsEntry("task", "past");
		assertThat(then.find("public.todo", 3)).isEmpty();
		assertThat(then.diff("todo", 1, Moment.ofTransaction(this.present)).get("task")).hasToString("past -> present");
		assertThat(then.diff("todo", Moment.ofTransaction(this.present))).containsOnlyKeys("1", "2");
		assertThat(then.history("todo", 1)).hasSize(1);
		assertThat(travel.asOf(this.present).history("todo", 1)).hasSize(2);
	}

	@Test
	void followsTheTables() {
		long before = this.recording.transact("CREATE TABLE moved (id bigint PRIMARY KEY, name text, old integer)",
				"INSERT INTO moved VALUES (1, 'one', 1), (2, 'two', 2)");
		this.recording.await(before);
		long known = this.recording.transact("UPDATE moved SET old = 3 WHERE id = 2");
		this.recording.await(known);
		assertThat(names(known, "SELECT name || old FROM moved ORDER BY id")).containsExactly("one1", "two3");
		this.recording.transact("ALTER TABLE moved RENAME name TO title", "ALTER TABLE moved DROP COLUMN old",
				"ALTER TABLE moved ADD COLUMN added text DEFAULT 'filled'");
		long after = this.recording.transact("INSERT INTO moved VALUES (3, 'three', 'x')",
				"DELETE FROM moved WHERE id = 1");
		this.recording.await(after);
		assertThat(names(known, "SELECT title || added FROM moved ORDER BY id")).containsExactly("onefilled",
				"twofilled");
		assertThat(names(after, "SELECT title || added FROM moved ORDER BY id")).containsExactly("twofilled", "threex");
		assertThat(this.recording.travel().asOf(known).rows("moved")).extracting((row) -> row.keySet().toString())
			.containsOnly("[id, name, old]");
		this.recording.transact("ALTER TABLE moved RENAME TO renamed");
		assertThat(names(known, "SELECT title FROM renamed ORDER BY id")).containsExactly("one", "two");
		long gone = this.recording.transact("DROP TABLE renamed", "CREATE TABLE renamed (id bigint PRIMARY KEY)",
				"INSERT INTO renamed VALUES (5)");
		this.recording.await(gone);
		assertThatThrownBy(() -> names(known, "SELECT id::text FROM renamed"))
			.hasStackTraceContaining("was not there then");
	}

	private List<String> names(long moment, String sql) {
		return this.recording.travel().at(moment, () -> this.jdbc.queryForList(sql, String.class));
	}

	@Test
	void refusesATableThatEverybodyMayRead() {
		this.recording.database().execute("GRANT SELECT ON todo TO PUBLIC");
		try {
			assertThatThrownBy(() -> at(this::task)).isInstanceOf(TimeTravelException.class)
				.hasMessageContaining("REVOKE SELECT ON public.todo FROM PUBLIC");
		}
		finally {
			this.recording.database().execute("REVOKE SELECT ON todo FROM PUBLIC");
		}
		assertThat(pastTask()).isEqualTo("past");
	}

	/**
	 * The history is not travelled: it says within the past what it says without.
	 */
	@Test
	void theHistoryIsThatOfThePresent() {
		ChangeQuery query = this.recording.changes().query().table("todo").oldestFirst();
		List<Change> all = query.list();
		TransactionTemplate transactions = new TransactionTemplate(
				new JdbcTransactionManager(this.recording.dataSource()));
		String task = at(() -> transactions.execute((status) -> {
			assertThat(query.list()).isEqualTo(all);
			assertThat(query.count()).isEqualTo(all.size());
			assertThat(query.primaryKey(3).list()).hasSize(1);
			assertThat(query.transactions()).isNotEmpty();
			assertThat(this.recording.changes().find(all.get(0).id())).contains(all.get(0));
			try (Stream<Change> stream = query.stream()) {
				assertThat(stream).isEqualTo(all);
			}
			assertThat(this.recording.travel().asOf(this.present).find("todo", 1).orElseThrow()).containsEntry("task",
					"present");
			return task();
		}));
		assertThat(task).isEqualTo("past");
		String after = at(() -> {
			this.recording.changes().awaitIngested();
			return task();
		});
		assertThat(after).isEqualTo("past");
		assertThatExceptionOfType(DataAccessException.class)
			.isThrownBy(() -> at(() -> this.jdbc.queryForList("SELECT * FROM bemi.changes")))
			.withStackTraceContaining("permission denied for view changes");
	}

	/**
	 * What a type altered with a rewrite, or quarantine, has left unknown is an error.
	 */
	@Test
	void doesNotTellWhatIsNotKnown() {
		this.recording.transact("CREATE TABLE altered (id bigint PRIMARY KEY, size text, name text)");
		this.recording.changes().awaitIngested(Duration.ofSeconds(30));
		long before = this.recording.transact("INSERT INTO altered VALUES (1, 'four', 'one'), (2, 'twelve', 'two')");
		this.recording.transact("ALTER TABLE altered ALTER COLUMN size TYPE integer USING length(size)");
		long after = this.recording.transact("UPDATE altered SET name = 'ONE' WHERE id = 1");
		this.recording.await(after);
		assertThatThrownBy(() -> names(before, "SELECT name FROM altered WHERE id = 2")).hasStackTraceContaining(
				"It is not known what column size of table public.altered held then, in the record 2");
		assertThat(this.recording.travel().asOf(before).rows("altered")).extracting((row) -> row.get("size"))
			.containsExactly("four", "twelve");
		assertThat(this.recording.travel().asOf(after).find("altered", 1).orElseThrow()).containsEntry("size",
				new BigDecimal(4));
		// A row that could not be stored as it was.
		this.recording.database()
			.execute(
					"SET session_replication_role = replica; UPDATE bemi.change SET image = image - 'task', unknown = '{task}' WHERE transaction_id = "
							+ this.present + " AND primary_key = '1'");
		try {
			Past then = this.recording.travel().asOf(this.present);
			String message = "It is not known what column task of table public.todo held then, in the record 1";
			assertThatThrownBy(() -> then.find("todo", 1)).isInstanceOf(TimeTravelException.class).hasMessage(message);
			assertThatThrownBy(() -> then.rows("todo")).isInstanceOf(TimeTravelException.class).hasMessage(message);
			assertThatThrownBy(() -> then.diff("todo", Moment.ofTransaction(this.past))).hasMessage(message);
			assertThatThrownBy(() -> names(this.present, "SELECT task FROM todo")).hasStackTraceContaining(message);
			assertThatThrownBy(() -> names(this.present, "SELECT id::text FROM todo WHERE list_id = 7"))
				.hasStackTraceContaining(message);
			assertThat(then.history("todo", 1).get(0).unknown()).containsExactly("task");
			assertThat(pastTask()).isEqualTo("past");
		}
		finally {
			this.recording.database()
				.execute(
						"SET session_replication_role = replica; UPDATE bemi.change SET image = image || '{\"task\": \"present\"}', unknown = NULL"
								+ " WHERE transaction_id = " + this.present + " AND primary_key = '1'");
		}
	}

	/**
	 * What is to be a name or a value is never SQL.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "x' OR '1'='1", "x\" OR \"1\"=\"1", "todo; DROP TABLE todo", "'); DELETE FROM todo; --",
			"x\\' OR 1=1 --", "$$ OR true $$", "public.todo\"; --", "/* */", "{?= call x}", "?", "$1", "%s%d", "todo--",
			"1 OR 1=1", "[1, \"a\"] OR true" })
	void noArgumentIsSql(String text) {
		TimeTravel travel = this.recording.travel();
		Past then = travel.asOf(this.past);
		assertThatThrownBy(() -> then.rows(text)).isInstanceOf(TimeTravelException.class)
			.hasMessageContaining("No table '" + text + "' is recorded");
		assertThatThrownBy(() -> then.rows("public." + text)).isInstanceOf(TimeTravelException.class);
		assertThatThrownBy(() -> then.rows(text + ".todo")).isInstanceOf(TimeTravelException.class);
		assertThat(then.find("todo", text)).isEmpty();
		assertThat(then.history("todo", text)).isEmpty();
		assertThat(then.diff("todo", text, Moment.ofTransaction(this.present))).isEmpty();
		for (String function : List.of("bemi.moment('time', ?, false, current_database())",
				"bemi.moment('position', ?, false, current_database())",
				"bemi.moment('transaction', ?, false, current_database())",
				"bemi.moment('time', '2026-01-01', false, ?)", "bemi.past(?, 1, '', '{}', '{}')")) {
			assertThatThrownBy(() -> this.jdbc.queryForList("SELECT " + function, text)).as(function)
				.isInstanceOf(DataAccessException.class);
		}
		assertThat(this.jdbc.queryForList("SELECT * FROM bemi.history(?, ?, ?)", text, text, text)).isEmpty();
		assertThat(this.jdbc.queryForList("SELECT * FROM bemi.history('public', 'todo', ?)", text)).isEmpty();
		assertThatThrownBy(() -> travel.at(this.past, () -> {
			try (Connection connection = this.recording.dataSource().getConnection();
					Statement statement = connection.createStatement()) {
				connection.setSchema(text);
				return statement.execute("SELECT * FROM todo");
			}
			catch (SQLException ex) {
				throw new IllegalStateException(ex);
			}
		})).hasStackTraceContaining("\"todo\" does not exist");
		assertThat(pastTask()).isEqualTo("past");
		assertThat(task()).isEqualTo("present");
	}

	@Test
	void servesPeopleWhoOnlyUseSql() throws SQLException {
		this.recording.travel().prepare();
		try (Connection connection = this.recording.database().connect();
				Statement statement = connection.createStatement()) {
			connection.setAutoCommit(false);
			statement.execute("SELECT bemi.as_of(" + this.past + ")");
			try (ResultSet row = statement.executeQuery("SELECT task FROM todo WHERE id = 1")) {
				row.next();
				assertThat(row.getString(1)).isEqualTo("past");
			}
			connection.rollback();
		}
		String time = this.recording.database()
			.query("SELECT max(committed_at) FROM bemi.changes WHERE transaction_id = " + this.past)
			.get(0);
		assertThat(this.recording.database()
			.query("SELECT task FROM bemi.as_of(NULL::public.todo, '" + time + "') ORDER BY id"))
			.containsExactly("past", "gone");
		assertThat(
				this.recording.database().query("SELECT operation, changed FROM bemi.history('public', 'todo', '1')"))
			.containsExactly("CREATE|{}", "UPDATE|{task}");
	}

}
