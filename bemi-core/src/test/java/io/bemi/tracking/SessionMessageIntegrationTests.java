package io.bemi.tracking;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bemi.testsupport.PostgresServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The message that the trigger writes.
 */
@ParameterizedClass
@ValueSource(ints = { 14, 15, 16, 17, 18 })
class SessionMessageIntegrationTests {

	private final int version;

	private final TrackedDatabase database;

	SessionMessageIntegrationTests(int version) {
		this.version = version;
		this.database = new TrackedDatabase(version);
	}

	@BeforeEach
	void track() {
		this.database.execute("CREATE TABLE t (id integer PRIMARY KEY)");
		this.database.track();
		this.database.createSlot();
	}

	@AfterEach
	void dropDatabase() {
		this.database.close();
	}

	@Test
	void followsTheRowsOfEachStatement() {
		this.database.execute("BEGIN; INSERT INTO t VALUES (1), (2); UPDATE t SET id = id + 10; COMMIT", "TRUNCATE t");
		assertThat(this.database.readSlot()).extracting((line) -> line.replaceAll("(: |, ).*", ""))
			.containsExactly("BEGIN", "table public.t", "table public.t", "message", "table public.t", "table public.t",
					"message", "COMMIT", "BEGIN", "table public.t", "message", "COMMIT");
	}

	@Test
	void namesTheSession() {
		this.database.execute("SET application_name = 'psql \"\\x'; SET bemi.context = '{\"ticket\": \"OPS-1\"}';"
				+ " INSERT INTO t VALUES (1)");
		JsonNode message = readMessage();
		assertThat(message.at("/db/user").asText()).isEqualTo(this.database.database().server().username());
		assertThat(message.at("/db/application").asText()).isEqualTo("psql \"\\x");
		assertThat(message.at("/db/address").asText()).isIn("127.0.0.1", "::1", "0:0:0:0:0:0:0:1");
		assertThat(message.get(SessionMessage.CONTEXT).asText()).isEqualTo("{\"ticket\": \"OPS-1\"}");
		assertThat(message.has(SessionMessage.ERROR)).isFalse();
	}

	@Test
	void contextMayBeAnything() {
		List<String> contexts = List.of("not json", "{\"a\"", "\"\\", "a\tb\nc\u0001", "é ÿ Ł 漢 😀",
				"'); DROP TABLE t; --");
		for (String context : contexts) {
			this.database.execute("SET bemi.context = '" + context.replace("'", "''") + "'; INSERT INTO t VALUES (1);"
					+ " DELETE FROM t");
			List<String> messages = this.database.readMessages();
			assertThat(messages).hasSize(2)
				.allMatch((message) -> StandardCharsets.US_ASCII.newEncoder().canEncode(message));
			assertThat(parse(messages.get(0)).get(SessionMessage.CONTEXT).asText()).isEqualTo(context);
		}
	}

	@Test
	void emptyContextIsNone() {
		this.database.execute("SET bemi.context = ''; INSERT INTO t VALUES (1)");
		assertThat(readMessage().has(SessionMessage.CONTEXT)).isFalse();
	}

	@Test
	void contextThatIsTooLongIsLeftOut() {
		this.database
			.execute("SELECT set_config('bemi.context', repeat('x', 1048577), false); INSERT INTO t VALUES (1)");
		JsonNode message = readMessage();
		assertThat(message.has(SessionMessage.CONTEXT)).isFalse();
		assertThat(message.get(SessionMessage.ERROR).asText()).contains("longer than 1 MB");
	}

	@Test
	@Timeout(30)
	void contextOfManyDifferentCharactersCostsNoMore() {
		this.database.execute(
				"BEGIN; SELECT set_config('bemi.context', string_agg(chr(19968 + i % 20000), ''), true)"
						+ " FROM generate_series(1, 349000) i; INSERT INTO t VALUES (1); COMMIT",
				"BEGIN; SELECT set_config('bemi.context', string_agg(chr(65536 + i), ''), true)"
						+ " FROM generate_series(0, 9999) i; INSERT INTO t VALUES (2); COMMIT");
		List<String> messages = this.database.readMessages();
		assertThat(messages).hasSize(2);
		String context = parse(messages.get(0)).get(SessionMessage.CONTEXT).asText();
		assertThat(context).hasSize(349_000).startsWith("\u4e01\u4e02");
		assertThat(parse(messages.get(1)).get(SessionMessage.CONTEXT).asText().codePoints().toArray())
			.isEqualTo(IntStream.rangeClosed(65_536, 65_536 + 9_999).toArray());
	}

