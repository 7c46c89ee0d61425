package io.bemi.benchmarks;

import java.io.IOException;

import io.bemi.benchmarks.context.ContextComparison;
import io.bemi.benchmarks.source.SourceComparison;
import org.openjdk.jmh.runner.RunnerException;

/**
 * Runs one comparison by its name.
 */
public final class Benchmarks {

	private Benchmarks() {
	}

	/**
	 * Runs a comparison and prints its table and one last line with its figures.
	 * @param arguments the name of the comparison
	 * @throws IOException when no server can be started
	 * @throws RunnerException when a benchmark fails
	 */
	public static void main(String[] arguments) throws IOException, RunnerException {
		switch ((arguments.length == 1) ? arguments[0] : "") {
			case "asof" -> AsOfComparison.run();
			case "context" -> ContextComparison.run();
			case "dashboard" -> DashboardComparison.run();
			case "groups" -> GroupsComparison.run();
			case "ingest" -> IngestComparison.run();
			case "lag" -> LagComparison.run();
			case "read" -> ReadComparison.run();
			case "retention" -> RetentionComparison.run();
			case "revert" -> RevertComparison.run();
			case "source" -> SourceComparison.run();
			case "statement" -> StatementComparison.run();
			case "store" -> StoreComparison.run();
			default -> {
				System.err.println(
						"Usage: bemi-benchmarks/run NAME, where NAME is one of: asof, context, dashboard, groups, ingest, lag, read, retention, revert, source, statement, store");
				System.exit(2);
			}
		}
	}

}
