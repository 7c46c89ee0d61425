package io.bemi.model;

import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

/**
 * Random interleavings of requests, pools, threads, scopes and savepoints: no row gets a
 * wrong context, and none is left for the next task.
 * <p>
 * A program that goes wrong is printed with its seed and runs alone with
 * {@code -Dbemi.model.seed=… -Dbemi.model.programs=1}.
 */
class ContextModelIntegrationTests {

	private static final int AT_A_TIME = 1_000;

	private static final int PROGRAMS = Integer.getInteger("bemi.model.programs",
			Boolean.getBoolean("bemi.soak") ? 100_000 : 1_500);

	private static final long SEED = Long.getLong("bemi.model.seed", 1);

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void eachRowHasTheContextItWasWrittenIn(int version) throws Exception {
		try (TestDatabase database = PostgresServer.version(version).createDatabase();
				Laboratory laboratory = new Laboratory(database)) {
			for (long seed = SEED; seed < SEED + PROGRAMS; seed += AT_A_TIME) {
				List<Program> programs = LongStream.range(seed, Math.min(seed + AT_A_TIME, SEED + PROGRAMS))
					.mapToObj(Program::of)
					.toList();
				Map<Program, String> problems = laboratory.run(programs);
				if (!problems.isEmpty()) {
					Map.Entry<Program, String> first = problems.entrySet().iterator().next();
					fail("%d of %d programs went wrong, such as: %s", problems.size(), programs.size(),
							laboratory.explain(first.getKey(), first.getValue()));
				}
			}
			System.out.printf("PostgreSQL %d, %d programs: %s%n", version, PROGRAMS, laboratory.counts());
			assertThat(laboratory.counts().rows()).isGreaterThan(PROGRAMS);
		}
	}

}
