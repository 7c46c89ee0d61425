package io.bemi.benchmarks;

import java.util.Collection;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every benchmark runs, if only for a moment.
 */
class BenchmarkSmokeIntegrationTests {

	@Test
	void everyBenchmarkRuns() throws Exception {
		Collection<RunResult> results;
		try (EmbeddedPostgres server = EmbeddedPostgres.builder().start()) {
			System.setProperty(Side.URL, server.getJdbcUrl("postgres", "postgres"));
			results = new Runner(new OptionsBuilder().include("io\\.bemi\\.benchmarks\\..*")
				.forks(0)
				.warmupIterations(0)
				.measurementIterations(1)
				.measurementTime(TimeValue.milliseconds(10))
				.shouldFailOnError(true)
				.verbosity(VerboseMode.SILENT)
				.build()).run();
		}
		// Statements and requests on each side of each driver, and contexts.
		assertThat(results).hasSize(7 * 4 + 3);
	}

}
