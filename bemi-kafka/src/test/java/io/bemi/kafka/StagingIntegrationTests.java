package io.bemi.kafka;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.bemi.ingestion.BaselineSettings;
import io.bemi.kafka.StagingWriter.LostPartitionException;
import io.bemi.replication.ReplicationSettings;
import io.bemi.replication.ReplicationSource;
import io.bemi.store.PostgresChangeSink;
import io.bemi.store.StoreSettings;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import io.bemi.tracking.ColumnRules;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What consumers write down is stored once, in the order of commits, whatever order it
 * comes in and however often.
 */
class StagingIntegrationTests {

	private static final TopicPartition ROWS = new TopicPartition("shop.public.todo", 0);

	private static final TopicPartition TRANSACTIONS = new TopicPartition("shop.transaction", 0);

	private static final String CHANGES = """
			SELECT primary_key, "values" ->> 'task', metadata ->> 'user', ordinal, transaction_id % 1000 FROM bemi.changes
			 ORDER BY position, ordinal
			""";

	private final KafkaSettings settings = new KafkaSettings("shop", "bemi", Map.of());

	private TestDatabase database;

	private Staging staging;

	@BeforeEach
	void createDatabase() {
		this.database = PostgresServer.shared().createDatabase();
		this.database.execute("CREATE TABLE todo (id int PRIMARY KEY, task text)",
				"CREATE PUBLICATION bemi FOR TABLE todo");
		this.staging = new Staging(store(), "shop");
	}

	@AfterEach
	void dropDatabase() {
		this.database.close();
	}

	private StoreSettings store() {
		return new StoreSettings(this.database.url(), this.database.server().username(),
				this.database.server().password(), "bemi");
	}

	private StagingWriter writer() throws SQLException {
		Connection connection = this.staging.connect();
		StagingWriter writer = new StagingWriter(connection, this.staging.feed(connection),
				new EventReader(this.settings));
		for (int partition = 0; partition < 3; partition++) {
			writer.take(new TopicPartition("shop.public.todo", partition), 0);
			writer.take(new TopicPartition("shop.message", partition), 0);
		}
		writer.take(TRANSACTIONS, 0);
		return writer;
	}

	private TransactionStorer storer() {
		ReplicationSource source = new ReplicationSource(new ReplicationSettings(this.database.url(),
				this.database.server().username(), this.database.server().password(), "bemi_kafka_shop", "bemi"));
		return new TransactionStorer(this.staging, source, new PostgresChangeSink(store()),
				new BaselineSettings(List.of("*")), ColumnRules.NONE, () -> true);
	}

	private void awaitChanges(String... changes) {
		Awaitility.await()
			.atMost(20, TimeUnit.SECONDS)
			.ignoreExceptions()
			.untilAsserted(() -> assertThat(this.database.query(CHANGES)).containsExactly(changes));
	}

	@Test
	void storesATransactionWhenAllOfItHasCome() throws SQLException {
		Map<TopicPartition, Long> offsets = new HashMap<>();
		try (StagingWriter writer = writer(); TransactionStorer storer = storer()) {
			writer.write(new Records(offsets).end(7, 150, 3, 1).end(8, 250, 1).insert(2, 7, 100, 1, 1, "a").get());
			writer.write(new Records(offsets).insert(0, 8, 200, 1, 3, "c").get());
			Awaitility.await().until(storer::state, (state) -> state.endsWith("1 of 3 have arrived"));
			writer.write(new Records(offsets).message(1, 7, 130, 2, "{\"user\": \"ann\"}").get());
			writer.write(new Records(offsets).insert(1, 7, 140, 3, 2, "b").get());
			awaitChanges("1|a|ann|0|7", "2|b|ann|1|7", "3|c|null|0|8");
		}
	}

