package io.bemi.benchmarks;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Comparisons run, small ones.
 */
class ComparisonIntegrationTests {

	private static final Map<String, String> SMALL = Map.ofEntries(Map.entry("per-month", "8000"),
			Map.entry("live", "1000"), Map.entry("rounds", "1"), Map.entry("calls", "10"),
			Map.entry("transactions", "5"), Map.entry("warm-up", "20"), Map.entry("millis", "500"),
			Map.entry("accounts", "1000"), Map.entry("lag", "60000"),
			Map.entry("jvm", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"), Map.entry("ingest.rows", "4000"),
			Map.entry("lag.seconds", "1"), Map.entry("groups.rows", "4000"), Map.entry("store.changes", "10000"));

	@BeforeAll
	static void makeThemSmall() {
		SMALL.forEach((name, value) -> System.setProperty("bemi.benchmarks." + name, value));
	}

	@AfterAll
	static void forget() {
		SMALL.keySet().forEach((name) -> System.clearProperty("bemi.benchmarks." + name));
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
	void groupsRuns() throws Exception {
		assertThat(printed("groups")).containsPattern(
				"\\ngroups: one_rows_per_s=\\d+ two_rows_per_s=\\d+ two_vs_one=[\\d.]+ raw_two_vs_one=[\\d.]+"
						+ " limited_one_rows_per_s=\\d+ limited_two_rows_per_s=\\d+ limited_two_vs_one=[\\d.]+"
						+ " limited_raw_two_vs_one=[\\d.]+ limited_wide_two_vs_one=[\\d.]+"
						+ " limited_wide_raw_two_vs_one=[\\d.]+ limited_tiny_two_vs_one=[\\d.]+"
						+ " limited_tiny_raw_two_vs_one=[\\d.]+\\n$");
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

	@Test
	void contextRuns() throws Exception {
		assertThat(printed("context")).containsPattern("\\ncontext: bemi_loopback=[\\d.]+ bemi_rtt=[\\d.]+"
				+ " comment_loopback=[\\d.]+ comment_rtt=[\\d.]+ envers_loopback=[\\d.]+ javers_loopback=[\\d.]+"
				+ " bemi_loopback_50=[\\d.]+ bemi_rtt_50=[\\d.]+\\n$");
	}

	@Test
	void sourceRuns() throws Exception {
		assertThat(printed("source")).containsPattern(
				"\\nsource: other=[\\d.]+ same=[\\d.]+ trigger=[\\d.]+" + " p95_other=[\\d.]+ p95_same=[\\d.]+\\n$");
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
