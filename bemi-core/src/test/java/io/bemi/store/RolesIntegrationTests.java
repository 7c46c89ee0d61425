package io.bemi.store;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.bemi.change.Change;
import io.bemi.connection.BemiDataSource;
import io.bemi.context.BemiContext;
import io.bemi.ingestion.Ingester;
import io.bemi.query.EntityTables;
import io.bemi.query.IngestionBarrier;
import io.bemi.query.JdbcChanges;
import io.bemi.query.QuerySettings;
import io.bemi.replication.ReplicationSettings;
import io.bemi.replication.ReplicationSource;
import io.bemi.testsupport.OwnServer;
import io.bemi.testsupport.TestDatabase;
import io.bemi.timetravel.JdbcTimeTravel;
import io.bemi.timetravel.Moment;
import io.bemi.timetravel.TravellingApplication;
import io.bemi.tracking.Tracking;
import io.bemi.tracking.TrackingReport;
import io.bemi.tracking.TrackingSettings;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What {@code docs/sql/role-*.sql} give to each role is enough for its work, and no more.
 */
class RolesIntegrationTests {

	private static final String APPLICATION = "The \"app\"";

	private static final String INGESTER = "bemi's ingester";

	private static final String READER = "auditor";

	private static final String STORE = "bemi history";

	private static final String SLOT = "bemi_shop";

	private static final List<String> NOBODY = List.of("CREATE ROLE another", "CREATE DATABASE another",
			"CREATE SCHEMA another", "CREATE TABLE app.another (id integer)", "CREATE TABLE bemi.another (id integer)",
			"COPY app.todo TO PROGRAM 'cat'", "SELECT pg_read_file('postgresql.conf')",
			"ALTER SYSTEM SET wal_level = minimal", "SET ROLE postgres", "ALTER PUBLICATION bemi DROP TABLE app.todo",
			"DROP TRIGGER _bemi_session ON app.todo", "UPDATE bemi.tracking SET include = '{}'",
			"INSERT INTO bemi.meta VALUES ('x', 1)");

	private static final List<String> NOT_THE_APPLICATION = List.of("SELECT * FROM \"bemi history\".changes",
			"SELECT * FROM \"bemi history\".change", "SELECT * FROM \"bemi history\".context",
			"SELECT * FROM \"bemi history\".quarantine", "SELECT * FROM \"bemi history\".gap",
			"SELECT started_at FROM \"bemi history\".source", "DELETE FROM \"bemi history\".change",
			"INSERT INTO \"bemi history\".gap (source, reason) VALUES (1, 'none')",
			"UPDATE \"bemi history\".source SET position = '0/0'",
			"SELECT \"bemi history\".moment('time', 'now', true, 'shop')",
			"SELECT pg_drop_replication_slot('bemi_shop')",
			"SELECT pg_create_logical_replication_slot('mine', 'pgoutput')",
			"SELECT * FROM pg_logical_slot_get_binary_changes('bemi_shop', NULL, NULL)",
			"CREATE TABLE \"bemi history\".another (id integer)", "DROP TABLE \"bemi history\".change",
			"TRUNCATE app.todo");

	private static final List<String> NOT_THE_INGESTER = List.of("INSERT INTO app.todo VALUES (9, 'x')",
			"UPDATE app.todo SET task = 'x'", "DELETE FROM app.todo", "TRUNCATE app.todo",
			"SELECT * FROM app.untracked", "SELECT * FROM bemi.tracking", "ALTER TABLE app.todo ADD x integer",
			"DROP TABLE app.todo");

	private static final List<String> NOT_THE_READER = List.of("SELECT * FROM app.todo",
			"INSERT INTO app.todo VALUES (9, 'x')", "SELECT * FROM \"bemi history\".quarantine",
			"SELECT * FROM \"bemi history\".meta", "DELETE FROM \"bemi history\".change",
			"UPDATE \"bemi history\".change SET image = NULL",
			"INSERT INTO \"bemi history\".gap (source, reason) VALUES (1, 'none')",
			"UPDATE \"bemi history\".source SET position = '0/0'", "TRUNCATE \"bemi history\".context",
			"CREATE TABLE \"bemi history\".another (id integer)", "SELECT * FROM bemi.tracking",
			"SELECT pg_drop_replication_slot('bemi_shop')");

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void eachRoleDoesItsWorkAndNothingElse(int version) throws Exception {
		try (OwnServer server = OwnServer.start(version)) {
			TestDatabase database = server.database();
			database.execute("CREATE SCHEMA app", "CREATE TABLE app.todo (id integer PRIMARY KEY, task text)",
					"INSERT INTO app.todo VALUES (1, 'before')", Files.readString(Path.of("../docs/sql/install.sql")),
					"CREATE TABLE app.untracked (a json)");
			run(database, "role-application.sql");
			run(database, "role-ingester.sql");
			try (Ingester ingester = ingester(database)) {
				ingester.start();
				assertThat(ingester.awaitSettled(Duration.ofSeconds(20))).isTrue();
				History.awaitStreaming(ingester);
				run(database, "role-application.sql");
				run(database, "role-ingester.sql");
				run(database, "role-reader.sql");
				run(database, "role-reader.sql");
				theApplicationWrites(database);
				theReaderReads(database);
				assertThat(ingester.lastGap()).isNull();
				refuses(database, APPLICATION, NOT_THE_APPLICATION);
				refuses(database, INGESTER, NOT_THE_INGESTER);
				refuses(database, READER, NOT_THE_READER);
				History.awaitStreaming(ingester);
			}
			assertThat(database.query(
					"SELECT rolname, rolreplication FROM pg_roles WHERE rolname IN ('The \"app\"', 'bemi''s ingester', 'auditor')"
							+ " AND NOT (rolsuper OR rolcreatedb OR rolcreaterole OR rolbypassrls) ORDER BY 1"))
				.containsExactlyInAnyOrder("The \"app\"|f", "bemi's ingester|t", "auditor|f");
		}
	}

