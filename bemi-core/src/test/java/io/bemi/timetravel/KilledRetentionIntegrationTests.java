package io.bemi.timetravel;

import java.util.List;
import java.util.Set;

import io.bemi.store.retention.Upkeep;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Who drops months may be killed after any transaction: the moments that are left are as
 * they were all the time, and the next one goes on.
 */
class KilledRetentionIntegrationTests {

	@ParameterizedTest
	@CsvSource({ "14, false", "18, true" })
	void goesOnWhereItWasKilled(int version, boolean chained) throws Exception {
		try (Recording recording = chained ? Recording.chained(version, false, AgedHistory.TABLES)
				: Recording.of(version, false, Set.of(), AgedHistory.TABLES)) {
			AgedHistory history = new AgedHistory(recording);
			if (chained) {
				Upkeep.chain(recording.store());
			}
			int kills = 0;
			boolean done = false;
			while (!done) {
				try {
					Upkeep.look(recording.store(), AgedHistory.keepFrom(2), () -> {
						throw new IllegalStateException("killed");
					});
					done = recording.store()
						.query("SELECT bool_and(ended_at IS NOT NULL) FROM bemi.retention_run")
						.contains("t");
				}
				catch (IllegalStateException ex) {
					kills++;
					if (chained) {
						Upkeep.verify(recording.store());
					}
					List<Long> left = history.moments(2 + kills % 3);
					history.assertMoment(2 + kills % 3, left.get(kills % left.size()));
				}
			}
			assertThat(kills).isGreaterThan(12);
			history.assertRun(1);
			history.assertLeft(2);
			history.assertBefore();
		}
	}

}
