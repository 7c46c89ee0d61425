package io.bemi.values;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

import io.bemi.ingestion.Ingester;
import io.bemi.replication.ReplicationSettings;
import io.bemi.replication.ReplicationSource;
import io.bemi.store.PostgresChangeSink;
import io.bemi.store.StoreSettings;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import io.bemi.values.RandomTable.Column;
import org.awaitility.Awaitility;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A database whose defaults, and whose writing session, have every setting that changes
 * how values look; an ingester that records it; and a session with the settings of
 * {@code docs/types.md} that says what is right.
 */
final class TypeOracle implements AutoCloseable {

	/** What {@code docs/types.md} says. */
	private static final String DOCUMENTED = """
			SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET bytea_output = 'hex'; SET IntervalStyle = 'postgres';
			SET extra_float_digits = 1; SET search_path = ''; SET quote_all_identifiers = off; SET xmloption = content
			""";

	private static final List<String> ODD = List.of("DateStyle = 'German, DMY'", "IntervalStyle = sql_standard",
			"bytea_output = escape", "extra_float_digits = -15", "TimeZone = 'Asia/Kathmandu'", "xmloption = document",
			"xmlbinary = hex", "quote_all_identifiers = on", "search_path = app, ext, oracle, public",
			"lc_numeric = 'C.utf8'", "standard_conforming_strings = off", "array_nulls = off",
			"transform_null_equals = on");

	/**
	 * The first that the server has: those that write a sum in another way come first.
	 */
	private static final List<String> MONETARY = List.of("de_DE.utf8", "en_US.utf8", "C.utf8");

	/** How the test itself writes its statements. */
	private static final String QUOTING = "SET standard_conforming_strings = on; SET array_nulls = on";

	static final String FUNCTIONS = """
			CREATE FUNCTION oracle.kept(document json) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
			BEGIN
			  RETURN document::jsonb;
			EXCEPTION WHEN data_exception OR untranslatable_character THEN
			  RETURN to_jsonb(document::text);
			END $$;
			CREATE FUNCTION oracle.bounded(a anyarray, lower int[]) RETURNS anyarray LANGUAGE plpgsql AS $$
			DECLARE
			  moved a%TYPE;
			  upper int[] := ARRAY(SELECT lower[i] + array_length(a, i) - 1 FROM generate_series(1, array_ndims(a)) i);
			BEGIN
			  CASE array_ndims(a)
			    WHEN 1 THEN moved[lower[1]:upper[1]] := a;
			    WHEN 2 THEN moved[lower[1]:upper[1]][lower[2]:upper[2]] := a;
			    ELSE moved[lower[1]:upper[1]][lower[2]:upper[2]][lower[3]:upper[3]] := a;
			  END CASE;
			  RETURN moved;
			END $$;
			CREATE FUNCTION oracle.run(statement text) RETURNS void LANGUAGE plpgsql SET DateStyle = 'German, DMY' AS $$
			BEGIN
			  EXECUTE statement;
			END $$
			""";

	static final String ODD_OBJECTS = """
					CREATE SCHEMA "Ödd schema";
					CREATE TABLE oracle."Ödd ""x"" table"(a int,b
			int DEFAULT 1+1);

			CREATE FUNCTION oracle."Ödd ""x"" name"(int)RETURNS
			int LANGUAGE sql AS'SELECT 1';

			CREATE TEXT
			SEARCH CONFIGURATION oracle."Ödd config"(COPY=pg_catalog.simple);

			INSERT INTO oracle."Ödd ""x"" table"
			SELECT i%7,i%3

			FROM generate_series(1, 100) i;
					CREATE STATISTICS oracle.several ON a, b FROM oracle."Ödd ""x"" table";
					ANALYZE oracle."Ödd ""x"" table";
					CREATE TABLE oracle.internals AS

			SELECT (SELECT adbin FROM pg_attrdef LIMIT 1) AS expression,
					    stxdndistinct AS ndistinct, stxddependencies AS dependencies, stxdmcv AS mcv FROM pg_statistic_ext_data;
					CREATE TABLE oracle.state (id bigint, step int, row jsonb, PRIMARY KEY (id, step));
					CREATE TABLE app.barrier (number int PRIMARY KEY);
					CREATE PUBLICATION bemi FOR TABLE

			app.barrier WITH (publish_via_partition_root = true)
					""";

