package io.bemi.faults;

import java.util.List;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Random faults under a mixed load. A run is repeated, as far as time lets it be, with
 * {@code -Dbemi.faults.seed=… -Dbemi.faults.count=…}.
 */
class FaultRunIntegrationTests {

	private static final int FAULTS = Integer.getInteger("bemi.faults.count",
			Boolean.getBoolean("bemi.soak") ? 210 : 0);

	private static final long SEED = Long.getLong("bemi.faults.seed", 1);

	@ParameterizedTest
	@CsvSource({ "14,true", "18,false" })
	void nothingIsLostOrRepeated(int version, boolean storeInSource) throws Exception {
		int faults = (FAULTS > 0) ? FAULTS : Fault.values().length - (storeInSource ? 1 : 0);
		try (FaultRun run = new FaultRun(version, storeInSource, SEED)) {
			List<String> problems = run.run(faults);
			System.out.printf("PostgreSQL %d, store in the %s, seed %d: %s%n", version,
					storeInSource ? "source" : "other server", SEED, run);
			assertThat(problems.stream().limit(20)).as("%d problems", problems.size()).isEmpty();
		}
	}

}
