package io.bemi.worker;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

import io.bemi.query.Changes;
import io.bemi.query.EntityTables;
import io.bemi.query.IngestionBarrier;
import io.bemi.query.IngestionTimeoutException;
import io.bemi.query.JdbcChanges;
import io.bemi.query.QuerySettings;
import io.bemi.query.Transaction;
import io.bemi.replication.ReplicationSettings;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import io.bemi.timetravel.JdbcTimeTravel;
import io.bemi.timetravel.TimeTravel;
import io.bemi.timetravel.TimeTravelException;
import io.bemi.timetravel.TravellingApplication;
import io.bemi.tracking.Tracking;
import io.bemi.tracking.TrackingSettings;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for a database that is read through two slots: one history, of whole
 * transactions.
 */
class GroupsIntegrationTests {

	private static final Duration LONG = Duration.ofSeconds(60);

	private static final String[] GROUPS = { "lines.tables=line", "rest.tables=*" };

	private static final String CONTEXT = "SELECT pg_logical_emit_message(true, '_bemi', '{\"user\": \"%s\"}')";

	private TestDatabase shop = PostgresServer.shared().createDatabase();

	private TestDatabase store = PostgresServer.shared().createDatabase();

	@BeforeEach
	void prepare() throws SQLException {
		prepare(PostgresServer.shared());
	}

	private void prepare(PostgresServer server) throws SQLException {
		close();
		this.shop = server.createDatabase();
		this.store = PostgresServer.shared().createDatabase();
		this.shop.execute("CREATE TABLE orders (id bigint PRIMARY KEY, note text)",
				"CREATE TABLE line (id bigint PRIMARY KEY, order_id bigint, note text)",
				"INSERT INTO orders VALUES (1, 'old')", "INSERT INTO line VALUES (1, 1, 'old')");
		try (Connection connection = this.shop.connect()) {
			new Tracking(TrackingSettings.everything("app")).track(connection);
		}
	}

	@AfterEach
	void close() {
		this.shop.close();
		this.store.close();
	}

	private List<String> arguments(String... groups) {
		List<String> arguments = new ArrayList<>(
				WorkerIntegrationTests.arguments(this.store, Map.of("shop", this.shop)));
		for (String group : groups) {
			arguments.add("--bemi.worker.databases.shop.groups." + group);
		}
		return arguments;
	}

	private ConfigurableApplicationContext start(String... groups) {
		ConfigurableApplicationContext worker = new SpringApplicationBuilder(BemiWorkerApplication.class)
			.web(WebApplicationType.NONE)
			.run(arguments(groups).toArray(String[]::new));
		Awaitility.await()
			.atMost(LONG)
			.until(() -> worker.getBean(Worker.class)
				.readers()
				.stream()
				.allMatch((reader) -> reader.message().startsWith("Streaming")));
		return worker;
	}

	private ConfigurableApplicationContext startGroups() {
		return start(GROUPS);
	}

	private Changes changes() {
		return new JdbcChanges(this.store.dataSource(), QuerySettings.of("bemi"), EntityTables.NONE, barrier());
	}

	/**
	 * As an application makes it, which knows nothing of groups.
	 */
	private IngestionBarrier barrier() {
		return new IngestionBarrier(this.shop.dataSource(), ReplicationSettings.slotOf(this.shop.name()));
	}

	private TimeTravel travel() {
		return new JdbcTimeTravel(TravellingApplication.of(this.shop.dataSource()), this.store.dataSource(), "bemi",
				changes(), barrier());
	}

	private long transact(String... statements) throws SQLException {
		try (Connection connection = this.shop.connect(); Statement statement = connection.createStatement()) {
			connection.setAutoCommit(false);
			statement.execute("SET LOCAL bemi.proxy = 'on:" + connection.getClientInfo("ApplicationName") + "'");
			for (String sql : statements) {
				statement.execute(sql);
			}
			try (ResultSet row = statement.executeQuery("SELECT pg_current_xact_id()::text::bigint")) {
				row.next();
				long id = row.getLong(1);
				connection.commit();
				return id;
			}
		}
	}