	private static final String WRONG = """
			WITH c AS (
			  SELECT *, row_number() OVER (PARTITION BY primary_key ORDER BY id) - 1 AS step
			    FROM bemi.changes WHERE schema = 'app' AND "table" = %1$s),
			compared AS (
			  SELECT c.id, c.operation, c.primary_key, 'values' AS what, c.values AS actual, s.row AS expected
			    FROM c LEFT JOIN oracle.state s ON s.id = c.primary_key::bigint AND s.step = c.step WHERE c.operation <> 'DELETE'
			  UNION ALL
			  SELECT c.id, c.operation, c.primary_key, 'before', c.before, s.row
			    FROM c LEFT JOIN oracle.state s ON s.id = c.primary_key::bigint AND s.step = c.step - 1 WHERE c.operation <> 'CREATE'
			  UNION ALL
			  SELECT c.id, c.operation, c.primary_key, 'changed', to_jsonb(ARRAY(SELECT unnest(c.changed) COLLATE "C" ORDER BY 1)),
			         to_jsonb(ARRAY(SELECT a.key COLLATE "C" FROM jsonb_each(s.row) a JOIN jsonb_each(o.row) b USING (key)
			                         WHERE a.value::text <> b.value::text ORDER BY 1))
			    FROM c JOIN oracle.state s ON s.id = c.primary_key::bigint AND s.step = c.step
			           JOIN oracle.state o ON o.id = c.primary_key::bigint AND o.step = c.step - 1 WHERE c.operation = 'UPDATE'
			  UNION ALL
			  SELECT c.id, c.operation, c.primary_key, 'unknown', to_jsonb(c.unknown), '[]' FROM c)
			SELECT operation, primary_key, what, CASE WHEN jsonb_typeof(actual) = 'array' THEN actual::text || ' for ' || expected::text ELSE (
			         SELECT string_agg(format('%%s: expected %%s, but was %%s', key, left(e.value::text, 2000), left(a.value::text, 2000)), '; ')
			           FROM jsonb_each(expected) e FULL JOIN jsonb_each(actual) a USING (key)
			          WHERE e.value::text IS DISTINCT FROM a.value::text) END
			  FROM compared WHERE actual::text IS DISTINCT FROM expected::text ORDER BY id LIMIT 3
			""";

	private static final String RETURNED = """
			SELECT %3$s
			  FROM bemi.changes c
			  JOIN oracle.returned r ON r.id = c.primary_key::bigint
			 CROSS JOIN LATERAL pg_catalog.jsonb_populate_record(NULL::%1$s, c.values - %2$s::text[]) p
			 WHERE c.schema = 'app' AND c."table" = %4$s AND c.operation = 'CREATE' AND (%5$s)
			 LIMIT 3
			""";

	private final TestDatabase database;

	private final Ingester ingester;

	private final Connection writer;

	private final Connection judge;

	private final List<String> extensions;

	private int barrier;

	private long rows;

	TypeOracle(int version) throws SQLException, InterruptedException {
		this.database = PostgresServer.version(version).createDatabase();
		this.extensions = this.database.query("SELECT name FROM pg_available_extensions");
		this.extensions.retainAll(ExtensionTypes.EXTENSIONS);
		this.database.execute("CREATE SCHEMA app", "CREATE SCHEMA ext", "CREATE SCHEMA oracle", FUNCTIONS, ODD_OBJECTS);
		this.extensions
			.forEach((name) -> this.database.execute("CREATE EXTENSION \"" + name + "\" SCHEMA ext CASCADE"));
		String name = this.database.name();
		for (String setting : ODD) {
			this.database.execute("ALTER DATABASE " + name + " SET " + setting);
		}
		this.database.execute("ALTER DATABASE " + name + " SET lc_monetary = '" + monetary() + "'");
		this.database.execute("ALTER ROLE CURRENT_USER IN DATABASE " + name + " SET DateStyle = 'SQL, DMY'",
				"ALTER ROLE CURRENT_USER IN DATABASE " + name + " SET extra_float_digits = 0");
		this.ingester = ingester();
		this.writer = this.database.connect();
		for (String setting : ODD) {
			// The driver leaves a session whose DateStyle it does not read.
			if (!setting.startsWith("DateStyle")) {
				execute(this.writer, "SET " + setting);
			}
		}
		execute(this.writer, QUOTING);
		this.judge = this.database.connect();
		execute(this.judge, QUOTING);
		execute(this.judge, DOCUMENTED);
	}

	private String monetary() {
		for (String locale : MONETARY) {
			try {
				this.database.execute("SET lc_monetary = '" + locale + "'");
				return locale;
			}
			catch (IllegalStateException ex) {
				// Not on this server.
			}
		}
		return "C";
	}

