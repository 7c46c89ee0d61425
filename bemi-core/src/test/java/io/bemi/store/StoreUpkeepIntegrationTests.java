package io.bemi.store;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.Period;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

import io.bemi.change.Position;
import io.bemi.ingestion.ChangeSink.SinkSource;
import io.bemi.ingestion.SinkWrite;
import io.bemi.ingestion.SourceTransaction;
import io.bemi.ingestion.TransactionContext;
import io.bemi.replication.SourceIdentity;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link StoreUpkeep}.
 */
class StoreUpkeepIntegrationTests {

	private static final String PARTITIONS = """
			SELECT relid::regclass FROM pg_partition_tree('bemi.change') WHERE relid::text ~ '\\d' ORDER BY 1::text
			""";

	private static final String STATE = """
			SELECT string_agg(oid || ':' || xmin, ',' ORDER BY oid) FROM pg_class WHERE relnamespace = 'bemi'::regnamespace
			""";

	private static final RetentionSettings TWO_MONTHS = new RetentionSettings(Period.ofMonths(2), List.of(), null);

	private static void look(TestDatabase store, RetentionSettings retention, String now) throws Exception {
		try (StoreUpkeep upkeep = new StoreUpkeep(Upkeep.settings(store), retention, () -> Instant.parse(now))) {
			upkeep.look();
		}
	}

	private static SinkSource open(PostgresChangeSink sink) {
		return sink.open(new SourceIdentity("1", 1, "shop", "slot"));
	}

	/**
	 * Stores a transaction without changes: its context is all that there is of it.
	 */
	private static SinkSource store(PostgresChangeSink sink, SinkSource source, long position, String time) {
		try (SinkWrite write = sink.begin(source, new Position(position))) {
			write.appendContexts(List.of(new TransactionContext(transaction(position, time), 0, "{}")));
			write.commit();
		}
		return new SinkSource(source.id(), new Position(position), source.timeline());
	}

