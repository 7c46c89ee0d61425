package io.bemi.sample;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.postgresql.ds.PGSimpleDataSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The packaged sample, processed ahead of time, on a database of its own: from before all
 * tests of a class until after them.
 */
final class AotSample implements BeforeAllCallback, AfterAllCallback {

	private final TestDatabase database = PostgresServer.shared().createDatabase();

	private final Path log = Path.of("target", this.database.name() + ".log");

	private final SampleProcess process;

	AotSample() {
		try {
			this.process = SampleProcess.packaged(this.database, this.log);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Is started with a property that comes too late, and records all the same.
	 */
	@Override
	public void beforeAll(ExtensionContext context) throws IOException {
		this.process.start("bemi.ingestion.enabled=false");
		Awaitility.await()
			.atMost(Duration.ofSeconds(90))
			.pollInterval(Duration.ofMillis(100))
			.until(() -> this.process.isUp() || !this.process.isAlive());
		assertThat(Files.readString(this.log)).contains("Starting AOT-processed SampleApplication")
			.containsOnlyOnce("has no effect")
			.contains("bemi.ingestion.enabled=false has no effect: it was true");
	}

	@Override
	public void afterAll(ExtensionContext context) throws InterruptedException {
		this.process.kill();
		this.database.close();
	}

	int port() {
		return this.process.port();
	}

	TestDatabase database() {
		return this.database;
	}

	PGSimpleDataSource dataSource() {
		PGSimpleDataSource dataSource = new PGSimpleDataSource();
		dataSource.setUrl(this.database.url());
		dataSource.setUser(this.database.server().username());
		dataSource.setPassword(this.database.server().password());
		return dataSource;
	}

}