	@Test
	void storesOnceWhatComesInAnyOrderAndTwice() throws SQLException {
		Random random = new Random(5);
		Map<TopicPartition, Long> offsets = new HashMap<>();
		List<Consumer<Records>> events = new ArrayList<>();
		List<String> expected = new ArrayList<>();
		List<Consumer<Records>> ends = new ArrayList<>();
		for (int transaction = 0; transaction < 50; transaction++) {
			long xid = 100 + transaction;
			long lsn = 10_000L * (transaction + 1);
			int rows = 1 + random.nextInt(5);
			for (int row = 1; row <= rows; row++) {
				int order = row;
				int id = transaction * 10 + row;
				events.add((records) -> records.insert(random.nextInt(3), xid, lsn + order, order, id, "t" + id));
				expected.add(id + "|t" + id + "|u" + xid + "|" + (row - 1) + "|" + xid);
			}
			events.add((records) -> records.message(random.nextInt(3), xid, lsn + 100, rows + 1,
					"{\"user\": \"u" + xid + "\"}"));
			ends.add((records) -> records.end(xid, lsn + 200, rows + 1, 1));
		}
		events.addAll(events.subList(0, events.size() / 2));
		Collections.shuffle(events, random);
		try (StagingWriter writer = writer(); TransactionStorer storer = storer()) {
			while (!events.isEmpty() || !ends.isEmpty()) {
				Records records = new Records(offsets);
				for (int i = 0; i < 10; i++) {
					boolean end = !ends.isEmpty() && (events.isEmpty() || random.nextInt(4) == 0);
					(end ? ends : events).remove(0).accept(records);
					if (events.isEmpty() && ends.isEmpty()) {
						break;
					}
				}
				writer.write(records.get());
			}
			awaitChanges(expected.toArray(String[]::new));
			assertThat(storer.isFailed()).isFalse();
		}
	}

	/**
	 * The connector is killed before it knows that all of a transaction is in Kafka, and
	 * counts its last message once more.
	 */
	@Test
	void waitsForAllThatIsSentAgainInTheMiddleOfATransaction() throws SQLException {
		Map<TopicPartition, Long> offsets = new HashMap<>();
		try (StagingWriter writer = writer(); TransactionStorer storer = storer()) {
			writer.write(new Records(offsets).at(1_000)
				.insert(0, 7, 100, 1, 1, "a")
				.message(1, 7, 120, 2, "{\"user\": \"ann\"}")
				.insert(0, 7, 120, 3, 2, "b")
				.insert(2, 7, 140, 5, 3, "c")
				.end(7, 200, 5, 2)
				.get());
			awaitWaiting(storer, "4 of 5 have arrived");
			writer.write(new Records(offsets).at(9_000)
				.message(1, 7, 120, 3, "{\"user\": \"ann\"}")
				.insert(0, 7, 120, 4, 2, "b")
				.get());
			awaitWaiting(storer, "5 of 5 have arrived");
			writer.write(new Records(offsets).at(9_000).message(1, 7, 140, 5, "{\"user\": \"bob\"}").get());
			awaitWaiting(storer, "5 of 5 have arrived");
			writer.write(new Records(offsets).at(9_000).end(7, 200, 6, 3).get());
			awaitWaiting(storer, "5 of 6 have arrived");
			writer.write(new Records(offsets).at(9_000).insert(2, 7, 140, 6, 3, "c").get());
			awaitChanges("1|a|ann|0|7", "2|b|bob|1|7", "3|c|bob|2|7");
		}
	}

	private void awaitWaiting(TransactionStorer storer, String state) {
		Awaitility.await().until(storer::state, (found) -> found.endsWith(state));
		Awaitility.await()
			.during(200, TimeUnit.MILLISECONDS)
			.untilAsserted(
					() -> assertThat(this.database.query("SELECT count(*) FROM bemi.changes")).containsExactly("0"));
	}

	@Test
	void storesOnceWhereverTheConnectorIsKilled() throws SQLException {
		Random random = new Random();
		long seed = random.nextLong();
		random.setSeed(seed);
		List<ConnectorRuns> transactions = new ArrayList<>();
		for (int i = 0; i < 60; i++) {
			transactions.add(new ConnectorRuns(random, 100 + i, 10_000L * (i + 1)));
		}
		Map<TopicPartition, Long> offsets = new HashMap<>();
		try (StagingWriter writer = writer(); TransactionStorer storer = storer()) {
			for (Consumer<Records> record : ConnectorRuns.arrivals(random, transactions)) {
				Records records = new Records(offsets);
				record.accept(records);
				writer.write(records.get());
			}
			Awaitility.await("seed " + seed)
				.atMost(20, TimeUnit.SECONDS)
				.ignoreExceptions()
				.untilAsserted(() -> assertThat(this.database.query(CHANGES)).containsExactlyElementsOf(
						transactions.stream().flatMap((runs) -> runs.changes().stream()).toList()));
			assertThat(storer.isFailed()).isFalse();
		}
	}

