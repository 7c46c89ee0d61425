package io.bemi.baseline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.bemi.ingestion.Ingester;
import io.bemi.replication.ReplicationSettings;
import io.bemi.replication.ReplicationSource;
import io.bemi.store.PostgresChangeSink;
import io.bemi.store.StoreSettings;
import io.bemi.testsupport.TestDatabase;

/**
 * A process that records the changes of a database, to be killed, or to be short of
 * memory.
 */
public final class IngestingProcess implements AutoCloseable {

	private final Process process;

	private final Path log;

	private IngestingProcess(Process process, Path log) {
		this.process = process;
		this.log = log;
	}

	static IngestingProcess start(TestDatabase database) throws IOException {
		return start(database, "256m");
	}

	/**
	 * Starts one that ends as soon as its memory does.
	 * @param heap how much memory it has, as for {@code -Xmx}
	 */
	public static IngestingProcess start(TestDatabase database, String heap) throws IOException {
		List<String> command = List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-Xmx" + heap, "-XX:+ExitOnOutOfMemoryError", "-cp", System.getProperty("java.class.path"),
				IngestingProcess.class.getName(), database.url(), database.server().username(),
				database.server().password(), ReplicationSettings.slotOf(database.name()));
		Path log = Path.of("target", "ingesting-process-" + database.name() + ".log");
		return new IngestingProcess(new ProcessBuilder(command).redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
			.start(), log);
	}

	/**
	 * Ends it as SIGKILL does: nothing of it runs after that.
	 */
	public void kill() throws InterruptedException {
		this.process.destroyForcibly();
		if (!this.process.waitFor(10, TimeUnit.SECONDS)) {
			throw new IllegalStateException("The process is still there");
		}
	}

	/**
	 * What this and earlier ones have said of the same database.
	 */
	public List<String> log() throws IOException {
		return Files.readAllLines(this.log);
	}

	/**
	 * How much time of processors it has taken.
	 */
	public Duration cpu() {
		return this.process.info().totalCpuDuration().orElse(Duration.ZERO);
	}

	public boolean isAlive() {
		return this.process.isAlive();
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
	}

	public static void main(String[] arguments) throws InterruptedException {
		ReplicationSettings source = new ReplicationSettings(arguments[0], arguments[1], arguments[2], arguments[3],
				"bemi");
		StoreSettings store = new StoreSettings(arguments[0], arguments[1], arguments[2], "bemi");
		new Ingester(new ReplicationSource(source), new PostgresChangeSink(store)).start();
		new CountDownLatch(1).await();
	}

}
