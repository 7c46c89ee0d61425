package io.bemi.store;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

import io.bemi.ingestion.Gap;
import io.bemi.ingestion.Ingester;
import io.bemi.ingestion.IngestionStatus.Phase;
import io.bemi.testsupport.TestDatabase;
import org.awaitility.Awaitility;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A history of table {@code todo} through an accident: what is written before, within and
 * after it.
 *
 * @param store where it is recorded
 */
record History(TestDatabase store) {

	static final String BEFORE = "INSERT INTO todo VALUES (1, 'before'), (2, 'before')";

	static final String WITHIN = "UPDATE todo SET task = 'within' WHERE id = 1; INSERT INTO todo VALUES (3, 'within')";

	/**
	 * Writes something, and waits until it is recorded.
	 */
	void record(Capture capture, String sql, int changes) {
		int before = Integer.parseInt(this.store.query("SELECT count(*) FROM bemi.changes").get(0));
		capture.database().execute(sql);
		Capture.awaitChanges(this.store, before + changes);
	}

	/**
	 * What happened within was not recorded, and that is said; what is there since is
	 * known, and what comes after is recorded.
	 */
	void assertGap(Capture capture, Ingester ingester, String reason) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(60))
			.until(() -> Optional.ofNullable(ingester.lastGap()).map(Gap::to).isPresent());
		awaitStreaming(ingester);
		awaitBaseline();
		record(capture, "UPDATE todo SET task = 'after' WHERE id = 1", 1);
		assertThat(this.store.query("SELECT reason FROM bemi.gap")).singleElement().asString().contains(reason);
		assertThat(this.store
			.query("""
					SELECT g.from_position IS NOT NULL, g.to_position = (SELECT min(position) FROM bemi.context WHERE source = n.id),
					       g.from_time <= g.to_time, g.to_time <= now()
					  FROM bemi.gap g JOIN bemi.source n ON n.id = (SELECT min(id) FROM bemi.source WHERE id > g.source)"""))
			.containsExactly("t|t|t|t");
		Gap gap = Objects.requireNonNull(ingester.lastGap());
		assertThat(gap.reason()).contains(reason);
		assertThat(gap.to()).isNotNull();
		assertThat(this.store.query("""
				SELECT operation, before ->> 'task', values ->> 'task' FROM bemi.changes WHERE primary_key = '1'
				 ORDER BY id DESC LIMIT 1""")).containsExactly("UPDATE|within|after");
		assertThat(rowsSinceTheGap()).isEqualTo(capture.database().query("SELECT id, task FROM todo ORDER BY id"));
	}

	/**
	 * Nothing is missing and nothing is there twice.
	 */
	void assertNoGap(Capture capture, Ingester ingester, int recorded) {
		awaitStreaming(ingester);
		Capture.awaitChanges(this.store, recorded);
		record(capture, "UPDATE todo SET task = 'after' WHERE id = 1", 1);
		assertThat(this.store.query("SELECT reason FROM bemi.gap")).isEmpty();
		assertThat(ingester.lastGap()).isNull();
		assertThat(rowsSinceTheGap()).isEqualTo(capture.database().query("SELECT id, task FROM todo ORDER BY id"));
	}

	private List<String> rowsSinceTheGap() {
		return this.store.query("""
				SELECT primary_key, task FROM (
				       SELECT DISTINCT ON (c.primary_key) c.primary_key, c.image ->> 'task' AS task, c.operation
				         FROM bemi.change c JOIN bemi.relation r ON r.id = c.relation
				        WHERE r.name = 'todo' AND c.source = (SELECT max(id) FROM bemi.source)
				        ORDER BY c.primary_key, c.position DESC, c.ordinal DESC) newest
				 WHERE operation <> 'D' ORDER BY 1""");
	}

	void awaitBaseline() {
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(this.store
				.query("SELECT count(*) > 0, count(*) FILTER (WHERE completed_at IS NULL) FROM bemi.baseline"
						+ " WHERE source = (SELECT max(id) FROM bemi.source)"))
				.containsExactly("t|0"));
	}

	static void awaitStreaming(Ingester ingester) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(ingester.status()).matches((status) -> status.phase() == Phase.STREAMING,
					"streaming"));
	}

}
