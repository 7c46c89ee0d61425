package io.bemi.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;

import io.bemi.ingestion.Ingester;
import io.bemi.replication.ReplicationSettings;
import io.bemi.replication.ReplicationSource;
import io.bemi.testsupport.OwnServer;
import io.bemi.testsupport.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The scripts in {@code docs/sql}, run by the commands that the documentation tells.
 */
class PsqlIntegrationTests {

	private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();

	private static final Path DOCS = PROJECT.resolve("docs");

	private static final String LEFT = "SELECT slot_name FROM pg_replication_slots WHERE slot_name LIKE 'bemi%'";

	@TempDir
	private Path filledIn;

	@BeforeAll
	static void requirePsql() {
		Psql.require();
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void theRolesScriptsMakeRolesThatWork(int version) throws Exception {
		try (OwnServer server = OwnServer.start(version)) {
			TestDatabase database = server.database();
			database.execute("CREATE TABLE todo (id integer PRIMARY KEY, task text)");
			Psql psql = new Psql(database, DOCS.resolve("sql"));
			List<String> commands = commands("privileges.md");
			assertThat(commands).hasSize(5);
			for (String command : commands.subList(0, 3)) {
				psql.run(command);
			}
			try (Ingester ingester = ingester(database, "bemi_ingester", "bemi_history", "bemi_shop", false)) {
				ingester.start();
				assertThat(ingester.awaitSettled(Duration.ofSeconds(20))).isTrue();
				History.awaitStreaming(ingester);
				for (String command : commands.subList(3, 5)) {
					psql.run(command);
				}
				as(database, "shop", "INSERT INTO todo VALUES (1, 'one')");
				Awaitility.await()
					.atMost(Duration.ofSeconds(20))
					.untilAsserted(() -> assertThat(database.query(
							"SELECT values ->> 'task', metadata #>> '{_bemi,db,user}'" + " FROM bemi_history.changes"))
						.containsExactly("one|shop"));
			}
			as(database, "auditor", "SELECT * FROM bemi_history.changes");
			assertThatExceptionOfType(SQLException.class)
				.isThrownBy(() -> as(database, "auditor", "SELECT * FROM todo"));
			uninstall(database);
			assertThat(database.query("SELECT count(*) FROM bemi_history.changes")).containsExactly("1");
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void theOtherScriptsRunByPsql(int version) throws Exception {
		try (OwnServer server = OwnServer.start(version)) {
			TestDatabase database = server.database();
			database.execute("CREATE TABLE todo (id integer PRIMARY KEY, task text)", "CREATE ROLE shop LOGIN",
					"CREATE ROLE storing LOGIN");
			Psql psql = new Psql(database, DOCS.resolve("sql"));
			psql.run("psql -f drop-original.sql");
			psql.run("psql -f install.sql");
			psql.run("psql -f " + fillIn("harden.sql", "the application''s role", "shop"));
			psql.run("psql -f " + fillIn("timetravel.sql", "the application''s role", "shop"));
			try (Ingester ingester = ingester(database, database.server().username(), "bemi", "bemi_shop", true)) {
				ingester.start();
				assertThat(ingester.awaitSettled(Duration.ofSeconds(20))).isTrue();
				database.execute("INSERT INTO todo VALUES (1, 'one')");
				Capture.awaitChanges(database, 1);
			}
			psql.run("psql -f " + fillIn("append-only.sql", "the storing role", "storing"));
			as(database, "storing", "SELECT * FROM bemi.changes");
			assertThatExceptionOfType(SQLException.class)
				.isThrownBy(() -> as(database, "storing", "DELETE FROM bemi.change"));
			assertThat(verify(psql)).isEmpty();
			database.execute("SET session_replication_role = replica; UPDATE bemi.change SET image = '{}'");
			assertThat(verify(psql)).singleElement().asString().contains("CHANGE");
			uninstall(database);
			new Psql(database, PROJECT).run(commands("uninstall.md").get(1).replace("<database>", database.name()));
			assertThat(database.query("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'bemi%'")).isEmpty();
		}
	}

	/**
	 * The commands that a document tells, with what is to be filled in.
	 */
	private static List<String> commands(String document) throws IOException {
		return Files.readAllLines(DOCS.resolve(document))
			.stream()
			.map(String::strip)
			.filter((line) -> line.startsWith("psql "))
			.toList();
	}

	private Path fillIn(String script, String placeholder, String name) throws IOException {
		String sql = Files.readString(DOCS.resolve("sql").resolve(script));
		assertThat(sql).contains(placeholder);
		return Files.writeString(this.filledIn.resolve(script), sql.replace(placeholder, name));
	}

	/**
	 * The rows that {@code verify.sql} gives.
	 */
	private static List<String> verify(Psql psql) throws Exception {
		return psql.run("psql -qAt -f verify.sql").lines().filter((line) -> !line.isBlank()).toList();
	}

	private static void uninstall(TestDatabase database) throws Exception {
		Awaitility.await()
			.atMost(Duration.ofSeconds(20))
			.untilAsserted(() -> assertThat(
					database.query("SELECT pid FROM pg_stat_activity WHERE application_name = 'bemi-ingestion'"))
				.isEmpty());
		String command = commands("uninstall.md").get(0);
		assertThat(command).contains("drop.sql");
		new Psql(database, PROJECT).run(command.replace("<database>", database.name()));
		assertThat(database.query(LEFT)).isEmpty();
		assertThat(database.query("SELECT tgname FROM pg_trigger WHERE tgname LIKE '_bemi%'")).isEmpty();
	}

	private static void as(TestDatabase database, String role, String sql) throws SQLException {
		try (Connection connection = DriverManager.getConnection(database.url(), role, "");
				Statement statement = connection.createStatement()) {
			statement.execute(sql);
		}
	}

	private static Ingester ingester(TestDatabase database, String role, String schema, String slot, boolean sealed) {
		return new Ingester(new ReplicationSource(new ReplicationSettings(database.url(), role, "", slot, "bemi")),
				new PostgresChangeSink(new StoreSettings(database.url(), role, "", schema, sealed)));
	}

}
