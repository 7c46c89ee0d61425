package io.bemi.store;

import java.time.Duration;
import java.util.List;

import io.bemi.ingestion.Ingester;
import io.bemi.store.chain.ChainReport;
import io.bemi.store.erasure.ErasureReport;
import io.bemi.store.erasure.HistoryEraser;
import io.bemi.store.erasure.RecordErasure;
import io.bemi.testsupport.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tells what the chain costs: by {@code -Dbemi.chain.changes=1000000} of that many
 * changes, 100 and 1 in a transaction. What is asserted is that all of them are covered.
 */
class ChainCostIntegrationTests {

	private static final Logger logger = LoggerFactory.getLogger(ChainCostIntegrationTests.class);

	private static final int CHANGES = Integer.getInteger("bemi.chain.changes", 5_000);

	@ParameterizedTest
	@CsvSource({ "100, false", "100, true", "1, false", "1, true" })
	void isTold(int perTransaction, boolean covered) throws Exception {
		try (Capture capture = Capture.on(18)) {
			TestDatabase database = capture.database();
			start(capture, covered).close();
			database.execute(
					"""
							DO $$ BEGIN
							  FOR i IN 0..%1$d / %2$d - 1 LOOP
							    INSERT INTO todo SELECT n, 'task ' || md5(n::text) || md5(i::text) FROM generate_series(i * %2$d + 1, (i + 1) * %2$d) n;
							    COMMIT;
							  END LOOP;
							END $$"""
						.formatted(CHANGES, perTransaction),
					"CHECKPOINT");
			long start = System.nanoTime();
			Ingester ingester = start(capture, covered);
			Awaitility.await()
				.atMost(Duration.ofMinutes(10))
				.pollInterval(Duration.ofMillis(50))
				.until(() -> database
					.query("SELECT count(*) FROM bemi.change WHERE primary_key = '" + CHANGES
							+ "' AND relation IN (SELECT id FROM bemi.relation)")
					.equals(List.of("1")));
			long stored = System.nanoTime();
			ingester.close();
			logger.info("{} changes, {} in a transaction, {} a chain: stored in {} ms, {} bytes each", CHANGES,
					perTransaction, covered ? "with" : "without", (stored - start) / 1_000_000,
					database
						.query("SELECT sum(pg_total_relation_size(oid)) / " + CHANGES
								+ " FROM pg_class WHERE relnamespace = 'bemi'::regnamespace AND relkind = 'r'")
						.get(0));
			if (covered) {
				verify(new Chain(database));
				ErasureReport erased = new HistoryEraser(database.dataSource(), "bemi")
					.erase(RecordErasure.of("public", "todo", "7", "asked for"));
				assertThat(erased.changes()).isEqualTo(1);
				verify(new Chain(database));
			}
		}
	}

	private static Ingester start(Capture capture, boolean covered) throws InterruptedException {
		return covered ? capture.start(Chain.settings(capture.database())) : capture.start();
	}

	private static void verify(Chain chain) {
		long start = System.nanoTime();
		ChainReport report = chain.verifier().verify().get(0);
		long verified = System.nanoTime();
		assertThat(chain.script()).isEmpty();
		logger.info("Verified in {} ms, by SQL alone in {} ms", (verified - start) / 1_000_000,
				(System.nanoTime() - verified) / 1_000_000);
		assertThat(report.isIntact()).isTrue();
		assertThat(report.changes() - report.erased()).isEqualTo(CHANGES);
	}

}