	private Ingester ingester() throws InterruptedException {
		String user = this.database.server().username();
		String password = this.database.server().password();
		Ingester started = new Ingester(
				new ReplicationSource(new ReplicationSettings(this.database.url(), user, password,
						ReplicationSettings.slotOf(this.database.name()), "bemi")),
				new PostgresChangeSink(new StoreSettings(this.database.url(), user, password, "bemi")));
		started.start();
		assertThat(started.awaitSettled(Duration.ofSeconds(30))).isTrue();
		return started;
	}

	TestDatabase database() {
		return this.database;
	}

	/**
	 * The extensions that the server has.
	 */
	List<String> extensions() {
		return this.extensions;
	}

	/**
	 * How many rows were compared.
	 */
	long rows() {
		return this.rows;
	}

	/**
	 * Writes a table, and compares everything that is recorded of it.
	 */
	void check(Random random, RandomTable table) throws SQLException {
		int count = table.rows().size();
		create(table);
		execute(this.judge, "TRUNCATE oracle.state",
				"SET session_replication_role = replica; TRUNCATE bemi.change, bemi.context; RESET session_replication_role");
		write("INSERT INTO " + insertInto(table, table.quoted()) + table.values(false),
				"INSERT INTO " + insertInto(table, "oracle.returned") + table.values(true));
		remember(table, 0, "true");
		shift(table, table.columns(), "true");
		remember(table, 1, "true");
		List<Column> some = table.columns().stream().filter((column) -> random.nextInt(3) == 0).toList();
		shift(table, some.isEmpty() ? table.columns().subList(0, 1) : some, "t.id % 2 = 0");
		remember(table, 2, "t.id % 2 = 0");
		write("DELETE FROM " + table.quoted() + " WHERE id % 3 = 0");
		awaitRecorded();
		String name = Texts.literal(table.name());
		assertThat(query("SELECT operation, count(*) FROM bemi.changes WHERE schema = 'app' AND \"table\" = " + name
				+ " GROUP BY operation ORDER BY operation"))
			.containsExactly("CREATE|" + count, "DELETE|" + count / 3, "UPDATE|" + (count + count / 2));
		assertThat(query(WRONG.formatted(name))).as("wrong, table " + table.definition()).isEmpty();
		assertThat(query(returned(table))).as("not returned, table " + table.definition()).isEmpty();
		this.rows += count;
		drop(table);
	}

	private void write(String... statements) throws SQLException {
		for (String sql : statements) {
			try (PreparedStatement statement = this.writer.prepareStatement("SELECT oracle.run(?)")) {
				statement.setString(1, sql);
				statement.execute();
			}
			catch (SQLException ex) {
				throw new SQLException(ex.getMessage() + " in " + shortened(sql), ex.getSQLState(), ex);
			}
		}
	}

	private void create(RandomTable table) throws SQLException {
		for (String ddl : table.types()) {
			execute(this.writer, ddl);
		}
		execute(this.writer, table.definition(), "ALTER PUBLICATION bemi ADD TABLE " + table.quoted(),
				"ALTER TABLE " + table.quoted() + " REPLICA IDENTITY " + (table.full() ? "FULL" : "DEFAULT"),
				"DROP TABLE IF EXISTS oracle.returned", "CREATE TABLE oracle.returned (LIKE " + table.quoted() + ")");
	}

	private void drop(RandomTable table) throws SQLException {
		execute(this.writer, "DROP TABLE " + table.quoted());
		execute(this.writer, "DROP TABLE oracle.returned");
		for (String ddl : table.types()) {
			if (ddl.startsWith("CREATE TYPE ") || ddl.startsWith("CREATE DOMAIN ")) {
				String rest = ddl.substring(ddl.indexOf("app."));
				int end = "app.\"".length();
				while (rest.charAt(end) != '"' || (end + 1 < rest.length() && rest.charAt(end + 1) == '"')) {
					end += (rest.charAt(end) == '"') ? 2 : 1;
				}
				execute(this.writer, "DROP TYPE IF EXISTS " + rest.substring(0, end + 1) + " CASCADE");
			}
		}
	}

	private static String insertInto(RandomTable table, String name) {
		return name + " (id, " + RandomTable.list(table.columns()) + ") VALUES\n";
	}

	/**
	 * Each row gets the values of the next.
	 */
	private void shift(RandomTable table, List<Column> columns, String where) throws SQLException {
		String list = RandomTable.list(columns);
		write("UPDATE %1$s t SET (%2$s) = (SELECT %2$s FROM %1$s o WHERE o.id = t.id %% %3$d + 1) WHERE %4$s"
			.formatted(table.quoted(), list, table.rows().size(), where));
	}