	/**
	 * Notes a marker as if it was in the log: it is committed between two places.
	 */
	private void mark(long xid, long after, long until) {
		this.database.execute("INSERT INTO bemi.kafka_marker SELECT id, %d, '0/%X', '0/%X' FROM bemi.kafka_feed"
			.formatted(xid, after, until));
	}

	@Test
	void aMarkerThatHasNotComeIsAGap() throws SQLException {
		Map<TopicPartition, Long> offsets = new HashMap<>();
		try (StagingWriter writer = writer(); TransactionStorer storer = storer()) {
			writer.write(new Records(offsets).insert(0, 7, 100, 1, 1, "a").end(7, 150, 1).get());
			awaitChanges("1|a|null|0|7");
			mark(20, 200, 260);
			mark(21, 270, 280);
			writer.write(new Records(offsets).insert(0, 8, 170, 1, 2, "b")
				.end(8, 250, 1)
				.insert(1, 9, 300, 1, 3, "c")
				.end(9, 350, 1)
				.get());
			awaitChanges("1|a|null|0|7", "2|b|null|0|8", "3|c|null|0|9");
			assertThat(this.database.query("SELECT from_position, to_position, reason FROM bemi.gap")).containsExactly(
					"0/F9|0/15C|What was committed around 0/104 was not sent: slot 'bemi_kafka_shop' was dropped and created"
							+ " anew, or read by others");
			assertThat(storer.isFailed()).isFalse();
		}
		try (TransactionStorer storer = storer()) {
			Awaitility.await()
				.untilAsserted(() -> assertThat(this.database.query("SELECT * FROM bemi.kafka_marker")).isEmpty());
			assertThat(this.database.query("SELECT count(*) FROM bemi.gap")).containsExactly("1");
			assertThat(storer.isFailed()).isFalse();
		}
	}

	/**
	 * What {@code docs/troubleshooting.md} says for a transaction that will never be
	 * complete.
	 */
	private void giveUp() throws IOException {
		String document = Files.readString(Path.of("../docs/troubleshooting.md"));
		String chapter = document.substring(document.indexOf("### An incomplete transaction"));
		int begin = chapter.indexOf("```sql") + "```sql".length();
		this.database.execute(chapter.substring(begin, chapter.indexOf("```", begin)));
	}

	@Test
	void anIncompleteTransactionIsGivenUpAsAGap() throws Exception {
		Map<TopicPartition, Long> offsets = new HashMap<>();
		try (StagingWriter writer = writer(); TransactionStorer storer = storer()) {
			writer.write(new Records(offsets).insert(0, 7, 100, 1, 1, "a").end(7, 150, 1).get());
			awaitChanges("1|a|null|0|7");
			writer.write(new Records(offsets).insert(0, 8, 170, 1, 2, "b")
				.end(8, 250, 2)
				.insert(1, 9, 300, 1, 3, "c")
				.end(9, 350, 1)
				.get());
			Awaitility.await().until(storer::state, (state) -> state.endsWith("1 of 2 have arrived"));
			giveUp();
			writer.write(new Records(offsets).insert(0, 10, 400, 1, 4, "d").end(10, 450, 1).get());
			awaitChanges("1|a|null|0|7", "4|d|null|0|10");
			assertThat(this.database.query("SELECT from_position, to_position FROM bemi.gap"))
				.containsExactly("0/95|0/1C0");
			assertThat(storer.isFailed()).isFalse();
			assertThat(this.database.query("SELECT xid FROM bemi.kafka_event WHERE xid IN (8, 9)")).isEmpty();
		}
	}

