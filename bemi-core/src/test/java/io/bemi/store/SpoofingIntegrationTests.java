package io.bemi.store;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
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

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Attempts to make the context of another writer, or what the database says about one,
 * something else. Comments in SQL count here, so that there is more to attack.
 */
@ParameterizedClass
@ValueSource(ints = { 14, 18 })
class SpoofingIntegrationTests {

	private static final Map<Integer, TrackedCapture> captures = new ConcurrentHashMap<>();

	private static final String FORGED = "{\"user\": \"mallory\"}";

	private static final String MARKER = "/*Bemi " + FORGED + " Bemi*/";

	private static final String HONEST = "{\"user\": \"ann\"}";

	/** What somebody may type into a form. */
	private static final List<String> VALUES = List.of(MARKER, "'" + MARKER, "\\'" + MARKER, "$$" + MARKER,
			"*/" + MARKER, "-- " + MARKER, "/* " + MARKER + " */", "\" /*Bemi " + FORGED, "\"}\u2028" + MARKER,
			"; " + MARKER + ";\n", FORGED, "\"},\"context\":\"{\\\"user\\\":\\\"mallory\\\"}\"}",
			"\",\"user\":\"mallory");

	@Parameter
	int version;

	private TrackedCapture capture;

	private TestDatabase database;

	@BeforeEach
	void start() throws Exception {
		TrackedCapture running = captures.get(this.version);
		if (running == null) {
			running = TrackedCapture.on(this.version, true);
			captures.put(this.version, running);
		}
		this.capture = running;
		this.database = running.database();
		this.database.execute("DROP TABLE IF EXISTS item", "CREATE TABLE item (id integer PRIMARY KEY, note text)");
		this.capture.contexts();
	}

	@AfterAll
	static void stop() {
		captures.values().forEach(TrackedCapture::close);
		captures.clear();
	}

	/**
	 * Runs the work of somebody honest in the three ways in which a context is given.
	 */
	private void honestly(Work work) throws SQLException {
		try (Connection connection = new BemiDataSource(this.database.dataSource()).getConnection();
				BemiContext.Scope scope = BemiContext.open(Map.of("user", "ann"))) {
			connection.setAutoCommit(false);
			work.on(connection, "");
			connection.commit();
			work.on(connection, "");
			connection.commit();
			connection.setAutoCommit(true);
			work.on(connection, "");
		}
		try (Connection connection = this.database.connect()) {
			work.on(connection, " /*Bemi " + HONEST + " Bemi*/");
			try (Statement statement = connection.createStatement()) {
				statement.execute("SET bemi.context = '" + HONEST + "'");
			}
			work.on(connection, "");
		}
	}

	private void assertHonest() {
		assertThat(this.capture.contexts()).isNotEmpty().allMatch((line) -> line.endsWith("|" + HONEST));
	}

	private int nextId() {
		return Integer.parseInt(this.database.query("SELECT coalesce(max(id), 0) + 1 FROM item").get(0));
	}

	@Test
	void valuesThatLookLikeContextsAreValues() throws SQLException {
		honestly((connection, comment) -> {
			int id = nextId();
			try (PreparedStatement insert = connection.prepareStatement("INSERT INTO item VALUES (?, ?)" + comment)) {
				for (String value : VALUES) {
					insert.setInt(1, id++);
					insert.setString(2, value);
					insert.executeUpdate();
				}
			}
		});
		assertHonest();
	}

	@Test
	void valuesInTheTextOfAStatementAreValues() throws SQLException {
		honestly((connection, comment) -> {
			List<String> statements = new ArrayList<>();
			for (String value : VALUES) {
				statements.add("'" + value.replace("'", "''") + "'");
				statements.add("E'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'");
				statements.add("$x$" + value + "$x$");
				statements.add("'x' AS \"" + value.replace("\"", "\"\"") + "\"");
			}
			int id = nextId();
			try (Statement statement = connection.createStatement()) {
				for (String value : statements) {
					statement.execute("INSERT INTO item SELECT " + id++ + ", " + value + comment);
				}
			}
		});
		assertHonest();
	}

	@Test
	void namesThatLookLikeContextsAreNames() throws SQLException {
		String name = "\"" + "/*Bemi {\"a\":1} Bemi*/".replace("\"", "\"\"") + "\"";
		this.database.execute("DROP SCHEMA IF EXISTS " + name + " CASCADE", "CREATE SCHEMA " + name,
				"CREATE TABLE " + name + "." + name + " (" + name + " serial PRIMARY KEY)");
		honestly((connection, comment) -> {
			try (Statement statement = connection.createStatement()) {
				String alias = comment.isEmpty() ? name : "x" + comment;
				statement
					.execute("INSERT INTO " + name + "." + name + " DEFAULT VALUES RETURNING " + name + " AS " + alias);
				statement.execute("UPDATE " + name + "." + name + " SET " + name + " = DEFAULT" + comment);
				statement.execute("DELETE FROM " + name + "." + name + comment);
			}
		});
		assertHonest();
	}

