package io.bemi.benchmarks;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Comparisons of histories run, of small ones.
 */
class ComparisonIntegrationTests {

	@BeforeAll
	static void makeHistoriesSmall() {
		System.setProperty("bemi.benchmarks.per-month", "8000");
		System.setProperty("bemi.benchmarks.live", "1000");
		System.setProperty("bemi.benchmarks.rounds", "1");
		System.setProperty("bemi.benchmarks.calls", "10");
		System.setProperty("bemi.benchmarks.ingest.rows", "4000");
		System.setProperty("bemi.benchmarks.lag.seconds", "1");
		System.setProperty("bemi.benchmarks.store.changes", "10000");
	}

	@AfterAll
	static void forget() {
		System.clearProperty("bemi.benchmarks.per-month");
		System.clearProperty("bemi.benchmarks.live");
		System.clearProperty("bemi.benchmarks.rounds");
		System.clearProperty("bemi.benchmarks.calls");
		System.clearProperty("bemi.benchmarks.ingest.rows");
		System.clearProperty("bemi.benchmarks.lag.seconds");
		System.clearProperty("bemi.benchmarks.store.changes");
	}

	@Test
	void readRuns() throws Exception {
		assertThat(printed("read"))
			.containsPattern("\\nread: p95_ms_1m=[\\d.]+ p95_ms_10m=[\\d.]+ growth=[\\d.]+ content_p95_ms=[\\d.]+\\n$");
	}

	@Test
	void asOfRuns() throws Exception {
		assertThat(printed("asof")).containsPattern("\\nasof: record_ms=[\\d.]+ find_by_id_ms=[\\d.]+"
				+ " association_ms=[\\d.]+ with_association_ms=[\\d.]+ table_ms=[\\d.]+\\n$");
	}

	@Test
	void ingestRunsWithoutDebezium() throws Exception {
		assertThat(printed("ingest")).contains("Without Debezium's side")
			.containsPattern("\\ningest: bemi_vs_raw=[\\d.]+ rows_per_s=\\d+\\n$");
	}

	@Test
	void lagRuns() throws Exception {
		assertThat(printed("lag")).containsPattern("\\nlag: p50_ms=[\\d.]+ p99_ms=[\\d.]+\\n$");
	}

	@Test
	void storeRuns() throws Exception {
		assertThat(printed("store")).containsPattern("\\nstore: size_ratio=[\\d.]+ insert_ratio=[\\d.]+"
				+ " size_ratio_tiny=[\\d.]+ insert_ratio_tiny=[\\d.]+\\n$");
	}

	private static String printed(String name) throws Exception {
		PrintStream out = System.out;
		ByteArrayOutputStream printed = new ByteArrayOutputStream();
		System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
		try {
			Benchmarks.main(new String[] { name });
		}
		finally {
			System.setOut(out);
		}
		return printed.toString(StandardCharsets.UTF_8);
	}

}
