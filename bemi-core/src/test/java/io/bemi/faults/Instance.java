package io.bemi.faults;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.bemi.ingestion.Ingester;
import io.bemi.replication.ReplicationSettings;
import io.bemi.replication.ReplicationSource;
import io.bemi.store.PostgresChangeSink;
import io.bemi.store.StoreSettings;
import io.bemi.testsupport.TcpProxy;
import io.bemi.testsupport.TestDatabase;
import org.jspecify.annotations.Nullable;

/**
 * An ingesting process, whose connections to source and store go through wires of its
 * own.
 */
final class Instance implements AutoCloseable {

	private final TestDatabase source;

	private final TestDatabase store;

	private final TcpProxy sourceWire;

	private final TcpProxy storeWire;

	private @Nullable Process process;

	Instance(TestDatabase source, TestDatabase store) throws IOException {
		this.source = source;
		this.store = store;
		this.sourceWire = new TcpProxy(source.server().port());
		this.storeWire = new TcpProxy(store.server().port());
	}

	static String slot(TestDatabase source) {
		return ReplicationSettings.slotOf(source.name());
	}

	TcpProxy sourceWire() {
		return this.sourceWire;
	}

	TcpProxy storeWire() {
		return this.storeWire;
	}

	void start() throws IOException {
		List<String> command = List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx128m",
				"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"),
				Instance.class.getName(), url(this.sourceWire, this.source), url(this.storeWire, this.store),
				slot(this.source));
		this.process = new ProcessBuilder(command).redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.appendTo(new File("target/faults.log")))
			.start();
	}

	private static String url(TcpProxy wire, TestDatabase database) {
		return "jdbc:postgresql://localhost:" + wire.port() + "/" + database.name();
	}

	/**
	 * Ends it as SIGKILL does.
	 */
	void kill() throws InterruptedException {
		if (this.process != null && !this.process.destroyForcibly().waitFor(10, TimeUnit.SECONDS)) {
			throw new IllegalStateException("The process is still there");
		}
	}

	/**
	 * Sends a signal.
	 * @param name such as STOP or CONT
	 */
	void signal(String name) throws IOException, InterruptedException {
		if (this.process != null) {
			new ProcessBuilder("kill", "-" + name, String.valueOf(this.process.pid())).start().waitFor();
		}
	}

	@Override
	public void close() throws IOException {
		if (this.process != null) {
			this.process.destroyForcibly();
		}
		this.sourceWire.close();
		this.storeWire.close();
	}

	public static void main(String[] arguments) throws InterruptedException {
		ReplicationSettings source = new ReplicationSettings(arguments[0], "postgres", "", arguments[2], "bemi");
		StoreSettings store = new StoreSettings(arguments[1], "postgres", "", "bemi");
		new Ingester(new ReplicationSource(source), new PostgresChangeSink(store)).start();
		new CountDownLatch(1).await();
	}

}