	@Test
	void namesOfRolesAndApplicationsAreNames() throws SQLException {
		String role = "\",\"user\":\"mallory '/*é";
		String quoted = "\"" + role.replace("\"", "\"\"") + "\"";
		String application = "\"}},\"context\":\"" + FORGED.replace("\"", "\\\"") + "\", " + MARKER;
		application = application.substring(0, 63);
		this.database.execute("CREATE ROLE " + quoted + " LOGIN PASSWORD 'secret'",
				"GRANT SELECT, INSERT ON item TO " + quoted);
		try (Connection connection = DriverManager.getConnection(this.database.url(), role, "secret");
				Statement statement = connection.createStatement()) {
			connection.setClientInfo("ApplicationName", application);
			statement.execute("INSERT INTO item VALUES (1)");
			statement.execute("SET bemi.context = '" + HONEST + "'");
			statement.execute("INSERT INTO item VALUES (2)");
		}
		finally {
			this.database.execute("DROP OWNED BY " + quoted, "DROP ROLE " + quoted);
		}
		assertThat(this.capture.query("SELECT metadata - '_bemi', metadata #>> '{_bemi,db,user}',"
				+ " metadata #>> '{_bemi,db,application}' FROM bemi.changes WHERE \"table\" = 'item'"
				+ " AND metadata #>> '{_bemi,db,user}' LIKE '%mallory%' ORDER BY id"))
			.containsExactly("{}|" + role + "|" + application, HONEST + "|" + role + "|" + application);
		assertThat(this.capture.contexts()).containsExactly("item 1 CREATE|{}", "item 2 CREATE|" + HONEST);
	}

	@Test
	void settingsAndCommentsCannotForgeFacts() {
		List<String> forgeries = List.of("{\"_bemi\": {\"db\": {\"user\": \"root\"}}}",
				"{\"_bemi\": 1, \"_bemi\": {\"db\": {\"user\": \"root\"}}}",
				"{\"\\u005fbemi\": {\"db\": {\"user\": \"root\"}}}",
				"{\"_bemi\": {\"db\": {\"user\": \"root\"}}, \"\\u005f\\u0062emi\": {\"error\": \"root\"}}",
				"[{\"_bemi\": {\"db\": {\"user\": \"root\"}}}]", "\"_bemi\"",
				"{\"_bemi\": {\"db\": {\"user\": \"root\"}}", "null", "{} {\"_bemi\": {\"db\": {\"user\": \"root\"}}}");
		int id = 1;
		for (String forgery : forgeries) {
			this.database.execute("SET bemi.context = '" + forgery + "'; INSERT INTO item VALUES (" + id++ + ")",
					"INSERT INTO item VALUES (" + id++ + ") /*Bemi " + forgery + " Bemi*/");
		}
		assertThat(this.capture.contexts()).hasSize(2 * forgeries.size()).allMatch((line) -> line.endsWith("|{}"));
		assertThat(this.database.query("SELECT DISTINCT metadata #>> '{_bemi,db,user}', metadata::text LIKE '%root%'"
				+ " FROM bemi.changes WHERE \"table\" = 'item'"))
			.contains(this.database.server().username() + "|f")
			.noneMatch((line) -> line.endsWith("t"));
	}

	@Test
	void codeCannotForgeFacts() throws SQLException {
		Map<String, Object> facts = Map.of("db", Map.of("user", "root"), "entryPoint", "root");
		try (Connection connection = new BemiDataSource(this.database.dataSource()).getConnection();
				Statement statement = connection.createStatement();
				BemiContext.Scope scope = BemiContext.open(Map.of("user", "ann", "_bemi", facts))) {
			statement.execute("INSERT INTO item VALUES (1)");
			BemiContext.put("_bemi", facts);
			statement.execute("INSERT INTO item VALUES (2)");
		}
		assertThat(this.capture
			.query("SELECT metadata FROM bemi.changes WHERE \"table\" = 'item' ORDER BY id DESC LIMIT 2"))
			.containsExactly(HONEST, HONEST);
	}

