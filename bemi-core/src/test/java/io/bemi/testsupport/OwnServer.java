package io.bemi.testsupport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.jspecify.annotations.Nullable;

/**
 * An embedded server of one test alone, which stops it, starts it again and copies it at
 * rest. Its data is kept in between, and removed in the end.
 */
public final class OwnServer implements AutoCloseable {

	/** The database that is there from the beginning. */
	public static final String DATABASE = "shop";

	private final int version;

	private final Path folder;

	private final Map<String, String> settings = new LinkedHashMap<>();

	private @Nullable EmbeddedPostgres running;

	private int port;

	private OwnServer(int version, Path folder, Map<String, String> settings) {
		this.version = version;
		this.folder = folder;
		this.settings.putAll(settings);
	}

	/**
	 * Starts a server with an empty database.
	 * @param version its version
	 * @param settings names and values of settings, in turn
	 */
	public static OwnServer start(int version, String... settings) {
		try {
			OwnServer server = new OwnServer(version, Files.createTempDirectory("server"),
					Map.of("wal_level", "logical"));
			server.set(settings).start();
			new TestDatabase(PostgresServer.of(server.required()), "postgres").execute("CREATE DATABASE " + DATABASE);
			return server;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Settings for the next start.
	 */
	public OwnServer set(String... settings) {
		for (int i = 0; i < settings.length; i += 2) {
			this.settings.put(settings[i], settings[i + 1]);
		}
		return this;
	}

	public OwnServer start() {
		try {
			EmbeddedPostgres.Builder builder = PostgresServer.embeddedBuilder(this.version)
				.setDataDirectory(data())
				.setCleanDataDirectory(false)
				.setPGStartupWait(Duration.ofMinutes(1));
			this.settings.forEach(builder::setServerConfig);
			if (this.port != 0) {
				builder.setPort(this.port);
			}
			EmbeddedPostgres started = builder.start();
			this.running = started;
			this.port = started.getPort();
			return this;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Shuts the server down, as an administrator does.
	 */
	public OwnServer stop() {
		try {
			required().close();
			this.running = null;
			return this;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * A copy of the server at rest, which is not started.
	 */
	public OwnServer copy() {
		try {
			OwnServer copy = new OwnServer(this.version, Files.createTempDirectory("server"), this.settings);
			try (Stream<Path> files = Files.walk(data())) {
				for (Path file : files.toList()) {
					Files.copy(file, copy.data().resolve(data().relativize(file).toString()),
							StandardCopyOption.COPY_ATTRIBUTES);
				}
			}
			return copy;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Makes an empty file in the data directory, such as {@code standby.signal}.
	 */
	public OwnServer signal(String name) {
		try {
			Files.createFile(data().resolve(name));
			return this;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Whether a server runs on the data.
	 */
	public boolean isRunning() {
		return Files.exists(data().resolve("postmaster.pid"));
	}

	public int port() {
		return required().getPort();
	}

	/**
	 * The database of a running server.
	 */
	public TestDatabase database() {
		return new TestDatabase(PostgresServer.of(required()), DATABASE);
	}

	private EmbeddedPostgres required() {
		if (this.running == null) {
			throw new IllegalStateException("The server does not run");
		}
		return this.running;
	}

	private Path data() {
		return this.folder.resolve("data");
	}

	@Override
	public void close() {
		try {
			if (this.running != null) {
				stop();
			}
			try (Stream<Path> files = Files.walk(this.folder)) {
				for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
					Files.deleteIfExists(file);
				}
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
