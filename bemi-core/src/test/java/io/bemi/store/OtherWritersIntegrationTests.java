package io.bemi.store;

import java.io.IOException;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.bemi.connection.BemiDataSource;
import io.bemi.context.BemiContext;
import io.bemi.testsupport.TestDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Sessions without the proxy: each row has the setting {@code bemi.context} of its
 * statement, from there to the view {@code changes}.
 */
@ParameterizedClass
@ValueSource(ints = { 14, 18 })
class OtherWritersIntegrationTests {

	private static final Map<Integer, TrackedCapture> captures = new ConcurrentHashMap<>();

	private static final String B = "SET bemi.context = '{\"by\": \"B\"}'";

	private static final String C = "SET bemi.context = '{\"by\": \"C\"}'";

	private static final String NONE = "RESET bemi.context";

	@Parameter
	int version;

	private TrackedCapture capture;

	private TestDatabase database;

	@BeforeEach
	void start() throws Exception {
		TrackedCapture running = captures.get(this.version);
		if (running == null) {
			running = TrackedCapture.on(this.version, false);
			captures.put(this.version, running);
		}
		this.capture = running;
		this.database = running.database();
		this.database.execute("DROP TABLE IF EXISTS child, item",
				"CREATE TABLE item (id integer PRIMARY KEY, note text)");
		this.capture.contexts();
	}

	@AfterAll
	static void stop() {
		captures.values().forEach(TrackedCapture::close);
		captures.clear();
	}

	private void executeProxied(String... statements) throws SQLException {
		try (Connection connection = new BemiDataSource(this.database.dataSource()).getConnection();
				Statement statement = connection.createStatement()) {
			for (String sql : statements) {
				statement.execute(sql);
			}
		}
	}

	@Test
	void eachStatementOfATransactionHasItsOwn() {
		this.database.execute("BEGIN", insert(1), B, insert(2), C, insert(3), NONE, insert(4), "COMMIT");
		assertThat(this.capture.contexts()).containsExactly("item 1 CREATE|{}", "item 2 CREATE|{\"by\": \"B\"}",
				"item 3 CREATE|{\"by\": \"C\"}", "item 4 CREATE|{}");
	}

	@Test
	void eachTransactionHasItsOwn() {
		this.database.execute(insert(1), B, insert(2), C, insert(3), NONE, insert(4));
		assertThat(this.capture.contexts()).containsExactly("item 1 CREATE|{}", "item 2 CREATE|{\"by\": \"B\"}",
				"item 3 CREATE|{\"by\": \"C\"}", "item 4 CREATE|{}");
		assertThat(this.database.query("SELECT DISTINCT metadata #>> '{_bemi,db,user}' FROM (SELECT * FROM bemi.changes"
				+ " WHERE \"table\" = 'item' ORDER BY id DESC LIMIT 4) newest"))
			.containsExactly(this.database.server().username());
	}

	@Test
	void proxysContextCountsInAProxiedSession() throws SQLException {
		try (BemiContext.Scope scope = BemiContext.open(Map.of("user", "a"))) {
			executeProxied(B, insert(1), "BEGIN", insert(2), C, insert(3), "COMMIT", insert(4));
		}
		assertThat(this.capture.contexts()).containsExactly("item 1 CREATE|{\"user\": \"a\"}",
				"item 2 CREATE|{\"user\": \"a\"}", "item 3 CREATE|{\"user\": \"a\"}",
				"item 4 CREATE|{\"user\": \"a\"}");
	}

	@Test
	void proxiedSessionsFirstTransactionKeepsTheSettingApart() throws SQLException {
		try (Connection connection = new BemiDataSource(this.database.dataSource()).getConnection();
				Statement statement = connection.createStatement()) {
			connection.setAutoCommit(false);
			statement.execute(B);
			BemiContext.run(Map.of("user", "a"), () -> execute(statement, insert(1)));
			BemiContext.run(Map.of("user", "b"), () -> execute(statement, insert(2)));
			execute(statement, insert(3));
			connection.commit();
			execute(statement, insert(4));
			connection.commit();
		}
		assertThat(this.capture.contexts()).containsExactly("item 1 CREATE|{\"user\": \"a\"}",
				"item 2 CREATE|{\"user\": \"b\"}", "item 3 CREATE|{}", "item 4 CREATE|{}");
	}

