package io.bemi.it.surroundings;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.stream.Stream;

import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

/**
 * A server and its hot standby, which streams from it, with database {@value #DATABASE}.
 */
final class HotStandby implements AutoCloseable {

	private static final String DATABASE = "shop";

	private final Path folder;

	private final EmbeddedPostgres primary;

	private final EmbeddedPostgres standby;

	private HotStandby(Path folder, EmbeddedPostgres primary, EmbeddedPostgres standby) {
		this.folder = folder;
		this.primary = primary;
		this.standby = standby;
	}

	/**
	 * Starts both: the standby from a copy of the primary at rest.
	 * @param statements what to run on the primary first
	 */
	static HotStandby start(String... statements) {
		try {
			Path folder = Files.createTempDirectory("standby");
			Path data = folder.resolve("primary");
			Path copy = folder.resolve("standby");
			try (EmbeddedPostgres server = builder(data).start()) {
				database(server, "postgres").execute("CREATE DATABASE " + DATABASE);
				database(server, DATABASE).execute(statements);
			}
			copy(data, copy);
			Files.createFile(copy.resolve("standby.signal"));
			EmbeddedPostgres primary = builder(data).start();
			EmbeddedPostgres standby = builder(copy)
				.setServerConfig("primary_conninfo", "postgresql://postgres@127.0.0.1:" + primary.getPort())
				.start();
			return new HotStandby(folder, primary, standby);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static EmbeddedPostgres.Builder builder(Path data) {
		return PostgresServer.embeddedBuilder(PostgresServer.DEFAULT_VERSION)
			.setDataDirectory(data)
			.setCleanDataDirectory(false)
			.setPGStartupWait(Duration.ofMinutes(1))
			.setServerConfig("wal_level", "logical");
	}

	private static void copy(Path from, Path to) throws IOException {
		try (Stream<Path> files = Files.walk(from)) {
			for (Path file : files.toList()) {
				Files.copy(file, to.resolve(from.relativize(file).toString()), StandardCopyOption.COPY_ATTRIBUTES);
			}
		}
	}

	private static TestDatabase database(EmbeddedPostgres server, String name) {
		return new TestDatabase(PostgresServer.of(server), name);
	}

	TestDatabase primary() {
		return database(this.primary, DATABASE);
	}

	TestDatabase standby() {
		return database(this.standby, DATABASE);
	}

	@Override
	public void close() throws IOException {
		this.standby.close();
		this.primary.close();
		try (Stream<Path> files = Files.walk(this.folder)) {
			for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
				Files.deleteIfExists(file);
			}
		}
	}

}
