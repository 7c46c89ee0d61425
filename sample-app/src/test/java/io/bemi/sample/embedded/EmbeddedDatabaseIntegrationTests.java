package io.bemi.sample.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

import io.bemi.testsupport.Ports;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.util.FileSystemUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link EmbeddedDatabase}.
 */
class EmbeddedDatabaseIntegrationTests {

	@TempDir
	private static Path directory;

	private int port;

	@BeforeEach
	void forgetData() throws IOException {
		FileSystemUtils.deleteRecursively(data());
		this.port = Ports.free();
	}

	@Test
	void isReadyForLogicalReplicationAndDurable() throws Exception {
		try (EmbeddedDatabase database = start()) {
			assertThat(query(database, "SHOW wal_level")).isEqualTo("logical");
			assertThat(query(database, "SHOW max_slot_wal_keep_size")).isEqualTo("1GB");
			assertThat(query(database, "SHOW fsync")).isEqualTo("on");
			assertThat(query(database, "SHOW synchronous_commit")).isEqualTo("on");
			assertThat(query(database, "SELECT current_database()")).isEqualTo("sample");
		}
	}

	@Test
	void keepsItsData() throws Exception {
		try (EmbeddedDatabase database = start()) {
			execute(database, "CREATE TABLE kept AS SELECT 42 AS answer");
		}
		try (EmbeddedDatabase database = start()) {
			assertThat(query(database, "SELECT answer FROM kept")).isEqualTo("42");
		}
	}

	@Test
	void usesTheServerThatAKilledRunHasLeft() throws Exception {
		try (EmbeddedDatabase killed = start()) {
			String started = query(killed, "SELECT pg_postmaster_start_time()");
			try (EmbeddedDatabase next = start()) {
				assertThat(query(next, "SELECT pg_postmaster_start_time()")).isEqualTo(started);
			}
			assertThat(query(killed, "SELECT pg_postmaster_start_time()")).isEqualTo(started);
		}
	}

	@Test
	void startsWhenAnotherProcessHasGotTheProcessIdOfAServerThatWasKilled() throws Exception {
		start().close();
		Files.writeString(data().resolve("postmaster.pid"),
				ProcessHandle.current().pid() + "\n" + data() + "\n1\n" + this.port + "\n\nlocalhost\n");
		try (EmbeddedDatabase database = start()) {
			assertThat(query(database, "SELECT 1")).isEqualTo("1");
		}
	}

	@Test
	void recoversWhenTheServerWasKilled() throws Exception {
		try (EmbeddedDatabase killed = start()) {
			execute(killed, "CREATE TABLE kept AS SELECT 42 AS answer");
			ProcessHandle server = ProcessHandle
				.of(Long.parseLong(Files.readAllLines(data().resolve("postmaster.pid")).get(0)))
				.orElseThrow();
			server.destroyForcibly();
			Awaitility.await().until(() -> !server.isAlive());
		}
		try (EmbeddedDatabase database = start()) {
			assertThat(query(database, "SELECT answer FROM kept")).isEqualTo("42");
		}
	}

	@Test
	void refusesThePortOfAnotherServer() throws Exception {
		try (EmbeddedDatabase other = EmbeddedDatabase.start(directory.resolve("other"), this.port)) {
			assertThatIllegalStateException().isThrownBy(this::start)
				.withMessageContaining("Port " + this.port)
				.withMessageContaining("other")
				.withMessageContaining("spring.datasource.url");
		}
	}

	private Path data() {
		return directory.resolve("data");
	}

	private EmbeddedDatabase start() {
		return EmbeddedDatabase.start(directory, this.port);
	}

	private static void execute(EmbeddedDatabase database, String sql) throws SQLException {
		try (Connection connection = connect(database); Statement statement = connection.createStatement()) {
			statement.execute(sql);
		}
	}

	private static String query(EmbeddedDatabase database, String sql) throws SQLException {
		try (Connection connection = connect(database);
				Statement statement = connection.createStatement();
				ResultSet rows = statement.executeQuery(sql)) {
			rows.next();
			return rows.getString(1);
		}
	}

	private static Connection connect(EmbeddedDatabase database) throws SQLException {
		return DriverManager.getConnection(database.url(), database.username(), database.password());
	}

}
