package io.bemi.benchmarks;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RequestBenchmark}: what it measures asks nobody.
 */
class RequestBenchmarkTests {

	@Test
	void readOnlyRequestAsksNoProvider() throws Exception {
		RequestBenchmark benchmark = new RequestBenchmark();
		benchmark.side = "bemi";
		benchmark.open();
		assertThat(benchmark.readOnly()).isEqualTo(2);
		benchmark.close();
		assertThat(benchmark.asked()).isZero();
	}

}
