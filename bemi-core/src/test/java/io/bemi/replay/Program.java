package io.bemi.replay;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;

import io.bemi.ingestion.Ingester;
import io.bemi.replication.ReplicationSettings;
import io.bemi.replication.ReplicationSource;
import io.bemi.store.PostgresChangeSink;
import io.bemi.store.StoreSettings;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import io.bemi.tracking.Tracking;
import io.bemi.tracking.TrackingSettings;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What several sessions do in a database, one statement after the other, so that it
 * follows from the seed; recorded meanwhile.
 */
final class Program implements AutoCloseable {

	private static final int SESSIONS = 3;

	/** All of the truth but for the commits. */
	private static final List<String> EXCLUDED = List.of("shadow.change", "shadow.touch", "shadow.shape",
			"shadow.state", "shadow.name", "shadow.leaf");

	private final int version;

	private final TestDatabase database;

	private final Random random;

	private final List<Session> sessions = new ArrayList<>();

	private final List<String> log = new ArrayList<>();

	private @Nullable Ingester ingester;

	Program(int version, long seed, boolean full) throws Exception {
		this.version = version;
		this.database = PostgresServer.version(version).createDatabase();
		// Neighbouring seeds give similar first numbers.
		this.random = new Random(seed * 0x9E3779B97F4A7C15L);
		this.database.execute(resource(), "CREATE TABLE barrier (id integer PRIMARY KEY)");
		try (Connection connection = this.database.connect()) {
			new Tracking(new TrackingSettings("app", List.of("*"), EXCLUDED, "bemi")).track(connection);
		}
		this.database.execute("SELECT shadow.sync()");
		restart();
		Rows rows = new Rows(this.random, version);
		Shapes shapes = new Shapes(this.random, version, full);
		AtomicReference<@Nullable Session> shaping = new AtomicReference<>();
		for (int i = 0; i < SESSIONS; i++) {
			this.sessions.add(new Session(this.database, this.random, rows, shapes, shaping));
		}
	}

	private static String resource() throws IOException {
		try (InputStream content = Program.class.getResourceAsStream("shadow.sql")) {
			assertThat(content).isNotNull();
			return new String(content.readAllBytes(), StandardCharsets.UTF_8);
		}
	}

	/**
	 * Lets another instance go on.
	 */
	private void restart() throws InterruptedException {
		if (this.ingester != null) {
			this.ingester.close();
		}
		PostgresServer server = this.database.server();
		this.ingester = new Ingester(
				new ReplicationSource(new ReplicationSettings(this.database.url(), server.username(), server.password(),
						ReplicationSettings.slotOf(this.database.name()), "bemi")),
				new PostgresChangeSink(
						new StoreSettings(this.database.url(), server.username(), server.password(), "bemi")));
		this.ingester.start();
		assertThat(this.ingester.awaitSettled(Duration.ofSeconds(20))).isTrue();
	}

	/**
	 * Runs the program.
	 * @return what the tables held at each moment
	 */
	List<Moment> run(int steps, int moments) throws Exception {
		List<Moment> seen = new ArrayList<>();
		for (int step = 1; step <= steps; step++) {
			int number = this.random.nextInt(SESSIONS);
			if (this.random.nextInt(12) == 0) {
				this.log.add("-- all end");
				finish();
				this.log.add(step + " session " + number + ", alone: " + this.sessions.get(number).shapeAlone());
			}
			else {
				this.log.add(step + " session " + number + ": " + this.sessions.get(number).step());
			}
			if (step % Math.max(1, steps / moments) == 0) {
				this.log.add("-- moment " + seen.size());
				seen.add(Moment.now(this.database));
			}
			if (this.random.nextInt(steps) < 3) {
				this.log.add("-- another instance");
				restart();
			}
		}
		finish();
		seen.add(Moment.now(this.database));
		return seen;
	}

	private void finish() throws SQLException {
		for (Session session : this.sessions) {
			session.finish();
		}
	}

	int commits() {
		return this.sessions.stream().mapToInt(Session::commits).sum();
	}

	/**
	 * Waits until everything is recorded and copied.
	 * @return what the tables hold then
	 */
	Moment settle() throws SQLException {
		this.database.execute("INSERT INTO barrier VALUES (1)");
		await("SELECT 'barrier' WHERE NOT EXISTS (SELECT FROM bemi.changes WHERE \"table\" = 'barrier')");
		await("SELECT schema || '.' || name FROM bemi.baseline WHERE completed_at IS NULL");
		assertThat(this.database.query("SELECT content, error FROM bemi.quarantine")).isEmpty();
		return Moment.now(this.database);
	}

	private void await(String missing) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(60))
			.pollInterval(Duration.ofMillis(20))
			.untilAsserted(() -> assertThat(this.database.query(missing)).isEmpty());
	}

	/**
	 * Compares what is recorded with what happened.
	 */
	Oracle oracle() throws SQLException {
		return new Oracle(this.version, Recorded.all(this.database), Truth.all(this.database),
				new Touches(this.database), new Copies(this.database));
	}

	@Override
	public String toString() {
		return String.join("\n", this.log);
	}

	@Override
	public void close() throws SQLException {
		for (Session session : this.sessions) {
			session.close();
		}
		if (this.ingester != null) {
			this.ingester.close();
		}
		this.database.close();
	}

}
