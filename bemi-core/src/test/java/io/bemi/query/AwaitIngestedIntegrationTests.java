package io.bemi.query;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import javax.sql.DataSource;

import io.bemi.change.Change;
import io.bemi.ingestion.Ingester;
import io.bemi.replication.ReplicationSettings;
import io.bemi.replication.ReplicationSource;
import io.bemi.store.PostgresChangeSink;
import io.bemi.store.StoreSettings;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link Changes#awaitIngested()}: what was written is read, at once.
 */
class AwaitIngestedIntegrationTests {

	private static final Duration LONG = Duration.ofSeconds(60);

	private static TestDatabase source(int version) {
		TestDatabase source = PostgresServer.version(version).createDatabase();
		source.execute("CREATE TABLE todo (id bigint PRIMARY KEY, task text)",
				"CREATE TABLE untracked (id bigint, filler text)", "CREATE PUBLICATION bemi FOR TABLE todo");
		return source;
	}

	private static Ingester ingest(TestDatabase source, TestDatabase store) throws InterruptedException {
		PostgresServer server = source.server();
		Ingester ingester = new Ingester(
				new ReplicationSource(new ReplicationSettings(source.url(), server.username(), server.password(),
						slot(source), "bemi")),
				new PostgresChangeSink(
						new StoreSettings(store.url(), store.server().username(), store.server().password(), "bemi")));
		ingester.start();
		assertThat(ingester.awaitSettled(Duration.ofSeconds(20))).isTrue();
		return ingester;
	}

	private static String slot(TestDatabase source) {
		return ReplicationSettings.slotOf(source.name());
	}

	private static Changes changes(TestDatabase source, TestDatabase store) {
		return changes(source.dataSource(), slot(source), store);
	}

	private static Changes changes(DataSource source, String slot, TestDatabase store) {
		return changes(source, slot, store.dataSource());
	}

	private static Changes changes(DataSource source, String slot, DataSource stored) {
		return new JdbcChanges(stored, QuerySettings.of("bemi"), EntityTables.NONE, new IngestionBarrier(source, slot));
	}

	/**
	 * Several threads write and read back at once, while others write what is recorded
	 * and what is not.
	 */
	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void readsWhatWasWrittenUnderLoad(int version) throws Exception {
		try (TestDatabase source = source(version); Ingester ingester = ingest(source, source)) {
			Changes changes = changes(source, source);
			AtomicBoolean done = new AtomicBoolean();
			AtomicInteger ids = new AtomicInteger();
			ExecutorService threads = Executors.newCachedThreadPool();
			List<CompletableFuture<Void>> load = List.of(
					run(threads, source, done,
							"INSERT INTO todo SELECT -i, 'x' FROM generate_series(%1$d * 1000 + 1,"
									+ " %1$d * 1000 + 20) i"),
					run(threads, source, done,
							"INSERT INTO untracked SELECT %d, repeat('x', 1000) FROM" + " generate_series(1, 100)"));
			List<CompletableFuture<Void>> readers = new ArrayList<>();
			for (int reader = 0; reader < 3; reader++) {
				readers.add(CompletableFuture.runAsync(() -> readYourWrites(source, changes, ids, 25), threads));
			}
			for (CompletableFuture<Void> reader : readers) {
				reader.get();
			}
			done.set(true);
			for (CompletableFuture<Void> writer : load) {
				writer.get();
			}
			threads.shutdown();
			assertThat(ingester.status().message()).isNotNull();
		}
	}

	private static CompletableFuture<Void> run(ExecutorService threads, TestDatabase source, AtomicBoolean done,
			String sql) {
		return CompletableFuture.runAsync(() -> {
			for (int round = 0; !done.get(); round++) {
				source.execute(sql.formatted(round));
			}
		}, threads);
	}

