package io.bemi.connection;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.bemi.context.BemiContext;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import org.postgresql.core.BaseConnection;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * Holds every conversation twice, plain and through the proxy, in a database of its own
 * under one configuration of the driver.
 */
final class EquivalenceLane {

	private static final String[] SCHEMA = { "CREATE TABLE item (id int PRIMARY KEY, name text)",
			"CREATE TABLE parent (id int PRIMARY KEY)",
			"CREATE TABLE child (id int PRIMARY KEY, parent int REFERENCES parent DEFERRABLE INITIALLY DEFERRED)",
			"CREATE TABLE watched (what text)", "CREATE TABLE numbered (id serial PRIMARY KEY, name text)",
			"CREATE TABLE document (id int PRIMARY KEY, content oid)", "CREATE TYPE mood AS ENUM ('sad', 'happy')",
			"""
					CREATE TABLE typed (id int PRIMARY KEY, small smallint, big bigint, exact numeric(12,3), approximate float8,
					  flag boolean, day date, moment timestamptz, clock time, bytes bytea, unique_id uuid, doc jsonb, tags text[],
					  feeling mood, span interval)""",
			"CREATE VIEW item_view AS SELECT id, name FROM item",
			"CREATE FUNCTION add_item(int) RETURNS int LANGUAGE sql AS 'INSERT INTO item VALUES ($1, ''f'')"
					+ " RETURNING id'",
			"CREATE FUNCTION open_items() RETURNS refcursor LANGUAGE plpgsql AS $$ DECLARE c refcursor := 'items';"
					+ " BEGIN OPEN c FOR SELECT id FROM item ORDER BY id; RETURN c; END $$",
			"CREATE FUNCTION both_ways(INOUT a int, OUT b text) LANGUAGE plpgsql AS"
					+ " $$ BEGIN a := a + 1; b := 'b' || a; END $$",
			"CREATE PROCEDURE put_item(int) LANGUAGE sql AS 'INSERT INTO item VALUES ($1, ''p'')'",
			"CREATE PROCEDURE put_and_tell(INOUT key int) LANGUAGE plpgsql AS"
					+ " $$ BEGIN INSERT INTO item VALUES (key, 't'); key := key * 2; END $$",
			"CREATE PROCEDURE put_and_commit(key int) LANGUAGE plpgsql AS $$ BEGIN INSERT INTO item VALUES (key, 'c');"
					+ " COMMIT; INSERT INTO item VALUES (key + 1000, 'c'); END $$",
			"CREATE FUNCTION forget_statements() RETURNS void LANGUAGE plpgsql AS"
					+ " $$ BEGIN EXECUTE 'DEALLOCATE ALL'; END $$",
			"""
					CREATE FUNCTION watch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
					  CASE NEW.what
					    WHEN 'raise' THEN RAISE EXCEPTION 'no' USING ERRCODE = 'P0099';
					    WHEN 'warn' THEN RAISE WARNING 'careful'; RAISE WARNING 'really';
					    WHEN 'sleep' THEN PERFORM pg_sleep(0.4);
					    WHEN 'sleep long' THEN PERFORM pg_sleep(20);
					    WHEN 'write' THEN INSERT INTO item VALUES (77, 'late');
					    ELSE NULL;
					  END CASE;
					  RETURN NULL;
					END $$""",
			"CREATE CONSTRAINT TRIGGER late AFTER INSERT ON watched DEFERRABLE INITIALLY DEFERRED FOR EACH ROW"
					+ " EXECUTE FUNCTION watch()",
			"""
					CREATE FUNCTION notice() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
					  IF NEW.what = 'notice' THEN RAISE NOTICE 'seen'; END IF; RETURN NULL;
					END $$""", "CREATE TRIGGER early AFTER INSERT ON watched FOR EACH ROW EXECUTE FUNCTION notice()",
			"CREATE SCHEMA hostile",
			"CREATE FUNCTION hostile.pg_logical_emit_message(boolean, text, text) RETURNS pg_lsn LANGUAGE plpgsql AS"
					+ " $$ BEGIN RAISE EXCEPTION 'stolen'; END $$" };

	private static final String RESET = """
			DELETE FROM child; DELETE FROM parent; DELETE FROM item; DELETE FROM watched; DELETE FROM numbered;
			DELETE FROM document; DELETE FROM typed; ALTER SEQUENCE numbered_id_seq RESTART;
			SELECT lo_unlink(oid) FROM pg_largeobject_metadata""";