	@Test
	void anIncompleteTransactionIsGivenUpBeforeThereIsAHistory() throws Exception {
		Map<TopicPartition, Long> offsets = new HashMap<>();
		try (StagingWriter writer = writer(); TransactionStorer storer = storer()) {
			writer.write(new Records(offsets).insert(0, 8, 170, 1, 2, "b").end(8, 250, 2).get());
			Awaitility.await().until(storer::state, (state) -> state.endsWith("1 of 2 have arrived"));
			giveUp();
			writer.write(new Records(offsets).insert(0, 10, 400, 1, 4, "d").end(10, 450, 1).get());
			awaitChanges("4|d|null|0|10");
			assertThat(storer.isFailed()).isFalse();
		}
	}

	@Test
	void aMarkerThatHasComeIsNoGap() throws SQLException {
		Map<TopicPartition, Long> offsets = new HashMap<>();
		try (StagingWriter writer = writer(); TransactionStorer storer = storer()) {
			writer.write(new Records(offsets).insert(0, 7, 100, 1, 1, "a").end(7, 150, 1).get());
			awaitChanges("1|a|null|0|7");
			mark(20, 200, 260);
			writer.write(new Records(offsets).insert(0, 8, 210, 1, 2, "b").end(8, 230, 1).get());
			awaitChanges("1|a|null|0|7", "2|b|null|0|8");
			writer.write(new Records(offsets).message(1, 20, 200, 1, "")
				.end(20, 250, 1, 1)
				.insert(1, 9, 300, 1, 3, "c")
				.end(9, 350, 1)
				.get());
			awaitChanges("1|a|null|0|7", "2|b|null|0|8", "3|c|null|0|9");
			assertThat(this.database.query("SELECT reason FROM bemi.gap")).isEmpty();
			assertThat(storer.isFailed()).isFalse();
		}
	}

	@Test
	void storesNothingAgainWhenTheConnectorBeginsAgain() throws SQLException {
		Map<TopicPartition, Long> offsets = new HashMap<>();
		try (StagingWriter writer = writer()) {
			try (TransactionStorer storer = storer()) {
				writer.write(new Records(offsets).insert(0, 7, 100, 1, 1, "a").end(7, 150, 1).get());
				awaitChanges("1|a|null|0|7");
			}
			writer.write(new Records(offsets).insert(1, 7, 100, 1, 1, "a").end(7, 150, 1).get());
			writer.write(new Records(offsets).insert(1, 9, 300, 1, 2, "b").end(9, 350, 1).get());
			try (TransactionStorer storer = storer()) {
				awaitChanges("1|a|null|0|7", "2|b|null|0|9");
				Awaitility.await()
					.untilAsserted(() -> assertThat(this.database.query("SELECT xid FROM bemi.kafka_event")).isEmpty());
			}
		}
	}

	@Test
	void goesOnAfterTransactionsThatChangedNothing() throws SQLException {
		Map<TopicPartition, Long> offsets = new HashMap<>();
		try (StagingWriter writer = writer()) {
			try (TransactionStorer storer = storer()) {
				writer.write(new Records(offsets).insert(0, 7, 100, 1, 1, "a").end(7, 150, 1).get());
				awaitChanges("1|a|null|0|7");
				writer.write(new Records(offsets).message(1, 8, 200, 1, "{}").end(8, 250, 1, 1).get());
				Awaitility.await()
					.untilAsserted(() -> assertThat(this.database.query("SELECT xid FROM bemi.kafka_event")).isEmpty());
			}
			try (TransactionStorer storer = storer()) {
				writer.write(new Records(offsets).insert(0, 9, 300, 1, 2, "b").end(9, 350, 1).get());
				awaitChanges("1|a|null|0|7", "2|b|null|0|9");
				assertThat(storer.isFailed()).isFalse();
			}
		}
	}

	@Test
	void anotherConsumerGoesOnWhereOneWasAndThatOneWritesNoMore() throws SQLException {
		Map<TopicPartition, Long> offsets = new HashMap<>();
		try (StagingWriter first = writer()) {
			first.write(new Records(offsets).insert(0, 7, 100, 1, 1, "a").get());
			try (StagingWriter second = writer()) {
				assertThat(second.take(ROWS, 0)).isEqualTo(1);
				Map<TopicPartition, Long> same = new HashMap<>(offsets);
				second.write(new Records(offsets).insert(0, 7, 101, 2, 2, "b").get());
				assertThatExceptionOfType(LostPartitionException.class)
					.isThrownBy(() -> first.write(new Records(same).insert(0, 7, 101, 2, 2, "b").get()))
					.withMessage("Another consumer has gone on with partition 0 of topic shop.public.todo");
				assertThat(this.database.query("SELECT total_order FROM bemi.kafka_event ORDER BY 1"))
					.containsExactly("1", "2");
			}
		}
	}

