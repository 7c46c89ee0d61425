package io.bemi.memory;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

import io.bemi.baseline.IngestingProcess;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import io.bemi.tracking.Tracking;
import io.bemi.tracking.TrackingSettings;
import org.awaitility.Awaitility;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A database whose tables are tracked, recorded by a process with little memory, which
 * ends if that is not enough.
 */
final class SmallHeap implements AutoCloseable {

	private final TestDatabase database;

	private final IngestingProcess process;

	private int barrier;

	private SmallHeap(TestDatabase database, IngestingProcess process) {
		this.database = database;
		this.process = process;
	}

	static SmallHeap of(String heap, int version, String... tables) throws SQLException, IOException {
		TestDatabase database = PostgresServer.version(version).createDatabase();
		database.execute(tables);
		database.execute("CREATE TABLE barrier (number integer PRIMARY KEY)");
		try (Connection connection = database.connect()) {
			new Tracking(new TrackingSettings("app", List.of("*"), List.of(), "bemi", false)).track(connection);
		}
		SmallHeap started = new SmallHeap(database, IngestingProcess.start(database, heap));
		started.await(Duration.ofMinutes(1));
		return started;
	}

	/**
	 * Runs one transaction, and waits until it is recorded.
	 */
	void record(String title, Duration atMost, String sql) {
		long begun = System.nanoTime();
		Duration cpu = this.process.cpu();
		this.database.execute(sql);
		double written = (System.nanoTime() - begun) / 1e9;
		await(atMost);
		System.out.printf("%s: written in %.1f s, recorded after %.1f s, which took %.1f s of the process%n", title,
				written, (System.nanoTime() - begun) / 1e9, this.process.cpu().minus(cpu).toMillis() / 1e3);
	}

	/**
	 * Waits until everything that is committed by now is recorded.
	 */
	private void await(Duration atMost) {
		this.barrier++;
		this.database.execute("INSERT INTO barrier VALUES (" + this.barrier + ")");
		Awaitility.await()
			.atMost(atMost)
			.pollInterval(Duration.ofMillis(100))
			.ignoreExceptionsInstanceOf(IllegalStateException.class)
			.until(() -> {
				assertThat(this.process.isAlive()).as("the process lives, its memory suffices").isTrue();
				return !this.database
					.query("SELECT 1 FROM bemi.change c JOIN bemi.relation r ON r.id = c.relation"
							+ " WHERE r.name = 'barrier' AND c.primary_key = '" + this.barrier + "'")
					.isEmpty();
			});
	}

	List<String> query(String sql) {
		return this.database.query(sql);
	}

	@Override
	public void close() {
		this.process.close();
		this.database.close();
	}

}