	private static void execute(Statement statement, String sql) {
		try {
			statement.execute(sql);
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void localSettingEndsWithItsTransaction() {
		this.database.execute(B, "BEGIN", "SET LOCAL bemi.context = '{\"by\": \"L\"}'", insert(1), "COMMIT", insert(2),
				"BEGIN", "SET LOCAL bemi.context = ''", insert(3), "ROLLBACK", insert(4));
		assertThat(this.capture.contexts()).containsExactly("item 1 CREATE|{\"by\": \"L\"}",
				"item 2 CREATE|{\"by\": \"B\"}", "item 4 CREATE|{\"by\": \"B\"}");
	}

	@Test
	void savepointTakesTheSettingBack() {
		this.database.execute("BEGIN", B, insert(1), "SAVEPOINT s", C, insert(2), "ROLLBACK TO s", insert(3),
				"SAVEPOINT s", C, insert(4), "RELEASE s", insert(5), "COMMIT");
		assertThat(this.capture.contexts()).containsExactly("item 1 CREATE|{\"by\": \"B\"}",
				"item 3 CREATE|{\"by\": \"B\"}", "item 4 CREATE|{\"by\": \"C\"}", "item 5 CREATE|{\"by\": \"C\"}");
	}

	@Test
	void exceptionBlockTakesTheSettingBack() {
		this.database.execute("""
				DO $$ BEGIN
				  INSERT INTO item VALUES (1);
				  PERFORM set_config('bemi.context', '{"by": "B"}', true);
				  BEGIN
				    PERFORM set_config('bemi.context', '{"by": "C"}', true);
				    INSERT INTO item VALUES (2);
				    RAISE 'undo';
				  EXCEPTION WHEN OTHERS THEN
				    INSERT INTO item VALUES (3);
				  END;
				  BEGIN
				    PERFORM set_config('bemi.context', '{"by": "C"}', true);
				    INSERT INTO item VALUES (4);
				  EXCEPTION WHEN OTHERS THEN
				    RAISE;
				  END;
				END $$""");
		assertThat(this.capture.contexts()).containsExactly("item 1 CREATE|{}", "item 3 CREATE|{\"by\": \"B\"}",
				"item 4 CREATE|{\"by\": \"C\"}");
	}

	@Test
	void whatADeferredTriggerWritesHasTheSettingAtCommit() {
		this.database.execute("""
				CREATE OR REPLACE FUNCTION also() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
				  INSERT INTO item VALUES (NEW.id + 100, 'also');
				  RETURN NULL;
				END $$""", """
				CREATE CONSTRAINT TRIGGER also AFTER INSERT ON item DEFERRABLE INITIALLY DEFERRED
				   FOR EACH ROW WHEN (NEW.note IS NULL) EXECUTE FUNCTION also()""");
		this.database.execute("BEGIN", B, insert(1), C, insert(2), NONE, "SET LOCAL bemi.context = '{\"by\": \"L\"}'",
				"COMMIT");
		assertThat(this.capture.contexts()).containsExactly("item 1 CREATE|{\"by\": \"B\"}",
				"item 2 CREATE|{\"by\": \"C\"}", "item 101 CREATE|{\"by\": \"L\"}", "item 102 CREATE|{\"by\": \"L\"}");
	}

	@Test
	void foreignKeyCascadesHaveTheirStatements() {
		this.database.execute("""
				CREATE TABLE child (id integer PRIMARY KEY, parent integer NOT NULL
				  REFERENCES item ON DELETE CASCADE ON UPDATE CASCADE)""", "INSERT INTO item VALUES (1), (2)",
				"INSERT INTO child VALUES (1, 1), (2, 2)");
		this.capture.contexts();
		this.database.execute("BEGIN", B, "UPDATE item SET id = 10 WHERE id = 1", C, "DELETE FROM item WHERE id = 2",
				NONE, "DELETE FROM item", "COMMIT");
		assertThat(this.capture.contexts()).containsExactlyInAnyOrder("item 10 UPDATE|{\"by\": \"B\"}",
				"child 1 UPDATE|{\"by\": \"B\"}", "item 2 DELETE|{\"by\": \"C\"}", "child 2 DELETE|{\"by\": \"C\"}",
				"item 10 DELETE|{}", "child 1 DELETE|{}");
	}

	@Test
	void copyHasItsOwn() throws SQLException, IOException {
		try (Connection connection = this.database.connect(); Statement statement = connection.createStatement()) {
			connection.setAutoCommit(false);
			statement.execute(B);
			connection.unwrap(PGConnection.class)
				.getCopyAPI()
				.copyIn("COPY item FROM STDIN", new StringReader("1\ta\n2\tb\n"));
			statement.execute(C);
			connection.unwrap(PGConnection.class)
				.getCopyAPI()
				.copyIn("COPY item FROM STDIN", new StringReader("3\tc\n"));
			connection.commit();
		}
		assertThat(this.capture.contexts()).containsExactly("item 1 CREATE|{\"by\": \"B\"}",
				"item 2 CREATE|{\"by\": \"B\"}", "item 3 CREATE|{\"by\": \"C\"}");
	}

	@Test
	void truncateHasItsOwnInEveryTable() {
		this.database.execute("CREATE TABLE child (id integer PRIMARY KEY, parent integer REFERENCES item)");
		this.database.execute("BEGIN", B, insert(1), C, "TRUNCATE item CASCADE", NONE, insert(2), "COMMIT");
		List<String> contexts = this.capture.contexts();
		assertThat(contexts).hasSize(4).startsWith("item 1 CREATE|{\"by\": \"B\"}").endsWith("item 2 CREATE|{}");
		assertThat(contexts.subList(1, 3)).containsExactlyInAnyOrder("item TRUNCATE|{\"by\": \"C\"}",
				"child TRUNCATE|{\"by\": \"C\"}");
	}

	@Test
	void mergeHasItsOwn() {
		assumeThat(this.version).as("MERGE came with 15").isGreaterThanOrEqualTo(15);
		this.database.execute("BEGIN", B, "INSERT INTO item VALUES (1), (2)", C, """
				MERGE INTO item USING (VALUES (1), (2), (3)) AS source (id) ON item.id = source.id
				 WHEN MATCHED AND item.id = 1 THEN DELETE
				 WHEN MATCHED THEN UPDATE SET note = 'merged'
				 WHEN NOT MATCHED THEN INSERT VALUES (source.id)""", "COMMIT");
		assertThat(this.capture.contexts()).containsExactlyInAnyOrder("item 1 CREATE|{\"by\": \"B\"}",
				"item 2 CREATE|{\"by\": \"B\"}", "item 1 DELETE|{\"by\": \"C\"}", "item 2 UPDATE|{\"by\": \"C\"}",
				"item 3 CREATE|{\"by\": \"C\"}");
	}

	@Test
	void upsertAndDataModifyingWithHaveTheirOwn() {
		this.database.execute("CREATE TABLE child (id integer PRIMARY KEY)");
		this.database.execute("BEGIN", B, insert(1), C, """
				WITH moved AS (DELETE FROM item RETURNING id), kept AS (INSERT INTO child SELECT id FROM moved)
				INSERT INTO item SELECT id + 1 FROM moved""", NONE,
				"INSERT INTO item VALUES (2), (3) ON CONFLICT (id) DO UPDATE SET note = 'again'", "COMMIT");
		List<String> contexts = this.capture.contexts();
		assertThat(contexts).hasSize(6).startsWith("item 1 CREATE|{\"by\": \"B\"}");
		assertThat(contexts.subList(1, 4)).containsExactlyInAnyOrder("item 1 DELETE|{\"by\": \"C\"}",
				"child 1 CREATE|{\"by\": \"C\"}", "item 2 CREATE|{\"by\": \"C\"}");
		assertThat(contexts.subList(4, 6)).containsExactly("item 2 UPDATE|{}", "item 3 CREATE|{}");
	}

	@Test
	void partitionsCreatedLaterHaveTheirs() {
		this.database.execute("DROP TABLE item", "CREATE TABLE item (id integer PRIMARY KEY) PARTITION BY RANGE (id)",
				"CREATE TABLE item1 PARTITION OF item FOR VALUES FROM (0) TO (10)");
		this.database.execute("CREATE TABLE item2 PARTITION OF item FOR VALUES FROM (10) TO (20)",
				"CREATE TABLE item3 (id integer PRIMARY KEY)",
				"ALTER TABLE item ATTACH PARTITION item3 FOR VALUES FROM (20) TO (30)");
		this.database.execute("BEGIN", B, insert(1), insert(11), C, "INSERT INTO item2 VALUES (12)",
				"INSERT INTO item3 VALUES (22)", NONE, "UPDATE item SET id = 21 WHERE id = 1", "COMMIT");
		assertThat(this.capture.contexts()).containsExactly("item 1 CREATE|{\"by\": \"B\"}",
				"item 11 CREATE|{\"by\": \"B\"}", "item 12 CREATE|{\"by\": \"C\"}", "item 22 CREATE|{\"by\": \"C\"}",
				"item 1 DELETE|{}", "item 21 CREATE|{}");
	}

	private static String insert(int id) {
		return "INSERT INTO item VALUES (" + id + ")";
	}

}