	@Test
	void keepsWhatIsNoEventOfTheConnector() throws SQLException {
		Map<TopicPartition, Long> offsets = new HashMap<>();
		try (StagingWriter writer = writer(); TransactionStorer storer = storer()) {
			writer.write(new Records(offsets).add("shop.public.todo", 0, "what is this")
				.add("shop.public.todo", 0, null)
				.insert(0, 7, 100, 1, 1, "a")
				.end(7, 150, 1)
				.get());
			awaitChanges("1|a|null|0|7");
			assertThat(
					this.database.query("SELECT record, convert_from(content, 'UTF8'), error FROM bemi.kafka_rejected"))
				.containsExactly(
						"0|what is this|Expected a schema with each record: JsonConverter with 'schemas.enable' = 'true'");
			assertThat(writer.rejected()).isEqualTo(1);
		}
	}

	@Test
	void quarantinesAValueThatIsNoneOfItsType() throws SQLException {
		this.database.execute("ALTER TABLE todo ALTER COLUMN task TYPE int[] USING NULL");
		Map<TopicPartition, Long> offsets = new HashMap<>();
		try (StagingWriter writer = writer(); TransactionStorer storer = storer()) {
			String array = """
					{"schema":{"fields":[{"fields":[{"type":"int32","parameters":{"__debezium.source.column.type":"INT4"},"field":"id"},{"type":"array","items":{"type":"int32"},"parameters":{"__debezium.source.column.type":"_INT4"},"field":"task"}],"field":"after"}]},"payload":{"before":null,"after":{"id":1,"task":[null,null]},"source":{"ts_us":1700000000000000,"schema":"public","table":"todo","txId":7,"lsn":100},"transaction":{"total_order":1},"op":"c"}}""";
			writer.write(new Records(offsets).add("shop.public.todo", 0, array).end(7, 150, 1).get());
			awaitChanges("1|null|null|0|7");
			assertThat(this.database.query("SELECT unknown FROM bemi.changes")).containsExactly("{task}");
			assertThat(this.database.query("SELECT content FROM bemi.quarantine"))
				.containsExactly("{\"operation\": \"CREATE\", \"schema\": \"public\", \"table\": \"todo\", "
						+ "\"row\": {\"id\": \"1\", \"task\": \"[null, null]\"}}");
		}
	}

	@Test
	void canBeTakenOut() throws Exception {
		try (Connection connection = this.staging.connect();
				var statement = connection.createStatement();
				var sql = Staging.class.getResourceAsStream("drop.sql")) {
			assertThat(this.database.query("SELECT count(*) FROM pg_tables WHERE tablename LIKE 'kafka%'"))
				.containsExactly("7");
			statement.execute(new String(sql.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8));
			assertThat(this.database.query("SELECT count(*) FROM pg_tables WHERE tablename LIKE 'kafka%'"))
				.containsExactly("0");
		}
	}

	@Test
	void tablesWhoseNamesTheConnectorMisreadsAreKnown() throws SQLException {
		this.database.execute("CREATE TABLE \"a''b\" (id int)", "CREATE TABLE \"a``b\" (id int)",
				"CREATE TABLE \"\"\"ab\" (id int)", "CREATE TABLE \"a'b.c\"\"d`e\" (id int)",
				"CREATE PUBLICATION odd FOR ALL TABLES");
		try (Connection connection = this.database.connect()) {
			assertThat(ConnectorWatch.misread(connection, "bemi")).isEmpty();
			assertThat(ConnectorWatch.misread(connection, "odd")).containsExactlyInAnyOrder("public.\"\"\"ab\"",
					"public.\"a''b\"", "public.\"a``b\"");
		}
	}

}