	private static SourceTransaction transaction(long position, String time) {
		return new SourceTransaction(new Position(position), Instant.parse(time), position);
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void theNextMonthIsMadeAWeekAhead(int version) throws Exception {
		try (TestDatabase store = PostgresServer.version(version).createDatabase();
				PostgresChangeSink sink = new PostgresChangeSink(Upkeep.settings(store))) {
			SinkSource source = open(sink);
			source = store(sink, source, 10, "2030-01-20T00:00:00Z");
			look(store, RetentionSettings.FOREVER, "2030-01-24T23:59:59Z");
			assertThat(store.query(PARTITIONS)).containsExactly("bemi.change_2030_01");
			look(store, RetentionSettings.FOREVER, "2030-01-25T00:00:00Z");
			assertThat(store.query(PARTITIONS)).containsExactly("bemi.change_2030_01", "bemi.change_2030_02");
			List<String> state = store.query(STATE);
			look(store, RetentionSettings.FOREVER, "2030-01-31T23:59:59Z");
			store(sink, source, 20, "2030-02-01T00:00:00Z");
			assertThat(store.query(STATE)).isEqualTo(state);
		}
	}

	@Test
	void anotherOneThatIsAtItIsLeftAlone() throws Exception {
		try (TestDatabase store = PostgresServer.shared().createDatabase();
				PostgresChangeSink sink = new PostgresChangeSink(Upkeep.settings(store));
				Connection other = store.connect();
				Statement statement = other.createStatement()) {
			open(sink);
			statement.execute("SELECT pg_advisory_lock(hashtextextended('bemi upkeep bemi', 0))");
			look(store, RetentionSettings.FOREVER, "2030-01-31T00:00:00Z");
			assertThat(store.query(PARTITIONS)).isEmpty();
		}
	}

	@Test
	void whoReadsForLongPutsTheDropOff() throws Exception {
		try (TestDatabase store = PostgresServer.shared().createDatabase();
				PostgresChangeSink sink = new PostgresChangeSink(Upkeep.settings(store));
				Connection reader = store.connect();
				Statement statement = reader.createStatement()) {
			SinkSource source = store(sink, open(sink), 10, "2030-01-20T00:00:00Z");
			source = store(sink, source, 20, "2030-05-01T00:00:00Z");
			reader.setAutoCommit(false);
			statement.executeQuery("SELECT count(*) FROM bemi.changes").close();
			CountDownLatch looked = new CountDownLatch(1);
			List<Throwable> failures = new ArrayList<>();
			Thread thread = new Thread(() -> {
				try {
					look(store, TWO_MONTHS, "2030-05-01T00:00:00Z");
				}
				catch (Exception ex) {
					failures.add(ex);
				}
				looked.countDown();
			});
			thread.start();
			for (int position = 21; looked.getCount() > 0 && position < 60; position++) {
				long begun = System.nanoTime();
				source = store(sink, source, position, "2030-05-01T00:00:00Z");
				assertThat(System.nanoTime() - begun).isLessThan(5_000_000_000L);
			}
			reader.commit();
			thread.join();
			assertThat(failures).isEmpty();
			look(store, TWO_MONTHS, "2030-05-01T00:00:00Z");
			assertThat(store.query(PARTITIONS)).containsExactly("bemi.change_2030_05");
			assertThat(store.query("SELECT month, dropped_by = current_user FROM bemi.dropped"))
				.containsExactly("2030-01-01|t");
		}
	}

	@Test
	void aMonthIntoWhichAClockWasSetBackStaysUntilTheNextOneGoes() throws Exception {
		try (TestDatabase store = PostgresServer.shared().createDatabase();
				PostgresChangeSink sink = new PostgresChangeSink(Upkeep.settings(store))) {
			SinkSource source = store(sink, open(sink), 10, "2030-01-20T00:00:00Z");
			source = store(sink, source, 20, "2030-02-01T00:10:00Z");
			source = store(sink, source, 30, "2030-01-31T23:10:00Z");
			store(sink, source, 40, "2030-04-01T00:00:00Z");
			look(store, TWO_MONTHS, "2030-04-10T00:00:00Z");
			assertThat(store.query(PARTITIONS)).hasSize(3);
			look(store, TWO_MONTHS, "2030-05-01T00:00:00Z");
			assertThat(store.query(PARTITIONS)).doesNotContain("bemi.change_2030_01", "bemi.change_2030_02");
		}
	}

	@Test
	void changesThatComeMeanwhileAreLookedAtAnew() throws Exception {
		try (TestDatabase store = PostgresServer.shared().createDatabase();
				PostgresChangeSink sink = new PostgresChangeSink(Upkeep.settings(store))) {
			SinkSource source = store(sink, open(sink), 10, "2030-01-20T00:00:00Z");
			store.execute("INSERT INTO bemi.relation (source, oid, schema, name, replica_identity, columns, since)"
					+ " VALUES (1, 1, 'public', 'todo', 'd', '[]', '0/1')");
			try (StoreUpkeep upkeep = new StoreUpkeep(Upkeep.settings(store), TWO_MONTHS,
					() -> Instant.parse("2030-05-01T00:00:00Z"))) {
				upkeep.look(() -> true);
				store(sink, source, 20, "2030-01-21T00:00:00Z");
				upkeep.look();
			}
			List<String> outcomes = store.query("SELECT outcome FROM bemi.retention_run ORDER BY id");
			assertThat(outcomes).hasSize(2).last().isEqualTo("Done");
			assertThat(outcomes.get(0)).startsWith("Changes with times before have come meanwhile");
			assertThat(store.query("SELECT upto FROM bemi.retention_table ORDER BY run")).containsExactly("0/A",
					"0/14");
			assertThat(store.query("SELECT run FROM bemi.dropped WHERE dropped_at IS NOT NULL")).containsExactly("2");
		}
	}

	@Test
	void aTransactionThatWasDroppedIsTakenForTheOneThatIsSentAgain() throws Exception {
		try (TestDatabase store = PostgresServer.shared().createDatabase();
				PostgresChangeSink sink = new PostgresChangeSink(Upkeep.settings(store))) {
			SinkSource source = store(sink, open(sink), 10, "2030-01-20T00:00:00Z");
			source = store(sink, source, 20, "2030-01-21T00:00:00Z");
			assertThat(sink.endsWithTransaction(source)).isTrue();
			look(store, TWO_MONTHS, "2030-05-01T00:00:00Z");
			assertThat(store.query(PARTITIONS)).doesNotContain("bemi.change_2030_01");
			assertThat(sink.endsWithTransaction(source)).isFalse();
			assertThat(sink.holds(source, transaction(10, "2030-01-20T00:00:00Z"))).isTrue();
			assertThat(sink.holds(source, transaction(30, "2030-05-20T00:00:00Z"))).isFalse();
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void whatIsArchivedComesBackAsItWas(int version, @TempDir Path directory) throws Exception {
		try (Capture capture = Capture.on(version); TestDatabase elsewhere = elsewhere(capture.database())) {
			capture.start();
			TestDatabase store = capture.database();
			store.execute("INSERT INTO todo SELECT i, E'tab\\t\\\\ \\r\\n é 😀 ' || i FROM generate_series(1, 500) i",
					"UPDATE todo SET task = NULL WHERE id % 2 = 0", "DELETE FROM todo WHERE id % 5 = 0",
					"INSERT INTO full_row VALUES (1, 'x', 1.50), (2, NULL, NULL)", "UPDATE full_row SET c = 2",
					"TRUNCATE full_row");
			capture.awaitChanges(500 + 250 + 100 + 2 + 2 + 1);
			Upkeep.age(store, "0/0", "FFFFFFFF/FFFFFFFF", 100);
			String changes = "SELECT c::text FROM %s.changes c ORDER BY c.id";
			String raw = "SELECT committed_at, source, position, ordinal, relation, context, operation, image, replaced, previous_key, unknown"
					+ " FROM %s.change WHERE committed_at > '-infinity' ORDER BY position, ordinal, image";
			List<String> before = store.query(changes.formatted("bemi"));
			List<String> rows = store.query(raw.formatted("bemi"));
			List<String> contexts = store.query("SELECT x::text FROM bemi.context x ORDER BY position");
			Upkeep.look(store, new RetentionSettings(Period.ofDays(50), List.of(), directory), () -> false);
			assertThat(store.query(changes.formatted("bemi"))).isEmpty();
			Path file = Path.of(store.query("SELECT archive FROM bemi.dropped").get(0));
			assertThat(directory).isDirectoryContaining((found) -> found.equals(file));
			try (var files = Files.list(directory)) {
				assertThat(files).hasSize(2);
			}
			try (Connection connection = store.connect()) {
				new HistoryArchive(file).restore(connection, "bemi_archive");
				assertThatExceptionOfType(SQLException.class)
					.isThrownBy(() -> new HistoryArchive(file).restore(connection, "bemi_archive"))
					.withMessageContaining("already");
				assertThatExceptionOfType(SQLException.class)
					.isThrownBy(() -> new HistoryArchive(file).restore(connection, "bemi"))
					.withMessageContaining("Changes are recorded in that schema");
			}
			assertThat(store.query(changes.formatted("bemi_archive"))).hasSizeGreaterThan(800).isEqualTo(before);
			assertThat(store.query(raw.formatted("bemi_archive"))).isEqualTo(rows);
			assertThat(store.query("SELECT x::text FROM bemi_archive.context x ORDER BY position")).isEqualTo(contexts);
			try (Connection connection = elsewhere.connect()) {
				new HistoryArchive(file).restore(connection, "bemi_archive");
			}
			assertThat(elsewhere.query(changes.formatted("bemi_archive"))).isEqualTo(before);
			damage(file);
			assertThatExceptionOfType(java.io.IOException.class).isThrownBy(() -> new HistoryArchive(file).verify())
				.withMessageContaining("not the file that its manifest describes");
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void whatIsErasedIsInNoArchiveAndNotAmongWhatIsKept(int version, @TempDir Path directory) throws Exception {
		String secret = "secret" + version;
		try (Capture capture = Capture.on(version)) {
			TestDatabase store = capture.database();
			capture.start(Chain.settings(store));
			store.execute("INSERT INTO todo VALUES (1, '" + secret + "'), (2, 'open')",
					"UPDATE todo SET task = task || '!'",
					"BEGIN; UPDATE todo SET task = '" + secret + "' WHERE id = 1;"
							+ " SELECT pg_logical_emit_message(true, '_bemi', '{\"user\": \"who-" + secret
							+ "\"}'); COMMIT");
			capture.awaitChanges(2 + 2 + 1);
			Upkeep.age(store, "0/0", "FFFFFFFF/FFFFFFFF", 100);
			Upkeep.chain(store);
			Upkeep.look(store, new RetentionSettings(Period.ofDays(50), List.of(), directory), () -> false);
			Path file = Path.of(store.query("SELECT archive FROM bemi.dropped").get(0));
			assertThat(text(file)).contains(secret, "who-" + secret);
			assertThat(store.query("SELECT count(*) FROM bemi.change_kept WHERE image ->> 'task' = '" + secret + "'"))
				.containsExactly("1");

			HistoryEraser eraser = new HistoryEraser(store.dataSource(), "bemi");
			RecordErasure erasure = RecordErasure.of("public", "todo", "1", "asked for");
			ErasureReport report = eraser.erase(erasure);
			assertThat(report.changes()).isEqualTo(1);
			assertThat(report.archives()).containsExactly(file.toString());
			HistoryArchive archive = new HistoryArchive(file);
			assertThat(eraser.eraseFrom(archive, erasure).changes()).isEqualTo(3);
			assertThat(text(file)).doesNotContain("\"" + secret, secret + "!").contains("who-" + secret, "open!");
			assertThat(eraser.eraseContextFrom(archive, List.of("user"), "who-" + secret, null, "asked for").contexts())
				.isEqualTo(1);
			assertThat(text(file)).doesNotContain(secret).contains("open!");
			byte[] left = Files.readAllBytes(file);
			assertThat(eraser.eraseFrom(archive, RecordErasure.of("public", "todo", "7", "nothing")).changes())
				.isZero();
			assertThat(Files.readAllBytes(file)).isEqualTo(left);
			archive.verify();
			assertThat(store.query("SELECT archive_sha256, archive_rewritten_at IS NOT NULL FROM bemi.dropped"))
				.containsExactly(ArchiveWriter.sha256(file) + "|t");
			assertThat(store.query("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'bemi\\_%'")).isEmpty();
			assertThat(Upkeep.verify(store).removed()).isZero();
			store.execute("VACUUM (FULL) pg_statistic", "CHECKPOINT");
			assertThat(store.query("SELECT c::text FROM bemi.change c").toString()).doesNotContain(secret);
			try (TestDatabase other = elsewhere(store); Connection connection = other.connect()) {
				archive.restore(connection, "bemi_archive");
				assertThat(other.query(
						"SELECT operation, values, unknown FROM bemi_archive.changes WHERE primary_key = '1' ORDER BY id"))
					.containsExactly("CREATE|{\"id\": 1}|{isCompleted,task}", "UPDATE|{\"id\": 1}|{isCompleted,task}",
							"UPDATE|{\"id\": 1}|{isCompleted,task}");
			}
		}
	}

	private static String text(Path file) throws java.io.IOException {
		try (var in = new java.util.zip.GZIPInputStream(Files.newInputStream(file))) {
			return new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
		}
	}

	private static TestDatabase elsewhere(TestDatabase beside) {
		return beside.server().createDatabase();
	}

	private static void damage(Path file) throws java.io.IOException {
		byte[] bytes = Files.readAllBytes(file);
		bytes[bytes.length / 2] ^= 1;
		Files.write(file, bytes);
	}

	@Test
	void whoMayOnlyAddDropsNothingButTheOwnerDoes() throws Exception {
		try (TestDatabase store = PostgresServer.shared().createDatabase()) {
			String role = store.name() + "_writer";
			try (Connection connection = store.connect()) {
				new StoreSchema("bemi").migrate(connection);
			}
			store.execute("CREATE ROLE " + role + " LOGIN",
					Files.readString(Path.of("../docs/sql/append-only.sql")).replace("the storing role", role));
			StoreSettings settings = new StoreSettings(store.url(), role, "", "bemi");
			try (PostgresChangeSink sink = new PostgresChangeSink(settings)) {
				store(sink, open(sink), 10, "2030-01-20T00:00:00Z");
			}
			look(settings, TWO_MONTHS);
			assertThat(store.query(PARTITIONS)).containsExactly("bemi.change_2030_01", "bemi.change_2030_05");
			look(settings, new RetentionSettings(Period.ofMonths(2), List.of(), null,
					new RetentionSettings.StoreOwner(store.server().username(), store.server().password())));
			assertThat(store.query(PARTITIONS)).containsExactly("bemi.change_2030_05");
			store.execute("DROP OWNED BY " + role, "DROP ROLE " + role);
		}
	}

	private static void look(StoreSettings settings, RetentionSettings retention) throws Exception {
		try (StoreUpkeep upkeep = new StoreUpkeep(settings, retention, () -> Instant.parse("2030-05-01T00:00:00Z"))) {
			upkeep.look();
		}
	}

	@Test
	void nothingIsDroppedWhenItCannotBeArchived(@TempDir Path directory) throws Exception {
		try (TestDatabase store = PostgresServer.shared().createDatabase();
				PostgresChangeSink sink = new PostgresChangeSink(Upkeep.settings(store))) {
			store(sink, open(sink), 10, "2030-01-20T00:00:00Z");
			Path file = Files.createFile(directory.resolve("file"));
			RetentionSettings retention = new RetentionSettings(Period.ofMonths(2), List.of(), file);
			assertThatExceptionOfType(java.io.IOException.class)
				.isThrownBy(() -> look(store, retention, "2030-05-01T00:00:00Z"));
			assertThat(store.query(PARTITIONS)).contains("bemi.change_2030_01");
			look(store, TWO_MONTHS, "2030-05-01T00:00:00Z");
			assertThat(store.query("SELECT archive, outcome FROM bemi.dropped, bemi.retention_run"))
				.containsExactly("null|Done");
		}
	}

}