	private static void readYourWrites(TestDatabase source, Changes changes, AtomicInteger ids, int rounds) {
		try (Connection connection = source.connect(); Statement statement = connection.createStatement()) {
			for (int round = 0; round < rounds; round++) {
				int id = ids.incrementAndGet();
				// Committed, but perhaps not on disk yet.
				statement.execute("SET synchronous_commit = " + ((round % 2 == 0) ? "on" : "off"));
				statement.execute("INSERT INTO todo VALUES (" + id + ", 'written')");
				changes.awaitIngested(LONG);
				assertThat(changes.query().table("todo").primaryKey(id).list()).hasSize(1);
			}
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void returnsPromptlyWhereNothingIsRecordedAndTheStoreIsElsewhere(int version) throws Exception {
		try (TestDatabase source = source(version);
				TestDatabase store = PostgresServer.shared().createDatabase();
				Ingester ingester = ingest(source, store)) {
			assertThat(ingester.status()).isNotNull();
			Changes changes = changes(source, store);
			for (int i = 0; i < 5; i++) {
				changes.awaitIngested(Duration.ofSeconds(10));
				source.execute("INSERT INTO untracked VALUES (1, 'x')");
			}
			source.execute("INSERT INTO todo VALUES (1, 'x')");
			changes.awaitIngested(Duration.ofSeconds(10));
			assertThat(changes.query().list()).hasSize(1);
			changes.awaitIngested(Duration.ofSeconds(10));
		}
	}

	/**
	 * Somebody has waited, nobody waits any more.
	 */
	@Test
	void theStoreIsNotWrittenWhereNobodyWaits() throws Exception {
		try (TestDatabase source = source(18); Ingester ingester = ingest(source, source)) {
			assertThat(ingester.status()).isNotNull();
			changes(source, source).awaitIngested(LONG);
			String noted = source.query("SELECT position, xmin FROM bemi.source").get(0);
			long end = System.nanoTime() + Duration.ofSeconds(4).toNanos();
			Awaitility.await().atMost(LONG).until(() -> System.nanoTime() > end);
			assertThat(source.query("SELECT position, xmin FROM bemi.source")).containsExactly(noted);
			// Ingestion goes on from there.
			source.execute("INSERT INTO todo VALUES (1, 'x')");
			changes(source, source).awaitIngested(LONG);
			assertThat(changes(source, source).query().list()).hasSize(1);
			assertThat(source.query("SELECT reason FROM bemi.gap")).isEmpty();
		}
	}

	@Test
	void goesOnWhereABarrierWasNotedAfterARestart() throws Exception {
		try (TestDatabase source = source(18)) {
			try (Ingester first = ingest(source, source)) {
				assertThat(first.status()).isNotNull();
				source.execute("INSERT INTO todo VALUES (1, 'x')");
				changes(source, source).awaitIngested(LONG);
				changes(source, source).awaitIngested(LONG);
			}
			source.execute("INSERT INTO todo VALUES (2, 'x')");
			try (Ingester second = ingest(source, source)) {
				changes(source, source).awaitIngested(LONG);
				assertThat(changes(source, source).query().list()).hasSize(2);
				assertThat(source.query("SELECT reason FROM bemi.gap")).isEmpty();
				assertThat(second.status().message()).isNotNull();
			}
		}
	}

	@Test
	void aTimeoutSaysThatNobodyIngestsOrHowFarBehindItIs() throws Exception {
		try (TestDatabase source = source(18)) {
			try (Ingester ingester = ingest(source, source)) {
				source.execute("INSERT INTO todo VALUES (1, 'x')");
				changes(source, source).awaitIngested(LONG);
				try (Connection lock = source.connect(); Statement statement = lock.createStatement()) {
					lock.setAutoCommit(false);
					statement.execute("SELECT 1 FROM bemi.source FOR UPDATE");
					source.execute("INSERT INTO todo VALUES (2, 'x')");
					assertThatExceptionOfType(IngestionTimeoutException.class)
						.isThrownBy(() -> changes(source, source).awaitIngested(Duration.ofMillis(300)))
						.withMessageContaining(
								"is not in the history after 300 ms: ingestion runs, and it is stored up to")
						.withMessageContaining("bytes behind");
				}
				assertThat(ingester.status()).isNotNull();
			}
			Awaitility.await()
				.until(() -> source
					.query("SELECT active FROM pg_replication_slots WHERE slot_name = '" + slot(source) + "'")
					.equals(List.of("f")));
			assertThatExceptionOfType(IngestionTimeoutException.class)
				.isThrownBy(() -> changes(source, source).awaitIngested(Duration.ofMillis(50)))
				.withMessageContaining("nobody ingests, no process reads the replication slot '" + slot(source) + "'");
		}
	}

	@Test
	void refusesToWaitForWhatIsNotCommitted() throws Exception {
		try (TestDatabase source = source(18)) {
			Changes changes = changes(source, source);
			TransactionTemplate transaction = new TransactionTemplate(new JdbcTransactionManager(source.dataSource()));
			assertThatIllegalStateException()
				.isThrownBy(() -> transaction.executeWithoutResult((status) -> changes.awaitIngested()))
				.withMessageContaining("within a transaction");
			assertThatIllegalStateException()
				.isThrownBy(() -> new JdbcChanges(source.dataSource(), "bemi").awaitIngested())
				.withMessageContaining("bemi.replication.url");
		}
	}

	/**
	 * In another isolation level a transaction goes on reading what there was.
	 */
	@Test
	void refusesToWaitWhereTheSnapshotIsOld() throws Exception {
		try (TestDatabase source = source(18); Ingester ingester = ingest(source, source)) {
			assertThat(ingester.status()).isNotNull();
			DataSource dataSource = source.dataSource();
			Changes changes = changes(dataSource, slot(source), dataSource);
			TransactionTemplate transaction = new TransactionTemplate(new JdbcTransactionManager(dataSource));
			transaction.setReadOnly(true);
			List<Change> read = transaction.execute((status) -> {
				assertThat(changes.query().list()).isEmpty();
				source.execute("INSERT INTO todo VALUES (1, 'x')");
				changes.awaitIngested(LONG);
				return changes.query().list();
			});
			assertThat(read).hasSize(1);
			transaction.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
			assertThatIllegalStateException().isThrownBy(() -> transaction.executeWithoutResult((status) -> {
				assertThat(changes.query().list()).hasSize(1);
				changes.awaitIngested(LONG);
			})).withMessageContaining("isolation level 'repeatable read'");
			source.execute("ALTER DATABASE " + source.name() + " SET default_transaction_isolation = 'serializable'");
			transaction.setIsolationLevel(TransactionDefinition.ISOLATION_DEFAULT);
			assertThatIllegalStateException()
				.isThrownBy(() -> transaction.executeWithoutResult((status) -> changes.awaitIngested(LONG)))
				.withMessageContaining("isolation level 'serializable'");
			source.execute("INSERT INTO todo VALUES (2, 'x')");
			changes.awaitIngested(LONG);
			assertThat(changes.query().list()).hasSize(2);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void aRoleThatMayNotWriteMessagesIsToldWhatToDo(int version) throws Exception {
		String function = "pg_catalog.pg_logical_emit_message(boolean, text, text"
				+ ((version < 17) ? ")" : ", boolean)");
		try (TestDatabase source = source(version); Ingester ingester = ingest(source, source)) {
			source.execute("CREATE ROLE quiet LOGIN", "GRANT USAGE ON SCHEMA bemi TO quiet",
					"GRANT SELECT ON bemi.source TO quiet", "REVOKE EXECUTE ON FUNCTION " + function + " FROM PUBLIC");
			try {
				PGSimpleDataSource quiet = (PGSimpleDataSource) source.dataSource();
				quiet.setUser("quiet");
				Changes changes = changes(quiet, slot(source), source);
				assertThatIllegalStateException().isThrownBy(() -> changes.awaitIngested(LONG))
					.withMessageContaining("GRANT EXECUTE ON FUNCTION");
				source.execute("GRANT EXECUTE ON FUNCTION " + function + " TO quiet");
				changes.awaitIngested(LONG);
				assertThat(ingester.status()).isNotNull();
			}
			finally {
				source.execute("DROP OWNED BY quiet", "DROP ROLE quiet");
			}
		}
	}

	@Test
	void anInterruptEndsTheWait() throws Exception {
		try (TestDatabase source = source(18); Ingester ingester = ingest(source, source)) {
			ingester.close();
			CompletableFuture<Void> waits = new CompletableFuture<>();
			Thread thread = new Thread(() -> {
				try {
					changes(source, source).awaitIngested(LONG);
					waits.complete(null);
				}
				catch (IllegalStateException ex) {
					waits.completeExceptionally(ex);
				}
			});
			thread.start();
			thread.interrupt();
			assertThatExceptionOfType(ExecutionException.class).isThrownBy(waits::get)
				.withMessageContaining("Interrupted");
		}
	}

}