	@Test
	void commentIsPassedOnOnlyWhereItIsWanted() {
		String insert = "INSERT INTO t VALUES (%d) /*Bemi {\"n\": 1} Bemi*/;";
		this.database.execute(insert.formatted(1));
		this.database.track(new TrackingSettings("app", List.of("*"), List.of(), "bemi", true));
		this.database.execute(insert.formatted(2), "INSERT INTO t VALUES (3)");
		List<String> messages = this.database.readMessages();
		assertThat(parse(messages.get(0)).has(SessionMessage.COMMENT)).isFalse();
		assertThat(parse(messages.get(1)).get(SessionMessage.COMMENT).asText()).isEqualTo("/*Bemi {\"n\": 1} Bemi*/");
		assertThat(parse(messages.get(2)).has(SessionMessage.COMMENT)).isFalse();
	}

	@Test
	void roleWithOnlyInsertMayWriteComments() throws SQLException {
		this.database.track(new TrackingSettings("app", List.of("*"), List.of(), "bemi", true));
		String role = this.database.createRole("commenter", "");
		this.database.execute("GRANT INSERT ON t TO \"" + role + "\"");
		this.database.executeAs(role, "SET search_path = ''",
				"INSERT INTO public.t VALUES (1) /*Bemi not json \u00e9 Bemi*/");
		assertThat(readMessage().get(SessionMessage.COMMENT).asText()).isEqualTo("/*Bemi not json \u00e9 Bemi*/");
	}

	@Test
	void statementThatWroteNothingWritesNoMessage() {
		this.database.execute("UPDATE t SET id = 2", "DELETE FROM t", "INSERT INTO t SELECT 1 WHERE false",
				"BEGIN; UPDATE t SET id = 2; SELECT count(*) FROM t; COMMIT");
		assertThat(this.database.readSlot()).isEmpty();
	}

	@Test
	void statementThatWroteNothingAssignsNoTransactionId() {
		assertThat(this.database.query("WITH u AS (UPDATE t SET id = 2 RETURNING id) SELECT count(*) FROM u"))
			.containsExactly("0");
		this.database.execute("""
				DO $$ BEGIN
				  UPDATE t SET id = 2;
				  ASSERT pg_current_xact_id_if_assigned() IS NULL;
				END $$""");
	}

	@Test
	void proxiedSessionWritesNoMessage() {
		this.database.execute("SET application_name = 'app'; SET bemi.proxy = 'on:app'; INSERT INTO t VALUES (1)");
		assertThat(this.database.readMessages()).isEmpty();
	}

	@Test
	void flagLeakedToAnotherApplicationDoesNotCount() {
		this.database.execute("SET bemi.proxy = 'on:app'; SET application_name = 'other'; INSERT INTO t VALUES (1)",
				"SET bemi.proxy = 'on:app'; RESET bemi.proxy; SET application_name = ''; INSERT INTO t VALUES (2)");
		assertThat(this.database.readMessages()).hasSize(2);
	}

	@Test
	void roleWithOnlyInsertWritesAsBefore() throws SQLException {
		String role = this.database.createRole("writer", "");
		this.database.execute("GRANT INSERT ON t TO \"" + role + "\"");
		this.database.executeAs(role, "INSERT INTO t VALUES (1)", "SET bemi.context = 'not json é'",
				"SET search_path = ''", "INSERT INTO public.t VALUES (2)");
		List<String> messages = this.database.readMessages();
		assertThat(messages).hasSize(2);
		assertThat(parse(messages.get(1)).at("/db/user").asText()).isEqualTo(role);
		assertThat(parse(messages.get(1)).get(SessionMessage.CONTEXT).asText()).isEqualTo("not json é");
	}

	@Test
	void roleThatMayNotWriteMessagesWritesAsBefore() throws SQLException {
		String role = this.database.createRole("silent", "");
		String function = (this.version >= 17) ? "pg_logical_emit_message(boolean, text, text, boolean)"
				: "pg_logical_emit_message(boolean, text, text)";
		this.database.execute("GRANT INSERT ON t TO \"" + role + "\"",
				"REVOKE EXECUTE ON FUNCTION pg_catalog." + function + " FROM PUBLIC");
		this.database.executeAs(role, "INSERT INTO t VALUES (1)");
		assertThat(this.database.query("SELECT id FROM t")).containsExactly("1");
		assertThat(this.database.readMessages()).isEmpty();
	}

