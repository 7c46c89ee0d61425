package io.bemi.store;

import java.sql.Connection;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;

import io.bemi.change.Position;
import io.bemi.ingestion.ChangeSink.SinkSource;
import io.bemi.ingestion.FencedException;
import io.bemi.ingestion.Ingester;
import io.bemi.ingestion.SinkException;
import io.bemi.ingestion.SinkWrite;
import io.bemi.ingestion.SourceTransaction;
import io.bemi.ingestion.TransactionContext;
import io.bemi.replication.SourceIdentity;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link PostgresChangeSink}.
 */
class PostgresChangeSinkIntegrationTests {

	private static TestDatabase database;

	@BeforeAll
	static void createDatabase() {
		database = PostgresServer.shared().createDatabase();
	}

	@AfterAll
	static void dropDatabase() {
		database.close();
	}

	private static PostgresChangeSink sink() {
		return new PostgresChangeSink(
				new StoreSettings(database.url(), database.server().username(), database.server().password(), "bemi"));
	}

	private static SourceIdentity identity(String slot) {
		return new SourceIdentity("1", 1, "shop", slot);
	}

	private static void write(PostgresChangeSink sink, SinkSource source, long next) {
		try (SinkWrite write = sink.begin(source, new Position(next))) {
			write.commit();
		}
	}

	@Test
	void remembersHowFarItGot() {
		try (PostgresChangeSink sink = sink()) {
			SinkSource source = sink.open(identity("remembers"));
			assertThat(source.position()).isNull();
			write(sink, source, 10);
			assertThat(sink.open(identity("remembers")).position()).isEqualTo(new Position(10));
			assertThat(sink.open(identity("remembers")).id()).isEqualTo(source.id());
		}
	}

	@Test
	void aWriteThatIsNotCommittedLeavesNothing() {
		try (PostgresChangeSink sink = sink()) {
			SinkSource source = sink.open(identity("nothing"));
			try (SinkWrite write = sink.begin(source, new Position(10))) {
				assertThat(write).isNotNull();
			}
			assertThat(sink.open(identity("nothing")).position()).isNull();
		}
	}

	@Test
	void notesByHowMuchAClockWasSetBack() {
		try (PostgresChangeSink sink = sink()) {
			SinkSource source = sink.open(identity("setback"));
			write(sink, source, 10, true, 100, 200);
			assertThat(setback(source)).isEqualTo("0");
			write(sink, new SinkSource(source.id(), new Position(10), 1), 20, false, 300, 50);
			write(sink, new SinkSource(source.id(), new Position(10), 1), 20, true, 170, 210);
			assertThat(setback(source)).isEqualTo("30000000");
			SinkSource again = sink.open(identity("setback"));
			write(sink, again, 30, true, 205);
			assertThat(setback(source)).isEqualTo("30000000");
			write(sink, new SinkSource(again.id(), new Position(30), 1), 40, true, 110);
			assertThat(setback(source)).isEqualTo("100000000");
			database.execute("UPDATE bemi.source SET setback = NULL WHERE id = " + source.id());
			write(sink, sink.open(identity("setback")), 50, true, 1);
			assertThat(setback(source)).isEqualTo("null");
		}
	}

	private static String setback(SinkSource source) {
		return String.valueOf(database.query("SELECT setback FROM bemi.source WHERE id = " + source.id()).get(0));
	}

	private static void write(PostgresChangeSink sink, SinkSource source, long next, boolean commit, long... seconds) {
		try (SinkWrite write = sink.begin(source, new Position(next))) {
			for (long second : seconds) {
				write.appendContexts(List.of(new TransactionContext(
						new SourceTransaction(new Position(next), Instant.EPOCH.plusSeconds(second), 1), 0, "{}")));
			}
			if (commit) {
				write.commit();
			}
		}
	}

