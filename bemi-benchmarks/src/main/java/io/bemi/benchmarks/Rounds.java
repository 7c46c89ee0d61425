package io.bemi.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Alternating rounds of the bare side and of Bemi's, so that what else the machine does
 * meets both.
 */
final class Rounds {

	private final Map<String, List<Double>> bare = new LinkedHashMap<>();

	private final Map<String, List<Double>> bemi = new LinkedHashMap<>();

	/**
	 * Runs one round of each side in JVMs of their own.
	 */
	void run(String driver, Class<?>... benchmarks) throws RunnerException {
		run("bare", driver, this.bare, benchmarks);
		run("bemi", driver, this.bemi, benchmarks);
	}

	private static void run(String side, String driver, Map<String, List<Double>> scores, Class<?>... benchmarks)
			throws RunnerException {
		OptionsBuilder options = new OptionsBuilder();
		for (Class<?> benchmark : benchmarks) {
			options.include(benchmark.getName() + "\\.");
		}
		options.param("side", side)
			.param("driver", driver)
			.forks(1)
			.warmupIterations(3)
			.warmupTime(TimeValue.milliseconds(400))
			.measurementIterations(200)
			.measurementTime(TimeValue.milliseconds(5))
			.verbosity(VerboseMode.SILENT);
		if (System.getProperty(Side.URL) != null) {
			options.jvmArgsAppend("-D" + Side.URL + "=" + System.getProperty(Side.URL));
		}
		for (RunResult result : new Runner(options.build()).run()) {
			String name = result.getPrimaryResult().getLabel();
			scores.computeIfAbsent(name, (key) -> new ArrayList<>()).add(undisturbed(result));
		}
	}

	/**
	 * The lower quartile of many short iterations: in the others the machine may have
	 * done something else.
	 */
	private static double undisturbed(RunResult result) {
		return result.getPrimaryResult().getStatistics().getPercentile(25);
	}

	/** What was measured. */
	List<String> names() {
		return List.copyOf(this.bare.keySet());
	}

	Spread bare(String name) {
		return Spread.of(scores(this.bare, name));
	}

	Spread bemi(String name) {
		return Spread.of(scores(this.bemi, name));
	}

	/** What Bemi adds, round by round. */
	Spread difference(String name) {
		List<Double> without = scores(this.bare, name);
		List<Double> with = scores(this.bemi, name);
		return Spread.of(IntStream.range(0, without.size()).mapToObj((i) -> with.get(i) - without.get(i)).toList());
	}

	private static List<Double> scores(Map<String, List<Double>> scores, String name) {
		return scores.getOrDefault(name, List.of());
	}

}