	/**
	 * Asks the server what the rows are now.
	 */
	private void remember(RandomTable table, int step, String where) throws SQLException {
		boolean refusable = table.columns().stream().anyMatch((column) -> column.type().traits().refusable());
		String row = refusable ? "(SELECT pg_catalog.to_jsonb(x) FROM (SELECT t.id, " + table.columns()
			.stream()
			.map((column) -> (column.type().traits().refusable() ? "oracle.kept(t." + column.quoted() + ") AS " : "t.")
					+ column.quoted())
			.collect(Collectors.joining(", ")) + ") x)" : "pg_catalog.to_jsonb(t)";
		execute(this.judge, "INSERT INTO oracle.state SELECT t.id, " + step + ", " + row + " FROM " + table.quoted()
				+ " t WHERE " + where);
	}

	private void awaitRecorded() throws SQLException {
		this.barrier++;
		write("INSERT INTO app.barrier VALUES (" + this.barrier + ")");
		Awaitility.await()
			.atMost(Duration.ofMinutes(3))
			.pollInterval(Duration.ofMillis(10))
			.untilAsserted(() -> assertThat(
					query("SELECT count(*) FROM bemi.changes WHERE \"table\" = 'barrier' AND primary_key = '"
							+ this.barrier + "'"))
				.as(() -> this.ingester.status().toString())
				.containsExactly("1"));
	}

	private static String returned(RandomTable table) {
		List<String> shown = new ArrayList<>();
		List<String> differ = new ArrayList<>();
		List<String> lost = new ArrayList<>();
		for (Column column : table.columns()) {
			String actual = "p." + column.quoted();
			if (column.type().sql().equals("ext.hstore")) {
				String value = "c.values -> " + Texts.literal(column.name());
				// As docs/types.md says, but for SQL's null.
				actual = ("CASE WHEN %1$s <> 'null' THEN coalesce((SELECT ext.hstore(array_agg(key), array_agg(value))"
						+ " FROM jsonb_each_text(%1$s)), '') END")
					.formatted(value);
			}
			else if (column.type().traits().lost()) {
				actual = "";
			}
			if (column.type().traits().lost()) {
				lost.add(Texts.literal(column.name()));
			}
			if (!actual.isEmpty()) {
				String difference = "(%s)::text IS DISTINCT FROM (r.%s)::text".formatted(actual, column.quoted());
				differ.add(difference);
				shown.add("CASE WHEN %s THEN pg_catalog.format('%%s: expected %%s, but was %%s', %s, r.%s, %s) END"
					.formatted(difference, Texts.literal(column.type().sql()), column.quoted(), actual));
			}
		}
		differ.add("false");
		return RETURNED.formatted(table.quoted(), "ARRAY[" + String.join(", ", lost) + "]",
				shown.isEmpty() ? "''" : "pg_catalog.concat_ws('; ', " + String.join(", ", shown) + ")",
				Texts.literal(table.name()), String.join(" OR ", differ));
	}

	List<String> query(String sql) throws SQLException {
		List<String> lines = new ArrayList<>();
		try (Statement statement = statement(this.judge); var row = statement.executeQuery(sql)) {
			int columns = row.getMetaData().getColumnCount();
			while (row.next()) {
				StringBuilder line = new StringBuilder();
				for (int i = 1; i <= columns; i++) {
					line.append((i > 1) ? "|" : "").append(row.getString(i));
				}
				lines.add(line.toString());
			}
		}
		catch (SQLException ex) {
			throw new SQLException(ex.getMessage() + " in " + shortened(sql), ex.getSQLState(), ex);
		}
		return lines;
	}

	private static void execute(Connection connection, String... statements) throws SQLException {
		for (String sql : statements) {
			try (Statement statement = statement(connection)) {
				statement.execute(sql);
			}
			catch (SQLException ex) {
				throw new SQLException(ex.getMessage() + " in " + shortened(sql), ex.getSQLState(), ex);
			}
		}
	}

	private static Statement statement(Connection connection) throws SQLException {
		Statement statement = connection.createStatement();
		// Values hold braces.
		statement.setEscapeProcessing(false);
		return statement;
	}

	private static String shortened(String sql) {
		return (sql.length() > 3_000) ? sql.substring(0, 3_000) + "…" : sql;
	}

	@Override
	public void close() throws SQLException {
		this.writer.close();
		this.judge.close();
		this.ingester.close();
		this.database.close();
	}

}
