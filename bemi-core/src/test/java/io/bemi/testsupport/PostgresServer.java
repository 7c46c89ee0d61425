package io.bemi.testsupport;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import io.zonky.test.db.postgres.embedded.PgBinaryResolver;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.postgresql.PostgreSQLContainer;

/**
 * A real PostgreSQL with {@code wal_level=logical}: the one named by
 * {@code BEMI_TEST_URL}, else a container where Docker is, else an embedded one. One
 * server per version and JVM; tests take a database of their own.
 */
public final class PostgresServer {

	/** The version that tests run on unless they ask for another. */
	public static final int DEFAULT_VERSION = 18;

	private static final Map<Integer, PostgresServer> SERVERS = new ConcurrentHashMap<>();

	private final String host;

	private final int port;

	private final String username;

	private final String password;

	private PostgresServer(String host, int port, String username, String password) {
		this.host = host;
		this.port = port;
		this.username = username;
		this.password = password;
	}

	/**
	 * The shared server of the version that the system property
	 * {@code bemi.test.postgres} names, else of the default version.
	 */
	public static PostgresServer shared() {
		return version(Integer.getInteger("bemi.test.postgres", DEFAULT_VERSION));
	}

	/**
	 * The shared server of a version, 14 to 18.
	 */
	public static PostgresServer version(int version) {
		return SERVERS.computeIfAbsent(version, PostgresServer::start);
	}

	private static PostgresServer start(int version) {
		String url = System.getenv("BEMI_TEST_URL");
		if (url != null && version == DEFAULT_VERSION) {
			return external(url);
		}
		if (DockerClientFactory.instance().isDockerAvailable()) {
			return container(version);
		}
		return embedded(version);
	}

	private static PostgresServer external(String url) {
		// jdbc:postgresql://host:port/database?user=..&password=..
		java.net.URI uri = java.net.URI.create(url.substring("jdbc:".length()));
		String user = "postgres";
		String password = "";
		for (String parameter : ((uri.getQuery() != null) ? uri.getQuery() : "").split("&")) {
			if (parameter.startsWith("user=")) {
				user = parameter.substring("user=".length());
			}
			if (parameter.startsWith("password=")) {
				password = parameter.substring("password=".length());
			}
		}
		return new PostgresServer(uri.getHost(), (uri.getPort() > 0) ? uri.getPort() : 5432, user, password);
	}

	private static PostgresServer container(int version) {
		PostgreSQLContainer container = new PostgreSQLContainer("postgres:" + version).withCommand("postgres", "-c",
				"wal_level=logical", "-c", "max_replication_slots=50", "-c", "max_wal_senders=50", "-c",
				"max_connections=200");
		container.start();
		return new PostgresServer(container.getHost(), container.getMappedPort(5432), container.getUsername(),
				container.getPassword());
	}

	private static PostgresServer embedded(int version) {
		try {
			EmbeddedPostgres server = embeddedBuilder(version).setServerConfig("wal_level", "logical")
				.setServerConfig("max_replication_slots", "50")
				.setServerConfig("max_wal_senders", "50")
				.setServerConfig("max_connections", "200")
				.start();
			return of(server);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * A server that a test has started itself, on {@code localhost}.
	 */
	public static PostgresServer of(EmbeddedPostgres server) {
		return new PostgresServer("localhost", server.getPort(), "postgres", "");
	}

	/**
	 * An embedded server of a version to configure and start by the test itself, for
	 * tests that need a server of their own (to kill it, to set {@code wal_level}).
	 */
	public static EmbeddedPostgres.Builder embeddedBuilder(int version) {
		return EmbeddedPostgres.builder()
			.setPort(Ports.free())
			.setPgBinaryResolver(binaries(version))
			.setLocaleConfig("locale", "C.UTF-8");
	}

	private static PgBinaryResolver binaries(int version) {
		if (version == DEFAULT_VERSION) {
			return DefaultPostgresBinaryResolver.INSTANCE;
		}
		return (system, machine) -> {
			Path jar = servers().resolve(version + ".jar");
			try (java.util.zip.ZipFile zip = new java.util.zip.ZipFile(jar.toFile())) {
				java.util.zip.ZipEntry entry = zip.stream()
					.filter((candidate) -> candidate.getName().endsWith(".txz"))
					.findFirst()
					.orElseThrow(() -> new IOException("No server in " + jar));
				try (InputStream content = zip.getInputStream(entry)) {
					return new java.io.ByteArrayInputStream(content.readAllBytes());
				}
			}
		};
	}

	private static Path servers() {
		for (Path folder : new Path[] { Path.of("target/postgres"), Path.of("../bemi-core/target/postgres") }) {
			if (Files.isDirectory(folder)) {
				return folder;
			}
		}
		throw new IllegalStateException("No servers in bemi-core/target/postgres: run './mvnw verify' once");
	}

	/**
	 * A new, empty database.
	 */
	public TestDatabase createDatabase() {
		String name = "test_" + UUID.randomUUID().toString().replace("-", "").substring(0, 12);
		try (Connection connection = DriverManager.getConnection(url("postgres"), this.username, this.password);
				Statement statement = connection.createStatement()) {
			statement.execute("CREATE DATABASE " + name);
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
		return new TestDatabase(this, name);
	}

	/**
	 * The JDBC URL of a database on this server.
	 */
	public String url(String database) {
		return "jdbc:postgresql://" + this.host + ":" + this.port + "/" + database;
	}

	public String host() {
		return this.host;
	}

	public int port() {
		return this.port;
	}

	public String username() {
		return this.username;
	}

	public String password() {
		return this.password;
	}

}
