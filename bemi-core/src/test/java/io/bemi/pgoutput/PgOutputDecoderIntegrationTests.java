package io.bemi.pgoutput;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import io.bemi.change.Position;
import io.bemi.pgoutput.PgOutputMessage.Begin;
import io.bemi.pgoutput.PgOutputMessage.Commit;
import io.bemi.pgoutput.PgOutputMessage.Delete;
import io.bemi.pgoutput.PgOutputMessage.Insert;
import io.bemi.pgoutput.PgOutputMessage.LogicalMessage;
import io.bemi.pgoutput.PgOutputMessage.Origin;
import io.bemi.pgoutput.PgOutputMessage.Relation;
import io.bemi.pgoutput.PgOutputMessage.Truncate;
import io.bemi.pgoutput.PgOutputMessage.Update;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * Tests for {@link PgOutputDecoder} with what servers send.
 */
class PgOutputDecoderIntegrationTests {

	@ParameterizedTest
	@ValueSource(ints = { 14, 15, 16, 17, 18 })
	void decodesTransaction(int version) throws SQLException {
		try (TestDatabase database = PostgresServer.version(version).createDatabase();
				SlotSession session = new SlotSession(database)) {
			session.execute("CREATE TYPE mood AS ENUM ('sad')",
					"CREATE TABLE \"To Do\" (id bigint PRIMARY KEY, mood mood, task varchar(20))",
					"INSERT INTO \"To Do\" VALUES (1, 'sad', 'ä'), (2, NULL, '')");
			List<PgOutputMessage> messages = session.receive()
				.stream()
				.map(SlotSession.Received::message)
				.dropWhile((message) -> !(message instanceof PgOutputMessage.Type))
				.toList();
			assertThat(messages).hasSize(5);
			PgOutputMessage.Type type = (PgOutputMessage.Type) messages.get(0);
			assertThat(type.name()).isEqualTo("mood");
			Relation relation = (Relation) messages.get(1);
			assertThat(relation.schema()).isEqualTo("public");
			assertThat(relation.name()).isEqualTo("To Do");
			assertThat(relation.replicaIdentity()).isEqualTo('d');
			assertThat(relation.columns()).containsExactly(
					new PgOutputMessage.Column(true, "id", BuiltinTypes.INT8, -1),
					new PgOutputMessage.Column(false, "mood", type.oid(), -1),
					new PgOutputMessage.Column(false, "task", 1043, 24));
			assertThat(((Insert) messages.get(2)).relation()).isEqualTo(relation.oid());
			assertThat(((Insert) messages.get(2)).row()).hasToString("('1', 'sad', 'ä')");
			assertThat(((Insert) messages.get(3)).row()).hasToString("('2', null, '')");
			assertThat(messages.get(4)).isInstanceOf(Commit.class);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 15, 16, 17, 18 })
	void decodesPositionsAndTimes(int version) throws SQLException {
		try (TestDatabase database = PostgresServer.version(version).createDatabase();
				SlotSession session = new SlotSession(database)) {
			session.execute("CREATE TABLE t (id int PRIMARY KEY)");
			session.receive();
			session.execute("INSERT INTO t VALUES (1)");
			List<PgOutputMessage> messages = session.receive().stream().map(SlotSession.Received::message).toList();
			Begin begin = (Begin) messages.get(0);
			Commit commit = (Commit) messages.get(messages.size() - 1);
			assertThat(begin.finalPosition()).isEqualTo(commit.position());
			assertThat(commit.endPosition().isAfter(commit.position())).isTrue();
			assertThat(begin.commitTime()).isEqualTo(commit.commitTime())
				.isCloseTo(Instant.now(), within(Duration.ofMinutes(5)));
			assertThat(database.query("SELECT xmin FROM t")).containsExactly(Integer.toUnsignedString(begin.xid()));
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 15, 16, 17, 18 })
	void decodesUpdatesAndDeletesByReplicaIdentity(int version) throws SQLException {
		try (TestDatabase database = PostgresServer.version(version).createDatabase();
				SlotSession session = new SlotSession(database)) {
			session.execute("CREATE TABLE t (id int PRIMARY KEY, v text)", "INSERT INTO t VALUES (1, 'a')",
					"UPDATE t SET v = 'b'", "UPDATE t SET id = 2", "DELETE FROM t",
					"ALTER TABLE t REPLICA IDENTITY FULL", "INSERT INTO t VALUES (1, 'a')", "UPDATE t SET v = NULL",
					"DELETE FROM t");
			List<String> changes = new ArrayList<>();
			for (SlotSession.Received received : session.receive()) {
				if (received.message() instanceof Update update) {
					changes.add("%s %s %s".formatted(update.key(), update.old(), update.row()));
				}
				else if (received.message() instanceof Delete delete) {
					changes.add("%s %s".formatted(delete.key(), delete.old()));
				}
			}
			assertThat(changes).containsExactly("null null ('1', 'b')", "('1', null) null ('2', 'b')",
					"('2', null) null", "null ('1', 'a') ('1', null)", "null ('1', null)");
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 15, 16, 17, 18 })
	void knowsUnchangedLargeValuesWhereTheLogHasThem(int version) throws SQLException {
		String large = "repeat('x', 2500)";
		try (TestDatabase database = PostgresServer.version(version).createDatabase();
				SlotSession session = new SlotSession(database)) {
			session.execute("CREATE TABLE t (k text PRIMARY KEY, v text, n int)",
					"ALTER TABLE t ALTER k SET STORAGE EXTERNAL, ALTER v SET STORAGE EXTERNAL",
					"INSERT INTO t VALUES (%1$s, %1$s, 1)".formatted(large), "UPDATE t SET n = 2",
					"ALTER TABLE t REPLICA IDENTITY FULL", "UPDATE t SET n = 3");
			List<Update> updates = session.receive(Update.class);
			Tuple byKey = updates.get(0).row();
			assertThat(byKey.text(0)).hasSize(2500);
			assertThat(byKey.isUnchanged(1)).isTrue();
			assertThat(byKey.text(2)).isEqualTo("2");
			Tuple full = updates.get(1).row();
			assertThat(full.text(0)).hasSize(2500);
			assertThat(full.text(1)).hasSize(2500);
			assertThat(full.text(2)).isEqualTo("3");
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 15, 16, 17, 18 })
	void decodesTruncate(int version) throws SQLException {
		try (TestDatabase database = PostgresServer.version(version).createDatabase();
				SlotSession session = new SlotSession(database)) {
			session.execute("CREATE TABLE a (id serial PRIMARY KEY)", "CREATE TABLE b (id int REFERENCES a)",
					"TRUNCATE b", "TRUNCATE a RESTART IDENTITY CASCADE");
			List<Truncate> truncates = session.receive(Truncate.class);
			assertThat(truncates).hasSize(2);
			assertThat(truncates.get(0).relations()).hasSize(1);
			assertThat(truncates.get(0).cascade()).isFalse();
			assertThat(truncates.get(0).restartIdentity()).isFalse();
			assertThat(truncates.get(1).relations()).hasSize(2).containsAll(truncates.get(0).relations());
			assertThat(truncates.get(1).cascade()).isTrue();
			assertThat(truncates.get(1).restartIdentity()).isTrue();
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 15, 16, 17, 18 })
	void decodesLogicalMessages(int version) throws SQLException {
		try (TestDatabase database = PostgresServer.version(version).createDatabase();
				SlotSession session = new SlotSession(database)) {
			session.execute("SELECT pg_logical_emit_message(true, '_bemi', '{\"a\": \"ä\"}')",
					"SELECT pg_logical_emit_message(false, '', '\\xff00'::bytea)", "CREATE TABLE flush ()");
			List<LogicalMessage> messages = session.receive(LogicalMessage.class);
			assertThat(messages).extracting(LogicalMessage::transactional).containsExactlyInAnyOrder(true, false);
			assertThat(messages).extracting(LogicalMessage::prefix).containsExactlyInAnyOrder("_bemi", "");
			assertThat(messages)
				.extracting((message) -> StandardCharsets.ISO_8859_1.decode(message.content()).toString())
				.contains("\u00ff\u0000");
			assertThat(messages).extracting(LogicalMessage::text).contains("{\"a\": \"ä\"}");
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 15, 16, 17, 18 })
	void decodesOrigin(int version) throws SQLException {
		try (TestDatabase database = PostgresServer.version(version).createDatabase();
				SlotSession session = new SlotSession(database)) {
			String origin = "origin of " + database.name();
			session.execute("CREATE TABLE t (id int)", "SELECT pg_replication_origin_create('" + origin + "')",
					"SELECT pg_replication_origin_session_setup('" + origin + "')",
					"BEGIN; SELECT pg_replication_origin_xact_setup('1/2', now()); INSERT INTO t VALUES (1); COMMIT",
					"SELECT pg_replication_origin_session_reset()",
					"SELECT pg_replication_origin_drop('" + origin + "')");
			assertThat(session.receive(Origin.class)).contains(new Origin(Position.parse("1/2"), origin));
		}
	}

}
