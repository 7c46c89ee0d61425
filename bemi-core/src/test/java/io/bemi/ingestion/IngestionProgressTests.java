package io.bemi.ingestion;

import java.time.Duration;
import java.time.Instant;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How far the history is behind, from what was stored and what was seen.
 */
class IngestionProgressTests {

	@Test
	void isNotKnownBeforeAnythingIsStoredOrSeen() {
		assertThat(progress(null).lag(null)).isNull();
	}

	@Test
	void isThatOfWhatIsKnownLast() {
		Instant now = Instant.now();
		assertThat(progress(now.minusSeconds(60)).lag(null)).isCloseTo(Duration.ofSeconds(60), Duration.ofSeconds(10));
		assertThat(progress(now.minusSeconds(60)).lag(now.minusSeconds(300))).isCloseTo(Duration.ofSeconds(60),
				Duration.ofSeconds(10));
		assertThat(progress(now.minusSeconds(300)).lag(now.minusSeconds(60))).isCloseTo(Duration.ofSeconds(60),
				Duration.ofSeconds(10));
		assertThat(progress(null).lag(now.minusSeconds(60))).isCloseTo(Duration.ofSeconds(60), Duration.ofSeconds(10));
	}

	@Test
	void isNoneWithinTwoLooks() {
		assertThat(progress(null).lag(Instant.now().minusSeconds(5))).isZero();
	}

	private static IngestionProgress progress(@Nullable Instant newestCommit) {
		return new IngestionProgress(0, 1, 1, newestCommit);
	}

}
