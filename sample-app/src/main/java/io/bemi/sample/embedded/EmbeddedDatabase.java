package io.bemi.sample.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * The database {@code sample} on an embedded PostgreSQL that keeps its data. The server
 * is a process of its own: when the application is killed, the server lives on and the
 * next run uses it again.
 */
final class EmbeddedDatabase implements AutoCloseable {

	private static final String NAME = "sample";

	private static final String USERNAME = "postgres";

	private static final String UNABLE_TO_CONNECT = "08001";

	private static final String CANNOT_CONNECT_NOW = "57P03";

	private static final Duration START_TIMEOUT = Duration.ofSeconds(60);

	private static final Log logger = LogFactory.getLog(EmbeddedDatabase.class);

	private final int port;

	private final @Nullable EmbeddedPostgres server;

	private EmbeddedDatabase(int port, @Nullable EmbeddedPostgres server) {
		this.port = port;
		this.server = server;
	}

	/**
	 * Starts the server, or finds the one that is still running, and creates the database
	 * where it does not exist.
	 * @param directory where the server's programs and data are kept
	 * @param port the port to listen on
	 * @return the database, ready for connections
	 */
	static EmbeddedDatabase start(Path directory, int port) {
		Path data = directory.resolve("data");
		try {
			EmbeddedPostgres server = isRunning(data, port) ? null : startServer(directory, data, port);
			createDatabase(port);
			logger.info("PostgreSQL for the sample: psql -h localhost -p %d -U %s %s".formatted(port, USERNAME, NAME));
			return new EmbeddedDatabase(port, server);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static boolean isRunning(Path data, int port) throws SQLException {
		long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
		while (true) {
			try {
				String running = query(port, "postgres", "SHOW data_directory");
				if (running == null || !Path.of(running).equals(data)) {
					throw new IllegalStateException(("Port %d belongs to a PostgreSQL with its data in %s. "
							+ "Stop it, or name the server to use in 'spring.datasource.url'.")
						.formatted(port, running));
				}
				return true;
			}
			catch (SQLException ex) {
				if (UNABLE_TO_CONNECT.equals(ex.getSQLState())) {
					return false;
				}
				if (!CANNOT_CONNECT_NOW.equals(ex.getSQLState()) || System.nanoTime() > deadline) {
					throw new IllegalStateException(
							("Port %d is in use, but not by the sample's PostgreSQL. "
									+ "Free it, or name the server to use in 'spring.datasource.url'.")
								.formatted(port),
							ex);
				}
				LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
			}
		}
	}

	private static EmbeddedPostgres startServer(Path directory, Path data, int port) throws IOException {
		removeStalePid(data);
		try {
			return builder(directory, data, port).start();
		}
		catch (IllegalStateException ex) {
			throw new IllegalStateException("The embedded PostgreSQL did not start. As root it needs user namespaces"
					+ " ('unshare -U'): be another user, or name the server to use in 'spring.datasource.url'."
					+ " 'logging.level.io.zonky=info' shows what it says.", ex);
		}
	}

	private static EmbeddedPostgres.Builder builder(Path directory, Path data, int port) {
		return EmbeddedPostgres.builder()
			.setOverrideWorkingDirectory(directory.resolve("server").toFile())
			.setDataDirectory(data)
			.setCleanDataDirectory(false)
			.setRegisterShutdownHook(false)
			.setPGStartupWait(START_TIMEOUT)
			.setLocaleConfig("locale", "C")
			.setPort(port)
			.setServerConfig("wal_level", "logical")
			.setServerConfig("max_slot_wal_keep_size", "1GB")
			// Off by default in the embedded server, and then a killed machine loses
			// data.
			.setServerConfig("fsync", "on")
			.setServerConfig("synchronous_commit", "on")
			// A lock file in a shared folder is one more thing that a killed run leaves.
			.setServerConfig("unix_socket_directories", "");
	}

	/**
	 * A server that was killed leaves its process id behind. PostgreSQL believes it when
	 * any process has got that id since, and does not start.
	 */
	private static void removeStalePid(Path data) throws IOException {
		Path file = data.resolve("postmaster.pid");
		if (Files.exists(file)) {
			String pid = Files.readAllLines(file).get(0).trim();
			boolean alive = ProcessHandle.of(Long.parseLong(pid))
				.flatMap((process) -> process.info().commandLine())
				.filter((commandLine) -> commandLine.contains(data.toString()))
				.isPresent();
			if (!alive) {
				Files.delete(file);
			}
		}
	}

	private static void createDatabase(int port) throws SQLException {
		if (query(port, "postgres", "SELECT 1 FROM pg_database WHERE datname = '" + NAME + "'") == null) {
			try (Connection connection = connect(port, "postgres");
					Statement statement = connection.createStatement()) {
				statement.execute("CREATE DATABASE " + NAME);
			}
		}
	}

	private static @Nullable String query(int port, String database, String sql) throws SQLException {
		try (Connection connection = connect(port, database);
				Statement statement = connection.createStatement();
				ResultSet rows = statement.executeQuery(sql)) {
			return rows.next() ? rows.getString(1) : null;
		}
	}

	private static Connection connect(int port, String database) throws SQLException {
		PGSimpleDataSource dataSource = new PGSimpleDataSource();
		dataSource.setPortNumbers(new int[] { port });
		dataSource.setDatabaseName(database);
		dataSource.setUser(USERNAME);
		dataSource.setConnectTimeout(5);
		dataSource.setSocketTimeout(30);
		return dataSource.getConnection();
	}

	String url() {
		return "jdbc:postgresql://localhost:%d/%s".formatted(this.port, NAME);
	}

	String username() {
		return USERNAME;
	}

	String password() {
		return "";
	}

	/**
	 * Stops the server if this run has started it.
	 */
	@Override
	public void close() throws IOException {
		if (this.server != null) {
			this.server.close();
		}
	}

}