	private static SourceReader reader(ConfigurableApplicationContext worker, String group) {
		return worker.getBean(Worker.class)
			.readers()
			.stream()
			.filter((reader) -> group.equals(reader.source().group()))
			.findFirst()
			.orElseThrow();
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void aTransactionIsOneWithTheContextOfEachRow(int version) throws Exception {
		prepare(PostgresServer.version(version));
		try (ConfigurableApplicationContext worker = startGroups()) {
			long id = transact("UPDATE orders SET note = 'first'", "UPDATE line SET note = 'first'",
					CONTEXT.formatted("ann"), "INSERT INTO line VALUES (2, 1, 'second')",
					"INSERT INTO orders VALUES (2, 'second')", CONTEXT.formatted("bob"));
			changes().awaitIngested(LONG);
			assertThat(this.store
				.query("""
						SELECT count(*), count(DISTINCT source), min(source), count(DISTINCT position), count(DISTINCT committed_at),
						       count(DISTINCT ordinal), count(DISTINCT id)
						  FROM bemi.changes WHERE transaction_id = %d"""
					.formatted(id)))
				.containsExactly("4|1|" + ReplicationSettings.slotOf(this.shop.name()) + "|1|1|4|4");
			assertThat(this.store
				.query("""
						SELECT "table", operation, before ->> 'note', values ->> 'note', metadata ->> 'user' FROM bemi.changes
						 ORDER BY "table", ordinal"""))
				.containsExactly("line|UPDATE|old|first|ann", "line|CREATE|null|second|bob",
						"orders|UPDATE|old|first|ann", "orders|CREATE|null|second|bob");
			List<Transaction> transactions = changes().query().transactions();
			assertThat(transactions).singleElement().satisfies((transaction) -> {
				assertThat(transaction.id()).isEqualTo(id);
				assertThat(transaction.changes()).hasSize(4);
			});
			assertThat(worker.getBean(Worker.class).readers()).hasSize(2);
		}
	}

	@Test
	void whoWaitsWaitsForTheGroupThatIsBehind() throws Exception {
		try (ConfigurableApplicationContext worker = startGroups()) {
			changes().awaitIngested(LONG);
			reader(worker, "lines").ingestion().pause();
			long id = transact("UPDATE orders SET note = 'now'", "UPDATE line SET note = 'now'");
			assertThatExceptionOfType(IngestionTimeoutException.class)
				.isThrownBy(() -> changes().awaitIngested(Duration.ofSeconds(2)))
				.withMessageContaining("behind");
			// Until then a part of it is seen.
			Awaitility.await().atMost(LONG).until(() -> changes().query().transaction(id).list().size() == 1);
			assertThatExceptionOfType(TimeTravelException.class).isThrownBy(() -> travel().asOf(id).rows("orders"));
			reader(worker, "lines").ingestion().resume();
			changes().awaitIngested(LONG);
			assertThat(changes().query().transaction(id).list()).hasSize(2);
			assertThat(travel().asOf(id).rows("line")).extracting((row) -> row.get("note")).containsExactly("now");
		}
	}

	@Test
	void thePastIsThatOfAllGroups() throws Exception {
		try (ConfigurableApplicationContext worker = startGroups()) {
			long first = transact("UPDATE orders SET note = 'first'", "UPDATE line SET note = 'first'");
			String between = this.shop.query("SELECT clock_timestamp()").get(0);
			long second = transact("DELETE FROM line", "UPDATE orders SET note = 'second'");
			TimeTravel travel = travel();
			assertThat(notes(travel, first)).containsExactly("first", "first");
			assertThat(notes(travel, second)).containsExactly("second");
			changes().awaitIngested(LONG);
			java.time.Instant moment = java.time.OffsetDateTime.parse(between.replace(' ', 'T') + ":00").toInstant();
			assertThat(travel.asOf(moment).rows("line")).extracting((row) -> row.get("note")).containsExactly("first");
			assertThat(travel.asOf(moment).rows("orders")).extracting((row) -> row.get("note"))
				.containsExactly("first");
			assertThat(worker.isActive()).isTrue();
		}
	}

	private static List<@org.jspecify.annotations.Nullable Object> notes(TimeTravel travel, long transaction) {
		List<@org.jspecify.annotations.Nullable Object> notes = new ArrayList<>();
		for (String table : List.of("orders", "line")) {
			travel.asOf(transaction).rows(table).forEach((row) -> notes.add(row.get("note")));
		}
		return notes;
	}

	/**
	 * Messages about what became of a table come through each slot; one takes them.
	 */
	@Test
	void tablesThatAreCreatedOrAlteredAreRecordedAsThroughOneSlot() throws Exception {
		List<String> throughOne;
		try (ConfigurableApplicationContext worker = start()) {
			throughOne = recordAlterations();
			assertThat(worker.isActive()).isTrue();
		}
		prepare();
		try (ConfigurableApplicationContext worker = startGroups()) {
			assertThat(recordAlterations()).isEqualTo(throughOne);
			assertThat(this.store.query("SELECT count(DISTINCT s.part) FROM bemi.relation r JOIN bemi.source s"
					+ " ON s.id = r.source GROUP BY r.oid"))
				.containsOnly("1");
			assertThat(this.store
				.query("SELECT count(*), count(DISTINCT ordinal) FROM bemi.changes WHERE operation = 'TRUNCATE'"))
				.containsExactly("4|4");
			assertThat(worker.isActive()).isTrue();
		}
	}

	private List<String> recordAlterations() {
		this.shop.execute("CREATE TABLE customer (id bigint PRIMARY KEY, note text)",
				"CREATE SCHEMA sales CREATE TABLE line (id bigint PRIMARY KEY, note text)",
				"INSERT INTO customer VALUES (1, 'new')", "INSERT INTO sales.line VALUES (1, 'new')",
				"ALTER TABLE line ADD COLUMN price numeric DEFAULT 5",
				"ALTER TABLE orders RENAME COLUMN note TO remark",
				"ALTER TABLE sales.line ADD COLUMN price numeric DEFAULT 5",
				"ALTER TABLE customer RENAME COLUMN note TO remark");
		awaitCopied();
		this.shop.execute("UPDATE line SET price = 6", "UPDATE orders SET remark = 'new'",
				"UPDATE sales.line SET price = 6", "UPDATE customer SET remark = 'newer'",
				"ALTER TABLE customer ALTER id TYPE integer");
		awaitCopied();
		this.shop.execute("UPDATE customer SET remark = 'newest'", "TRUNCATE line, orders, customer, sales.line");
		changes().awaitIngested(LONG);
		List<String> recorded = this.store.query("""
				SELECT schema, "table", operation, before, values, changed, unknown FROM bemi.changes
				 ORDER BY schema, "table", position""");
		// Once, although there is a message for each publication that a table joins.
		recorded.addAll(this.store.query("""
				SELECT DISTINCT schema, name, replica_identity, columns FROM bemi.relation
				 ORDER BY schema, name, replica_identity, columns"""));
		assertThat(recorded).hasSizeGreaterThan(15);
		return recorded;
	}

	/**
	 * Rows of tables that were altered are copied anew, sooner or later.
	 */
	private void awaitCopied() {
		changes().awaitIngested(LONG);
		Awaitility.await()
			.atMost(LONG)
			.untilAsserted(
					() -> assertThat(this.store.query("SELECT bool_and(completed_at IS NOT NULL) FROM bemi.baseline"))
						.containsExactly("t"));
	}

	/**
	 * A database that was read through one slot goes on as two groups, and back.
	 */
	@Test
	void theHistoryGoesOnWhenGroupsAreMade() throws Exception {
		long first;
		try (ConfigurableApplicationContext worker = start()) {
			first = transact("UPDATE orders SET note = 'one slot'", "UPDATE line SET note = 'one slot'");
			changes().awaitIngested(LONG);
			assertThat(worker.isActive()).isTrue();
		}
		long second;
		try (ConfigurableApplicationContext worker = startGroups()) {
			second = transact("UPDATE orders SET note = 'two slots'", "UPDATE line SET note = 'two slots'");
			changes().awaitIngested(LONG);
			assertThat(notes(travel(), first)).containsExactly("one slot", "one slot");
			assertThat(notes(travel(), second)).containsExactly("two slots", "two slots");
			assertThat(worker.isActive()).isTrue();
		}
		try (ConfigurableApplicationContext worker = start()) {
			long third = transact("UPDATE orders SET note = 'one again'");
			changes().awaitIngested(LONG);
			assertThat(notes(travel(), second)).containsExactly("two slots", "two slots");
			assertThat(notes(travel(), third)).containsExactly("one again", "two slots");
			assertThat(worker.isActive()).isTrue();
		}
	}

	/**
	 * Several sessions write to tables of both groups, and the worker is killed while it
	 * reads. Each transaction notes what it writes.
	 */
	@Test
	void transactionsAreWholeWhateverIsWritten() throws Exception {
		this.shop.execute("CREATE SEQUENCE number");
		// So that both slots are there.
		startGroups().close();
		Random random = new Random(1);
		List<CompletableFuture<Void>> writers = new ArrayList<>();
		for (int round = 0; round < 3; round++) {
			try (WorkerProcess worker = WorkerProcess.start("groups-" + round, arguments(GROUPS))) {
				for (int writer = 0; writer < 3; writer++) {
					int seed = round * 10 + writer;
					writers.add(CompletableFuture.runAsync(() -> write(new Random(seed))));
				}
				int before = stored();
				Awaitility.await().atMost(LONG).pollInterval(Duration.ofMillis(20)).until(() -> stored() > before);
				LockSupport.parkNanos(Duration.ofMillis(random.nextInt(1_000)).toNanos());
				worker.kill();
			}
			CompletableFuture.allOf(writers.toArray(CompletableFuture[]::new)).join();
		}
		try (ConfigurableApplicationContext worker = startGroups()) {
			changes().awaitIngested(LONG);
			assertThat(this.store
				.query("""
						SELECT count(*) > 100, bool_and(rows = expected), bool_and(users = 1), bool_and(ordinals = rows), bool_and(positions = 1)
						  FROM (SELECT count(*) AS rows, max(split_part(values ->> 'note', ' ', 2))::int AS expected,
						               count(DISTINCT metadata ->> 'user') AS users, count(DISTINCT ordinal) AS ordinals,
						               count(DISTINCT position) AS positions
						          FROM bemi.changes WHERE operation = 'CREATE' GROUP BY transaction_id) t"""))
				.containsExactly("t|t|t|t|t");
			for (String table : List.of("orders", "line")) {
				assertThat(
						this.store.query("SELECT primary_key, values ->> 'note' FROM bemi.changes WHERE \"table\" = '"
								+ table + "' AND operation = 'CREATE' ORDER BY primary_key::bigint"))
					.isEqualTo(this.shop.query("SELECT id, note FROM " + table + " WHERE id > 1 ORDER BY id"));
			}
			assertThat(this.store.query("SELECT reason FROM bemi.gap")).isEmpty();
			assertThat(worker.isActive()).isTrue();
		}
	}

	private int stored() {
		return Integer.parseInt(this.store.query("SELECT count(*) FROM bemi.change WHERE operation <> 'B'").get(0));
	}

	/**
	 * The note of each row says how many rows its transaction has.
	 */
	private void write(Random random) {
		try {
			for (int transaction = 0; transaction < 40; transaction++) {
				int orders = random.nextInt(4);
				int lines = (random.nextInt(15) == 0) ? 12_000 : 1 + random.nextInt(6);
				String note = "'of " + (orders + lines) + "'";
				transact(
						"INSERT INTO orders SELECT nextval('number') + 1, " + note + " FROM generate_series(1, "
								+ orders + ")",
						"INSERT INTO line SELECT nextval('number') + 1, 1, " + note + " FROM generate_series(1, "
								+ lines + ")",
						CONTEXT.formatted("user " + random.nextInt()));
			}
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
