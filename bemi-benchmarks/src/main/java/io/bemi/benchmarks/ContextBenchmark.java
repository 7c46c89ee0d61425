package io.bemi.benchmarks;

import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.bemi.context.BemiContext;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * Opening and closing scopes.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ContextBenchmark {

	private final Map<String, String> outer = Map.of("job", "nightly");

	private final Map<String, String> inner = Map.of("tenant", "t1");

	private final Requests requests = new Requests();

	@Benchmark
	public Object scope() {
		try (BemiContext.Scope scope = BemiContext.open(this.outer)) {
			return scope;
		}
	}

	@Benchmark
	public Object nestedScopes() {
		try (BemiContext.Scope scope = BemiContext.open(this.outer);
				BemiContext.Scope nested = BemiContext.open(this.inner)) {
			return nested;
		}
	}

	@Benchmark
	public Object request() {
		try (BemiContext.Scope scope = this.requests.open()) {
			return scope;
		}
	}

}