	@Test
	void hostileSettingsOfTheSessionDoNotMatter() {
		this.database.execute("CREATE SCHEMA hostile", "CREATE DOMAIN hostile.text AS pg_catalog.int4", """
				CREATE FUNCTION hostile.equal(pg_catalog.text, pg_catalog.text) RETURNS boolean LANGUAGE plpgsql AS $$
				BEGIN RAISE 'hostile'; END $$""",
				"CREATE OPERATOR hostile.= (LEFTARG = pg_catalog.text, RIGHTARG = pg_catalog.text, FUNCTION = hostile.equal)",
				"""
						CREATE FUNCTION hostile.concat(pg_catalog.text, pg_catalog.text) RETURNS pg_catalog.text LANGUAGE plpgsql AS $$
						BEGIN RAISE 'hostile'; END $$""");
		this.database.execute("SET search_path = hostile, pg_catalog, public; SET standard_conforming_strings = off;"
				+ " SET bytea_output = 'escape'; SET bemi.context = 'é😀'; INSERT INTO public.t VALUES (1)");
		assertThat(readMessage().get(SessionMessage.CONTEXT).asText()).isEqualTo("é😀");
	}

	@Test
	void statementsDoNotGetSubtransactions() {
		this.database.execute("BEGIN; SET LOCAL bemi.context = 'é'; INSERT INTO t VALUES (1); INSERT INTO t VALUES (2);"
				+ " DO $$ BEGIN ASSERT (SELECT count(DISTINCT xmin::text) FROM t) = 1; END $$; COMMIT");
	}

	@Test
	void partitionsWriteOneMessage() {
		this.database.execute("CREATE TABLE parts (id integer PRIMARY KEY) PARTITION BY RANGE (id)",
				"CREATE TABLE part1 PARTITION OF parts FOR VALUES FROM (0) TO (10)");
		this.database.readSlot();
		this.database.execute("INSERT INTO parts VALUES (1)", "UPDATE part1 SET id = 2");
		assertThat(this.database.readMessages()).hasSize(2);
	}

	@Test
	void otherEncodingsOfTheDatabaseMakeNoDifference() throws SQLException {
		for (String encoding : List.of("LATIN1", "SQL_ASCII", "EUC_JP")) {
			String context = encoding.equals("EUC_JP") ? "a漢b字漢" : "aébÿé";
			assertThat(contextFrom(encoding, "'" + context + "'")).isEqualTo(context);
		}
	}

	@Test
	void bytesThatAreNoTextAreReplaced() throws SQLException {
		assertThat(contextFrom("SQL_ASCII", "convert_from('\\x61ff62c3a9ff', 'SQL_ASCII')")).isEqualTo("a?b\u00e9?");
	}

	private String contextFrom(String encoding, String context) throws SQLException {
		PostgresServer server = this.database.database().server();
		String name = this.database.database().name() + "_" + encoding.toLowerCase(Locale.ROOT);
		this.database.execute("CREATE DATABASE " + name + " ENCODING '" + encoding
				+ "' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");
		try (Connection connection = DriverManager.getConnection(server.url(name), server.username(),
				server.password()); Statement statement = connection.createStatement()) {
			new Tracking(TrackingSettings.everything("app")).track(connection);
			statement.execute("CREATE TABLE t (id integer PRIMARY KEY)");
			statement.execute("SELECT pg_create_logical_replication_slot('" + name + "', 'test_decoding')");
			statement.execute("SET synchronous_commit = on; SELECT set_config('bemi.context', " + context
					+ ", false) IS NULL;" + " INSERT INTO t VALUES (1)");
			try (ResultSet rows = statement.executeQuery("SELECT data FROM pg_logical_slot_get_changes('" + name
					+ "', NULL, NULL) WHERE data LIKE 'message:%'")) {
				rows.next();
				String line = rows.getString(1);
				return parse(line.substring(line.indexOf("content:") + "content:".length())).get(SessionMessage.CONTEXT)
					.asText();
			}
		}
		finally {
			this.database.query("SELECT pg_drop_replication_slot('" + name + "')");
			this.database.execute("DROP DATABASE " + name);
		}
	}

	private JsonNode readMessage() {
		return parse(this.database.readMessages().get(0));
	}

	private static JsonNode parse(String content) {
		try {
			return new ObjectMapper().readTree(content);
		}
		catch (JsonProcessingException ex) {
			throw new IllegalStateException(content, ex);
		}
	}

}
