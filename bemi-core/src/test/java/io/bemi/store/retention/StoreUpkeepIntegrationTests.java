package io.bemi.store.retention;

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
import io.bemi.store.PostgresChangeSink;
import io.bemi.store.StoreSchema;
import io.bemi.store.StoreSettings;
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
