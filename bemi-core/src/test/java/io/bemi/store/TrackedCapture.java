package io.bemi.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;

import io.bemi.ingestion.BaselineSettings;
import io.bemi.ingestion.Ingester;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import io.bemi.tracking.ColumnRules;
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

	private String newest = "";

	private TrackedCapture(TestDatabase database) {
		this.database = database;
		this.capture = Capture.on(database);
	}

	static TrackedCapture on(int version, boolean sqlComments) throws Exception {
		return on(version, sqlComments, BaselineSettings.ALL);
	}

	/**
	 * Without an instance so far, and with tables that are there before.
	 */
	static TrackedCapture stopped(int version, String... tables) throws Exception {
		TrackedCapture capture = new TrackedCapture(PostgresServer.version(version).createDatabase());
		capture.database.execute("CREATE TABLE barrier (number integer PRIMARY KEY)");
		capture.database.execute(tables);
		capture.track(new TrackingSettings("app", List.of("*"), List.of(), "bemi", false));
		return capture;
	}

	static TrackedCapture on(int version, boolean sqlComments, BaselineSettings baseline) throws Exception {
		TrackedCapture capture = new TrackedCapture(PostgresServer.version(version).createDatabase());
		capture.database.execute("CREATE TABLE barrier (number integer PRIMARY KEY)");
		capture.track(new TrackingSettings("app", List.of("*"), List.of(), "bemi", sqlComments));
		capture.capture.start(baseline);
		return capture;
	}

	/**
	 * Stops the instance.
	 */
	void stop() {
		this.capture.ingesters().forEach(Ingester::close);
		this.capture.ingesters().clear();
	}

	/**
	 * Starts another one, which goes on.
	 */
	Ingester start() throws InterruptedException {
		return this.capture.start();
	}

	/**
	 * Starts another one, which goes on by rules.
	 */
	Ingester start(ColumnRules rules) throws InterruptedException {
		return this.capture.start(rules);
	}

	/**
	 * Starts another one, which goes on, and lets roles skip what they write.
	 */
	Ingester start(Set<String> skipRoles) throws InterruptedException {
		return this.capture.start(skipRoles);
	}

	/**
	 * Stops the instance that was started first.
	 */
	void stopFirst() {
		this.capture.ingesters().remove(0).close();
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

	/**
	 * What was committed since the last call: table, key, operation and context of each
	 * change, without what the database knows about the session.
	 */
	List<String> contexts() {
		List<String> changes = query("""
				SELECT id, concat_ws(' ', "table", primary_key, operation), metadata - '_bemi' FROM bemi.changes
				 WHERE "table" <> 'barrier' AND id > '%s' ORDER BY id""".formatted(this.newest));
		if (!changes.isEmpty()) {
			String last = changes.get(changes.size() - 1);
			this.newest = last.substring(0, last.indexOf('|'));
		}
		return changes.stream().map((line) -> line.substring(line.indexOf('|') + 1)).toList();
	}

	@Override
	public void close() {
		this.capture.close();
	}

}
