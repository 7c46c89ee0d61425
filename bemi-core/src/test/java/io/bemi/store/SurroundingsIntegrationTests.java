package io.bemi.store;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.UUID;

import io.bemi.ingestion.Ingester;
import io.bemi.ingestion.IngestionStatus.Phase;
import io.bemi.replication.ReplicationException;
import io.bemi.replication.ReplicationSettings;
import io.bemi.replication.ReplicationSource;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Surroundings in which ingestion cannot run: it says what is wrong and what to do, and
 * goes on once that is done, with what was written meanwhile.
 */
class SurroundingsIntegrationTests {

	private static final String BASELINE = "SELECT image ->> 'task' FROM bemi.change WHERE operation = 'B'";

	private static void awaitStreaming(Ingester ingester) {
		Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> ingester.status().phase() == Phase.STREAMING);
	}

	private static void assertFailed(Ingester ingester, String... messages) {
		Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> ingester.status().phase() == Phase.FAILED);
		assertThat(ingester.status().message()).contains(messages);
	}

	private static EmbeddedPostgres server(Path folder, String walLevel) throws Exception {
		return PostgresServer.embeddedBuilder(18)
			.setDataDirectory(folder.resolve("data"))
			.setCleanDataDirectory(false)
			.setServerConfig("wal_level", walLevel)
			.setServerConfig("max_replication_slots", "1")
			.start();
	}

	@Test
	void walLevelIsNotLogical(@TempDir Path folder) throws Exception {
		folder.toFile().setReadable(true, false);
		folder.toFile().setExecutable(true, false);
		folder.toFile().setWritable(true, false);
		TestDatabase database;
		try (EmbeddedPostgres server = server(folder, "replica")) {
			database = PostgresServer.of(server).createDatabase();
			Capture capture = Capture.on(database);
			Ingester ingester = capture.start();
			assertFailed(ingester, "wal_level = replica", "Set wal_level = logical", "restart the server");
			database.execute("INSERT INTO todo VALUES (1, 'meanwhile')");
			ingester.close();
		}
		try (EmbeddedPostgres server = server(folder, "logical")) {
			TestDatabase again = new TestDatabase(PostgresServer.of(server), database.name());
			Capture capture = new Capture(again, new java.util.ArrayList<>());
			awaitStreaming(capture.start());
			again.execute("UPDATE todo SET task = 'after'");
			capture.awaitChanges(1);
			assertThat(again.query(BASELINE)).containsExactly("meanwhile");
			assertThat(again.query("SELECT before ->> 'task' FROM bemi.changes")).containsExactly("meanwhile");
			capture.close();
		}
	}

	@Test
	void roleLacksReplication() throws Exception {
		try (Capture capture = Capture.on(18)) {
			String role = "role_" + UUID.randomUUID().toString().substring(0, 8);
			capture.database().execute("CREATE ROLE " + role + " LOGIN", "GRANT SELECT ON todo, full_row TO " + role);
			Ingester ingester = capture.start(role, capture.database().server().username());
			assertFailed(ingester, "The role '" + role + "' may not read the write-ahead log",
					"ALTER ROLE \"" + role + "\" REPLICATION");
			capture.database()
				.execute("INSERT INTO todo VALUES (1, 'meanwhile')", "ALTER ROLE " + role + " REPLICATION");
			awaitStreaming(ingester);
			assertThat(capture.database().query(BASELINE)).containsExactly("meanwhile");
			ingester.close();
			capture.database().execute("REVOKE ALL ON todo, full_row FROM " + role, "DROP ROLE " + role);
		}
	}

	/**
	 * Whether such a server lets it read the log can be tried there only.
	 */
	@Test
	void amazonsRoleStandsForTheAttribute() throws Exception {
		try (Capture capture = Capture.on(18)) {
			TestDatabase database = capture.database();
			String role = "role_" + UUID.randomUUID().toString().substring(0, 8);
			database.execute("CREATE ROLE " + role + " LOGIN", "CREATE ROLE rds_replication");
			ReplicationSource source = new ReplicationSource(
					new ReplicationSettings(database.url(), role, "", capture.slot(), "bemi"));
			try (Connection connection = DriverManager.getConnection(database.url(), role, "")) {
				assertThatExceptionOfType(ReplicationException.class).isThrownBy(() -> source.check(connection));
				database.execute("GRANT rds_replication TO " + role);
				source.check(connection);
			}
			finally {
				database.execute("DROP ROLE " + role, "DROP ROLE rds_replication");
			}
		}
	}

	@Test
	void noSlotIsFree(@TempDir Path folder) throws Exception {
		folder.toFile().setReadable(true, false);
		folder.toFile().setExecutable(true, false);
		folder.toFile().setWritable(true, false);
		try (EmbeddedPostgres server = server(folder, "logical");
				Capture capture = Capture.on(PostgresServer.of(server).createDatabase())) {
			capture.database().execute("SELECT pg_create_physical_replication_slot('taken')");
			Ingester ingester = capture.start();
			assertFailed(ingester, "No replication slot is free", "max_replication_slots");
			capture.database()
				.execute("INSERT INTO todo VALUES (1, 'meanwhile')", "SELECT pg_drop_replication_slot('taken')");
			awaitStreaming(ingester);
			assertThat(capture.database().query(BASELINE)).containsExactly("meanwhile");
		}
	}

	@Test
	void slotIsHeldByAnotherProcess() throws Exception {
		try (Capture capture = Capture.on(18)) {
			Ingester other = capture.start();
			awaitStreaming(other);
			Ingester ingester = capture.start();
			Awaitility.await().until(() -> ingester.status().phase() == Phase.STANDBY);
			assertThat(ingester.status().message()).contains("slot '" + capture.slot() + "' is used by process");
		}
	}

	@Test
	void slotBelongsToSomethingElse() throws Exception {
		try (Capture capture = Capture.on(18)) {
			capture.database()
				.execute("SELECT pg_create_logical_replication_slot('" + capture.slot() + "', 'test_decoding')");
			assertFailed(capture.start(), "belongs to plugin 'test_decoding'", "bemi.replication.slot");
		}
	}

	@Test
	void publicationIsMissing() throws Exception {
		try (Capture capture = Capture.on(18)) {
			capture.database().execute("DROP PUBLICATION bemi");
			Ingester ingester = capture.start();
			assertFailed(ingester, "There is no publication 'bemi'");
			capture.database()
				.execute("INSERT INTO todo VALUES (1, 'meanwhile')", "CREATE PUBLICATION bemi FOR TABLE todo");
			awaitStreaming(ingester);
			assertThat(capture.database().query(BASELINE)).containsExactly("meanwhile");
		}
	}

	@Test
	void storeRoleMayNotCreateTheSchema() throws Exception {
		try (Capture capture = Capture.on(18)) {
			String role = "role_" + UUID.randomUUID().toString().substring(0, 8);
			capture.database().execute("CREATE ROLE " + role + " LOGIN");
			Ingester ingester = capture.start(capture.database().server().username(), role);
			assertFailed(ingester, "bemi", "GRANT CREATE ON DATABASE");
			// The slot is there already: nothing is lost.
			capture.database()
				.execute("INSERT INTO todo VALUES (1, 'meanwhile')",
						"GRANT CREATE ON DATABASE " + capture.database().name() + " TO " + role);
			awaitStreaming(ingester);
			capture.awaitChanges(1);
			assertThat(capture.database().query("SELECT operation, values ->> 'task' FROM bemi.changes"))
				.containsExactly("CREATE|meanwhile");
			ingester.close();
			capture.database().execute("DROP OWNED BY " + role, "DROP ROLE " + role);
		}
	}

}