	@Test
	void aWriterThatKnowsAnOldPositionIsFenced() {
		try (PostgresChangeSink one = sink(); PostgresChangeSink other = sink()) {
			SinkSource source = one.open(identity("fence"));
			write(one, source, 10);
			assertThatExceptionOfType(FencedException.class).isThrownBy(() -> one.begin(source, new Position(10)));
			write(other, other.open(identity("fence")), 20);
			SinkSource stale = new SinkSource(source.id(), new Position(10), source.timeline());
			one.open(identity("fence"));
			assertThatExceptionOfType(FencedException.class).isThrownBy(() -> one.begin(stale, new Position(30)));
		}
	}

	@Test
	void whoTakesOverEndsWhatTheOtherOneHasBegun() {
		try (PostgresChangeSink stopped = sink(); PostgresChangeSink next = sink()) {
			SinkWrite write = stopped.begin(stopped.open(identity("stopped")), new Position(10));
			SinkSource source = next.open(identity("stopped"));
			assertThat(source.position()).isNull();
			write(next, source, 20);
			assertThatExceptionOfType(SinkException.class).isThrownBy(write::commit);
			write.close();
			assertThat(next.open(identity("stopped")).position()).isEqualTo(new Position(20));
		}
	}

	@Test
	void writersOfDifferentSourcesLeaveEachOtherAlone() {
		try (PostgresChangeSink one = sink(); PostgresChangeSink other = sink(); PostgresChangeSink third = sink()) {
			SinkSource source = one.open(identity("one"));
			SinkSource another = other.open(identity("other"));
			SinkSource elsewhere = third.open(new SourceIdentity("2", 1, "shop", "one"));
			write(third, elsewhere, 10);
			write(other, another, 10);
			write(one, source, 10);
			assertThat(one.open(identity("one")).position()).isEqualTo(new Position(10));
		}
	}

	@Test
	void aSourceThatCannotBeContinuedEndsInAGap() {
		try (PostgresChangeSink sink = sink()) {
			SinkSource source = sink.open(identity("gap"));
			write(sink, source, 10);
			SinkSource next = sink.supersede(sink.open(identity("gap")), identity("gap"), "testing");
			assertThat(next.position()).isNull();
			assertThat(next.id()).isGreaterThan(source.id());
			assertThat(sink.open(identity("gap")).id()).isEqualTo(next.id());
			assertThat(database.query("SELECT from_position, reason FROM bemi.gap WHERE source = " + source.id()))
				.containsExactly("0/A|testing");
		}
	}

	@Test
	void anotherClusterIsAnotherHistory() {
		try (PostgresChangeSink sink = sink()) {
			SinkSource source = sink.open(identity("cluster"));
			write(sink, source, 10);
			SinkSource moved = sink.open(new SourceIdentity("2", 1, "shop", "cluster"));
			assertThat(moved.id()).isNotEqualTo(source.id());
			assertThat(moved.position()).isNull();
		}
	}

	@Test
	void twoClustersMayHaveTheSameNames() {
		try (PostgresChangeSink sink = sink()) {
			SinkSource one = sink.open(new SourceIdentity("1", 1, "shop", "twins"));
			write(sink, one, 10);
			SinkSource other = sink.open(new SourceIdentity("2", 1, "shop", "twins"));
			write(sink, other, 20);
			assertThat(sink.open(new SourceIdentity("1", 1, "shop", "twins")))
				.isEqualTo(new SinkSource(one.id(), new Position(10), one.timeline()));
			assertThat(sink.open(new SourceIdentity("2", 1, "shop", "twins")))
				.isEqualTo(new SinkSource(other.id(), new Position(20), other.timeline()));
		}
	}

	@Test
	void neverQuotesAUrlThatNoDriverTakes() {
		PostgresChangeSink sink = new PostgresChangeSink(
				new StoreSettings("jdbc:postgres://db/x?password=s3cret", null, null, "bemi"));
		assertThatExceptionOfType(SinkException.class).isThrownBy(() -> sink.open(identity("typo")))
			.withMessageContaining("bemi.store.url")
			.withMessageNotContaining("s3cret");
	}

