package io.bemi.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import io.bemi.tracking.Tracking;
import io.bemi.tracking.TrackingReport;
import io.bemi.tracking.TrackingSettings;
import org.awaitility.Awaitility;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A database whose tables are tracked, those created later too, with an ingester that
 * stores into it: from any session to the view {@code changes}.
 */
final class TrackedCapture implements AutoCloseable {

	private final TestDatabase database;

	private final Capture capture;

	private int barrier;

	private TrackedCapture(TestDatabase database) {
		this.database = database;
		this.capture = Capture.on(database);
	}

	static TrackedCapture on(int version, boolean sqlComments) throws Exception {
		TrackedCapture capture = new TrackedCapture(PostgresServer.version(version).createDatabase());
		capture.database.execute("CREATE TABLE barrier (number integer PRIMARY KEY)");
		capture.track(new TrackingSettings("app", List.of("*"), List.of(), "bemi", sqlComments));
		capture.capture.start();
		return capture;
	}

	TrackingReport track(TrackingSettings settings) throws SQLException {
		try (Connection connection = this.database.connect()) {
			return new Tracking(settings).track(connection);
		}
	}

	TestDatabase database() {
		return this.database;
	}

	/**
	 * The rows of a query, when everything that is committed by now has been stored.
	 */
	List<String> query(String sql) {
		this.barrier++;
		this.database.execute("INSERT INTO barrier VALUES (" + this.barrier + ")");
		Awaitility.await()
			.atMost(Duration.ofSeconds(20))
			.pollInterval(Duration.ofMillis(20))
			.untilAsserted(() -> assertThat(this.database
				.query("SELECT count(*) FROM bemi.changes WHERE \"table\" = 'barrier' AND primary_key = '"
						+ this.barrier + "'"))
				.containsExactly("1"));
		return this.database.query(sql);
	}

	@Override
	public void close() {
		this.capture.close();
	}

}
