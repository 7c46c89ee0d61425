package io.bemi.baseline;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A baseline of a table that is written to, taken by processes that are killed.
 */
class KilledBaselineIntegrationTests {

	private static final long ROWS = Long.getLong("bemi.baseline.rows",
			Boolean.getBoolean("bemi.soak") ? 1_000_000 : 60_000);

	private static final int PER_SECOND = 500;

	private static final String STATE = """
			SELECT coalesce(sum(rows), 0), count(*) FILTER (WHERE completed_at IS NULL) FROM bemi.baseline
			""";

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void theHistoryGivesTheTable(int version) throws Exception {
		try (TestDatabase database = PostgresServer.version(version).createDatabase();
				Writers writers = new Writers(database, ROWS, PER_SECOND)) {
			database.execute("CREATE TABLE account (id bigint PRIMARY KEY, owner text, balance numeric, document text)",
					"ALTER TABLE account ALTER document SET STORAGE EXTERNAL",
					"INSERT INTO account SELECT i, 'owner ' || i, i / 100.0, CASE WHEN i % 10 = 0 THEN repeat(md5(i::text), 80) END FROM generate_series(1, "
							+ ROWS + ") i",
					"CREATE PUBLICATION bemi FOR TABLE account");
			writers.start();
			long begun = System.nanoTime();
			List<AsOf> moments = new ArrayList<>();
			for (int part = 1; part <= 2; part++) {
				try (IngestingProcess process = IngestingProcess.start(database)) {
					awaitRows(database, part * ROWS / 3);
					process.kill();
					assertThat(database.query(STATE)).first().asString().endsWith("|1");
				}
				moments.add(AsOf.now(database));
			}
			try (IngestingProcess process = IngestingProcess.start(database)) {
				Awaitility.await()
					.atMost(Duration.ofMinutes(5))
					.pollInterval(Duration.ofMillis(20))
					.until(() -> database.query(STATE).get(0).endsWith("|0"));
				for (int i = 0; i < 3; i++) {
					moments.add(AsOf.now(database));
				}
				writers.stop();
				double seconds = (System.nanoTime() - begun) / 1e9;
				moments.add(AsOf.now(database));
				database.execute("INSERT INTO account (id, owner) VALUES (-1, 'barrier')");
				Awaitility.await()
					.atMost(Duration.ofMinutes(2))
					.until(() -> !database.query("SELECT 1 FROM bemi.changes WHERE primary_key = '-1'").isEmpty());
				int untold = 0;
				for (int i = 0; i < moments.size(); i++) {
					AsOf moment = moments.get(i);
					// What was changed between a kill and the next snapshot.
					AsOf history = moment.byHistory(database);
					AsOf told = (i < 2) ? moment.told(database).columnsOf(history) : moment;
					untold += moment.rows().size() - told.rows().size();
					assertThat(told.difference(history)).as("at moment " + i).isEmpty();
				}
				System.out.printf(
						"PostgreSQL %d: %d rows, 2 kills, %d transactions at %.0f/s, %d moments;"
								+ " of both moments at a kill %d rows are not known%n",
						version, ROWS, writers.transactions(), writers.transactions() / seconds, moments.size(),
						untold);
			}
		}
	}

	private static void awaitRows(TestDatabase database, long rows) {
		Awaitility.await()
			.atMost(Duration.ofMinutes(2))
			.pollInterval(Duration.ofMillis(5))
			.ignoreExceptions()
			.until(() -> Long.parseLong(database.query(STATE).get(0).split("\\|")[0]) >= rows);
	}

}