	@Test
	void saysWhatToDoWhenItCannotConnect() {
		PostgresChangeSink sink = new PostgresChangeSink(
				new StoreSettings("jdbc:postgresql://localhost:1/x", "nobody", "secret", "bemi"));
		assertThatExceptionOfType(SinkException.class).isThrownBy(() -> sink.open(identity("away")))
			.withMessageContaining("bemi.store.url")
			.withMessageNotContaining("secret");
	}

	@Test
	void aRowThatTheStoreRefusesGoesToQuarantineAndTheOthersAreStored() throws Exception {
		try (Capture capture = Capture.on(18); TestDatabase store = latin1(capture.database())) {
			Ingester ingester = capture
				.start(new StoreSettings(store.url(), store.server().username(), store.server().password(), "bemi"));
			try (Connection connection = capture.database().connect();
					Statement statement = connection.createStatement()) {
				connection.setAutoCommit(false);
				statement.execute("INSERT INTO todo SELECT i, 'Käse' FROM generate_series(1, 500) i");
				// LATIN1 has no such letter.
				statement.execute("INSERT INTO todo VALUES (501, 'Łódź')");
				statement.execute("INSERT INTO todo SELECT i, 'Käse' FROM generate_series(502, 1000) i");
				statement.execute("SELECT pg_logical_emit_message(true, '_bemi', '{\"user\": \"Łukasz\"}')");
				connection.commit();
			}
			Capture.awaitChanges(store, 1_000);
			assertThat(store.query("SELECT content, ordinal, relation IS NOT NULL FROM bemi.quarantine"))
				.containsExactly("{\"operation\": \"CREATE\", \"schema\": \"public\", \"table\": \"todo\", \"row\": "
						+ "{\"id\":501,\"task\":\"\\u0141\\u00f3d\\u017a\",\"isCompleted\":false}}|500|t");
			assertThat(store.query(
					"SELECT DISTINCT values ->> 'task', metadata -> '_bemi' ->> 'error' FROM bemi.changes WHERE unknown = '{}'"))
				.containsExactly("Käse|The context could not be stored");
			// It stands in the history, with nothing known of it.
			assertThat(store
				.query("SELECT primary_key, operation, values, unknown FROM bemi.changes WHERE unknown <> '{}'"))
				.containsExactly("501|CREATE|{}|{id,task,isCompleted}");
			capture.database().execute("INSERT INTO todo VALUES (1001, 'next')");
			Capture.awaitChanges(store, 1_001);
			assertThat(ingester.status().message()).startsWith("Streaming");
			ingester.close();
		}
	}

	private static TestDatabase latin1(TestDatabase beside) {
		TestDatabase store = new TestDatabase(beside.server(), beside.name() + "_store");
		beside.execute("CREATE DATABASE " + store.name()
				+ " TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'");
		return store;
	}

	@Test
	void oddNamesAndValuesArriveAsTheyAre() throws Exception {
		try (Capture capture = Capture.on(18)) {
			capture.database().execute("""
					CREATE SCHEMA "Sché ma"; CREATE TABLE "Sché ma"."Ta""ble" (
					    "I d" int, "va\\l""ue" text, PRIMARY KEY ("I d", "va\\l""ue"));
					ALTER PUBLICATION bemi ADD TABLE "Sché ma"."Ta""ble\"""");
			capture.start();
			capture.database()
				.execute(
						"""
								INSERT INTO "Sché ma"."Ta""ble" VALUES (1, E'tab\\there\\nnew\\\\N "quoted" \\u00e9 😀 \\\\. \\x01')""",
						"UPDATE \"Sché ma\".\"Ta\"\"ble\" SET \"I d\" = 2");
			capture.awaitChanges(2);
			assertThat(capture.database()
				.query("""
						SELECT schema, "table", values = to_jsonb(t), primary_key::jsonb = jsonb_build_array("I d", "va\\l""ue"),
						       changed, unknown, before ->> 'I d'
						FROM bemi.changes, "Sché ma"."Ta""ble" t WHERE operation = 'UPDATE'"""))
				.containsExactly("Sché ma|Ta\"ble|t|t|{\"I d\"}|{}|1");
		}
	}

}