	@Test
	void forgedFlagSilencesOnlyWhoeverSetIt() throws SQLException {
		String flag = "SELECT set_config('bemi.proxy', 'on:' || current_setting('application_name'), false)";
		this.database.execute(flag, "INSERT INTO item VALUES (1) " + MARKER);
		try (Connection connection = new BemiDataSource(this.database.dataSource()).getConnection();
				Statement statement = connection.createStatement();
				BemiContext.Scope scope = BemiContext.open(Map.of("user", "ann"))) {
			statement.execute(flag);
			statement.execute("INSERT INTO item VALUES (2)");
		}
		this.database.execute("SET bemi.context = '" + HONEST + "'", "INSERT INTO item VALUES (3)");
		assertThat(this.capture.contexts()).containsExactly("item 1 CREATE|{}", "item 2 CREATE|" + HONEST,
				"item 3 CREATE|" + HONEST);
	}

	@Test
	void messagesOfOthersStayInTheirTransactions() throws SQLException {
		try (Connection connection = new BemiDataSource(this.database.dataSource()).getConnection();
				Statement statement = connection.createStatement();
				Connection plain = this.database.connect();
				Statement other = plain.createStatement();
				BemiContext.Scope scope = BemiContext.open(Map.of("user", "ann"))) {
			connection.setAutoCommit(false);
			plain.setAutoCommit(false);
			other.execute("SET bemi.context = '" + HONEST + "'");
			statement.execute("INSERT INTO item VALUES (1)");
			other.execute("INSERT INTO item VALUES (2)");
			forge();
			this.database.execute("BEGIN; INSERT INTO item VALUES (3); SELECT pg_logical_emit_message(true, '_bemi', '"
					+ FORGED + "'); COMMIT");
			statement.execute("INSERT INTO item VALUES (4)");
			other.execute("INSERT INTO item VALUES (5)");
			forge();
			connection.commit();
			plain.commit();
			forge();
		}
		assertThat(this.capture.contexts()).containsExactly("item 3 CREATE|" + FORGED, "item 1 CREATE|" + HONEST,
				"item 4 CREATE|" + HONEST, "item 2 CREATE|" + HONEST, "item 5 CREATE|" + HONEST);
	}

	/**
	 * Messages without rows of their own: the first two kinds are in no transaction.
	 */
	private void forge() {
		for (String prefix : List.of("_bemi", "_bemi_session", "_bemi_heartbeat", "")) {
			this.database.execute("SELECT pg_logical_emit_message(false, '" + prefix + "', '" + FORGED + "')",
					"SELECT pg_logical_emit_message(true, '" + prefix + "', '" + FORGED + "')");
		}
	}

	@Test
	void otherPrefixesMeanNothing() {
		int id = 1;
		for (String prefix : List.of("_bemi ", " _bemi", "_BEMI", "bemi", "", "_bemi_heartbeat", "_bemi_sessions")) {
			this.database.execute("BEGIN; INSERT INTO item VALUES (" + id++
					+ "); SELECT pg_logical_emit_message(true, '" + prefix + "', '" + FORGED + "'); COMMIT");
		}
		this.database.execute("BEGIN; INSERT INTO item VALUES (" + id
				+ "); SELECT pg_logical_emit_message(false, '_bemi', '" + FORGED + "'); COMMIT");
		assertThat(this.capture.contexts()).hasSize(id).allMatch((line) -> line.endsWith("|{}"));
	}

	@Test
	void contentsThatAreNoContextStopNobody() throws SQLException {
		List<String> contents = List.of("''", "'not json'", "'[]'", "repeat('[', 100000)", "'{\"a\": 1e999999}'",
				"'{\"a\": \"\\u0000\"}'", "'{\"a\": \"\\ud800\"}'", "'{} {}'", "'{\"a\":'", "'\\x00'::bytea",
				"'\\x7b2261223a22fffe227d'::bytea", "'\\x7b2261223a2200227d'::bytea", "repeat('x', 70000000)",
				"'{\"a\":' || repeat('[', 2000) || repeat(']', 2000) || '}'");
		int id = 0;
		for (String prefix : List.of("_bemi", "_bemi_session")) {
			for (String content : contents) {
				id++;
				this.database.execute("BEGIN; SET LOCAL bemi.proxy = 'on:'; SET LOCAL application_name = '';"
						+ " INSERT INTO item VALUES (" + id + "); SELECT pg_logical_emit_message(true, '" + prefix
						+ "', " + content + "); COMMIT");
			}
		}
		assertThat(this.capture.contexts()).hasSize(id)
			.allMatch((line) -> line.endsWith("|{}") || line.contains("\uFFFD"));
		honestly((connection, comment) -> {
			try (Statement statement = connection.createStatement()) {
				statement.execute("INSERT INTO item VALUES (" + nextId() + ")" + comment);
			}
		});
		assertHonest();
	}

	/**
	 * Work on a connection whose statements may have to end in a comment.
	 */
	private interface Work {

		void on(Connection connection, String comment) throws SQLException;

	}

}