	private static final String IS_ALTERED = """
			SELECT count(*) > 0 FROM pg_class c LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND attname = 'added'
			WHERE relname IN ('made', 'made_too', 'item_name') OR relname = 'item' AND attname IS NOT NULL""";

	private static final String CLEAN_UP = """
			SET client_min_messages = error;
			ALTER TABLE item DROP COLUMN IF EXISTS added; DROP INDEX IF EXISTS item_name;
			DROP TABLE IF EXISTS made; DROP TABLE IF EXISTS made_too""";

	private static final String LEFT = """
			SELECT 'item' || item FROM item UNION ALL SELECT 'parent' || parent FROM parent
			UNION ALL SELECT 'child' || child FROM child UNION ALL SELECT 'watched' || watched FROM watched
			UNION ALL SELECT 'numbered' || numbered FROM numbered UNION ALL SELECT 'document' || id FROM document
			UNION ALL SELECT 'typed' || typed FROM typed ORDER BY 1""";

	private final DriverSettings settings;

	private final int version;

	EquivalenceLane(int version, DriverSettings settings) {
		this.version = version;
		this.settings = settings;
	}

	/**
	 * Holds the conversations.
	 * @param scenarios what to say, by name
	 * @return what was seen, by the same names
	 */
	Map<String, Pair> hold(Map<String, Scenario> scenarios) throws Exception {
		try (TestDatabase database = PostgresServer.version(this.version).createDatabase()) {
			database.execute(SCHEMA);
			MarkedWal wal = new MarkedWal(database);
			Map<String, Pair> pairs = new LinkedHashMap<>();
			PGSimpleDataSource plain = (PGSimpleDataSource) database.dataSource();
			this.settings.apply(plain);
			try (Connection helper = database.connect(); Statement statement = helper.createStatement()) {
				for (Map.Entry<String, Scenario> scenario : scenarios.entrySet()) {
					boolean autoCommit = scenario.getKey().startsWith("auto: ");
					List<List<String>> seen = new ArrayList<>();
					for (boolean proxied : new boolean[] { false, true }) {
						reset(statement);
						wal.begin(statement, scenario.getKey(), proxied);
						try (Connection driver = plain.getConnection();
								Connection connection = proxied ? proxy(driver) : driver;
								BemiContext.Scope scope = BemiContext.open(Map.of("user", "alice"))) {
							Trace trace = new Trace(connection, driver.unwrap(BaseConnection.class));
							seen.add(hold(connection, autoCommit, scenario.getValue(), trace, database));
						}
						wal.end(statement);
						seen.get(seen.size() - 1).addAll(lines(statement, LEFT));
					}
					pairs.put(scenario.getKey(), new Pair(seen.get(0), seen.get(1), List.of()));
				}
			}
			Map<String, List<String>> uncovered = wal.uncovered();
			pairs.replaceAll(
					(name, pair) -> new Pair(pair.plain(), pair.proxied(), uncovered.getOrDefault(name, List.of())));
			return pairs;
		}
	}

	private static Connection proxy(Connection driver) throws SQLException {
		return new BemiDataSource(new SingleConnectionDataSource(driver, false)).getConnection();
	}

	private static List<String> hold(Connection connection, boolean autoCommit, Scenario scenario, Trace trace,
			TestDatabase database) throws Exception {
		if (!autoCommit) {
			connection.setAutoCommit(false);
		}
		try {
			scenario.run(connection, trace, database);
		}
		catch (SQLException ex) {
			// What a failed transaction does to calls that are not traced one by one.
			trace.call("ended", () -> {
				throw ex;
			});
		}
		return trace.lines();
	}

	private static void reset(Statement statement) throws SQLException {
		statement.execute(RESET);
		if (lines(statement, IS_ALTERED).contains("t")) {
			statement.execute(CLEAN_UP);
		}
	}

	private static List<String> lines(Statement statement, String query) throws SQLException {
		List<String> lines = new ArrayList<>();
		try (ResultSet rows = statement.executeQuery(query)) {
			while (rows.next()) {
				lines.add(rows.getString(1));
			}
		}
		return lines;
	}

	/**
	 * What a conversation has shown.
	 *
	 * @param plain without the proxy
	 * @param proxied with the proxy
	 * @param uncovered the rows in the WAL that have no context
	 */
	record Pair(List<String> plain, List<String> proxied, List<String> uncovered) {
	}

}
