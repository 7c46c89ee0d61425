package io.bemi.testsupport;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.springframework.util.FileSystemUtils;

/**
 * A server of a test's own that writes to disk what it says it has written: it can be
 * killed and started again.
 */
public final class DurableServer implements AutoCloseable {

	private static final Duration START = Duration.ofSeconds(60);

	private final int version;

	private final int port;

	private final Path directory;

	private final Map<String, String> configuration;

	private EmbeddedPostgres server;

	private DurableServer(int version, int port, Path directory, Map<String, String> configuration) throws IOException {
		this.version = version;
		this.port = port;
		this.directory = directory;
		this.configuration = configuration;
		this.server = launch();
	}

	/**
	 * Starts a server.
	 * @param version its version, 14 to 18
	 * @param configuration settings beside those that make it durable
	 */
	public static DurableServer start(int version, Map<String, String> configuration) throws IOException {
		return new DurableServer(version, Ports.free(), Files.createTempDirectory("bemi-durable"), configuration);
	}

	private EmbeddedPostgres launch() throws IOException {
		EmbeddedPostgres.Builder builder = PostgresServer.embeddedBuilder(this.version)
			.setPort(this.port)
			.setDataDirectory(this.directory.resolve("data"))
			.setCleanDataDirectory(false)
			.setRegisterShutdownHook(false)
			.setPGStartupWait(START)
			.setServerConfig("wal_level", "logical")
			.setServerConfig("fsync", "on")
			.setServerConfig("synchronous_commit", "on");
		this.configuration.forEach(builder::setServerConfig);
		return builder.start();
	}

	public PostgresServer server() {
		return PostgresServer.of(this.server);
	}

	/**
	 * Ends every process of the server by SIGKILL.
	 */
	public void kill() throws IOException, InterruptedException {
		long pid = Long.parseLong(Files.readAllLines(this.directory.resolve("data/postmaster.pid")).get(0).trim());
		ProcessHandle postmaster = ProcessHandle.of(pid)
			.orElseThrow(() -> new IllegalStateException("The server does not run"));
		List<ProcessHandle> processes = new ArrayList<>(List.of(postmaster));
		postmaster.children().forEach(processes::add);
		processes.forEach(ProcessHandle::destroyForcibly);
		for (ProcessHandle process : processes) {
			process.onExit().completeOnTimeout(process, 30, TimeUnit.SECONDS).join();
		}
		// Only so that it may be started again.
		this.server.close();
	}

	/**
	 * Starts it again, on the same port, with what it has written.
	 */
	public void restart() throws IOException {
		for (int attempt = 1;; attempt++) {
			try {
				this.server = launch();
				return;
			}
			catch (IOException | IllegalStateException ex) {
				// A process that was born while its parent was killed ends by itself.
				if (attempt == 10) {
					throw ex;
				}
				LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
			}
		}
	}

	@Override
	public void close() throws IOException {
		try {
			this.server.close();
		}
		finally {
			FileSystemUtils.deleteRecursively(this.directory);
		}
	}

}
