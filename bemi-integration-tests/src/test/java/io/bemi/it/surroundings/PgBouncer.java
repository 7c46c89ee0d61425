package io.bemi.it.surroundings;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.bemi.testsupport.Ports;
import io.bemi.testsupport.TestDatabase;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/**
 * A PgBouncer in front of a test database, with one pool of two server connections for
 * each of its modes: databases {@code transaction}, {@code session} and
 * {@code statement}.
 */
final class PgBouncer implements AutoCloseable {

	private static final String CONFIGURATION = """
			[databases]
			transaction = host=%1$s port=%2$d dbname=%3$s pool_mode=transaction pool_size=2
			session = host=%1$s port=%2$d dbname=%3$s pool_mode=session pool_size=10
			statement = host=%1$s port=%2$d dbname=%3$s pool_mode=statement pool_size=2
			[pgbouncer]
			listen_addr = 127.0.0.1
			listen_port = %4$d
			unix_socket_dir =
			auth_type = trust
			auth_file = %6$s
			max_client_conn = 200
			ignore_startup_parameters = extra_float_digits%5$s
			""";

	private static final String MISSING = "PgBouncer is not installed: run 'apt-get install pgbouncer'"
			+ " (or 'brew install pgbouncer')";

	private final TestDatabase database;

	private final Path folder;

	private final int port;

	private final Process process;

	private PgBouncer(TestDatabase database, Path folder, int port, Process process) {
		this.database = database;
		this.folder = folder;
		this.port = port;
		this.process = process;
	}

	/**
	 * Starts a PgBouncer. Where it is not installed the test is reported as skipped, and
	 * fails in continuous integration.
	 * @param database the database behind it
	 * @param ignored more startup parameters that it ignores
	 */
	static PgBouncer start(TestDatabase database, String... ignored) {
		Path program = program();
		if (program == null) {
			if ("true".equals(System.getenv("CI"))) {
				throw new IllegalStateException(MISSING);
			}
			Assumptions.abort(MISSING);
		}
		try {
			Path folder = Files.createTempDirectory("pgbouncer",
					PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
			int port = Ports.free();
			Path users = Files.writeString(folder.resolve("users"),
					"\"" + database.server().username() + "\" \"" + database.server().password() + "\"\n");
			Path configuration = Files.writeString(folder.resolve("pgbouncer.ini"),
					CONFIGURATION.formatted(address(database), database.server().port(), database.name(), port,
							Stream.of(ignored).map((name) -> "," + name).reduce("", String::concat), users));
			// It refuses to run as root.
			List<String> command = "root".equals(System.getProperty("user.name"))
					? List.of(String.valueOf(program), "-u", "nobody", configuration.toString())
					: List.of(String.valueOf(program), configuration.toString());
			Process process = new ProcessBuilder(command).redirectErrorStream(true)
				.redirectOutput(folder.resolve("log").toFile())
				.start();
			PgBouncer pooler = new PgBouncer(database, folder, port, process);
			pooler.awaitStart();
			return pooler;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static @Nullable Path program() {
		String path = System.getenv().getOrDefault("PATH", "") + ":/usr/sbin:/usr/local/sbin:/opt/homebrew/bin";
		return Stream.of(path.split(":"))
			.map((directory) -> Path.of(directory, "pgbouncer"))
			.filter(Files::isExecutable)
			.findFirst()
			.orElse(null);
	}

	private static String address(TestDatabase database) {
		return "localhost".equals(database.server().host()) ? "127.0.0.1" : database.server().host();
	}

	private void awaitStart() {
		Awaitility.await().until(() -> {
			if (!this.process.isAlive()) {
				throw new IllegalStateException(log());
			}
			try (Socket socket = new Socket("127.0.0.1", this.port)) {
				return socket.isConnected();
			}
			catch (IOException ex) {
				return false;
			}
		});
	}

	private String log() throws IOException {
		return Files.readString(this.folder.resolve("log"));
	}

	/**
	 * The JDBC URL of one of the pools.
	 * @param mode the pool's mode
	 * @param parameters more of the URL
	 */
	String url(String mode, String parameters) {
		return "jdbc:postgresql://127.0.0.1:" + this.port + "/" + mode + "?user=" + this.database.server().username()
				+ "&" + parameters;
	}

	@Override
	public void close() {
		this.process.destroy();
		try {
			if (!this.process.waitFor(5, TimeUnit.SECONDS)) {
				this.process.destroyForcibly();
			}
			try (Stream<Path> files = Files.list(this.folder)) {
				for (Path file : files.toList()) {
					Files.delete(file);
				}
			}
			Files.delete(this.folder);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