	private static void theApplicationWrites(TestDatabase database) throws SQLException {
		BemiDataSource application = new BemiDataSource(dataSource(database, APPLICATION));
		try (Connection connection = application.getConnection(); Statement statement = connection.createStatement()) {
			TrackingReport report = new Tracking(TrackingSettings.everything("application")).check(connection);
			assertThat(Objects.requireNonNull(report).tracked()).containsExactly("app.todo");
			assertThat(report.untracked()).singleElement()
				.extracting(TrackingReport.UntrackedTable::table)
				.isEqualTo("untracked");
			try (BemiContext.Scope scope = BemiContext.open(Map.of("user", "ann"))) {
				statement.execute("UPDATE app.todo SET task = 'after'");
				statement.execute("INSERT INTO app.todo VALUES (2, 'new')");
			}
		}
		changes(application).awaitIngested();
	}

	private static void theReaderReads(TestDatabase database) {
		BemiDataSource reader = new BemiDataSource(dataSource(database, READER));
		JdbcChanges changes = changes(reader);
		changes.awaitIngested();
		List<Change> update = changes.query().table("todo").primaryKey(1).list();
		assertThat(update).singleElement().satisfies((change) -> {
			assertThat(change.before()).containsEntry("task", "before");
			assertThat(change.metadata()).containsEntry("user", "ann");
		});
		assertThat(changes.query().context("user", "ann").count()).isEqualTo(2);
		assertThat(changes.find(update.get(0).id())).isPresent();
		assertThat(changes.tables()).hasSize(1);
		assertThat(changes.state().gaps()).isEmpty();
		JdbcTimeTravel travel = new JdbcTimeTravel(TravellingApplication.of(reader), reader, STORE, changes,
				new IngestionBarrier(reader, SLOT));
		assertThat(travel.asOf(Moment.ofTransaction(update.get(0).transactionId())).rows("app.todo")).singleElement()
			.satisfies((row) -> assertThat(row).containsEntry("task", "after"));
		assertThat(travel.asOf(Moment.of(update.get(0).position())).history("app.todo", 1)).hasSize(1);
	}

	private static JdbcChanges changes(BemiDataSource dataSource) {
		return new JdbcChanges(dataSource, QuerySettings.of(STORE), EntityTables.NONE,
				new IngestionBarrier(dataSource, SLOT));
	}

	private static void refuses(TestDatabase database, String role, List<String> statements) throws SQLException {
		try (Connection connection = DriverManager.getConnection(database.url(), role, "");
				Statement statement = connection.createStatement()) {
			for (List<String> forbidden : List.of(NOBODY, statements)) {
				for (String sql : forbidden) {
					assertThatExceptionOfType(SQLException.class).as("%s: %s", role, sql)
						.isThrownBy(() -> statement.execute(sql))
						.satisfies((ex) -> assertThat(ex.getSQLState()).as("%s: %s: %s", role, sql, ex.getMessage())
							.isEqualTo("42501"));
				}
			}
		}
	}

	private static Ingester ingester(TestDatabase database) {
		return new Ingester(new ReplicationSource(new ReplicationSettings(database.url(), INGESTER, "", SLOT, "bemi")),
				new PostgresChangeSink(new StoreSettings(database.url(), INGESTER, "", STORE)));
	}

	private static PGSimpleDataSource dataSource(TestDatabase database, String role) {
		PGSimpleDataSource dataSource = new PGSimpleDataSource();
		dataSource.setUrl(database.url());
		dataSource.setUser(role);
		return dataSource;
	}

	/**
	 * As psql does, which replaces {@code :'name'}.
	 */
	private static void run(TestDatabase database, String script) throws Exception {
		String sql = Files.readString(Path.of("../docs/sql").resolve(script));
		for (Map.Entry<String, String> variable : Map
			.of("application", APPLICATION, "ingester", INGESTER, "reader", READER, "database", database.name(),
					"tables", "app", "schema", STORE)
			.entrySet()) {
			sql = sql.replace(":'" + variable.getKey() + "'", "'" + variable.getValue().replace("'", "''") + "'");
		}
		assertThat(sql).doesNotContain(":'");
		database.execute(sql);
	}

}
