package io.bemi.ingestion;

import java.time.Duration;
import java.util.Random;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Backoff}.
 */
class BackoffTests {

	@Test
	void doublesUpToHalfAMinute() {
		Backoff backoff = new Backoff(() -> 1);
		assertThat(Stream.generate(backoff::next).limit(9).map(Duration::toMillis)).containsExactly(500L, 1_000L,
				2_000L, 4_000L, 8_000L, 16_000L, 30_000L, 30_000L, 30_000L);
	}

	@Test
	void beginsAnew() {
		Backoff backoff = new Backoff(() -> 1);
		backoff.next();
		backoff.next();
		backoff.reset();
		assertThat(backoff.next()).isEqualTo(Backoff.FIRST);
	}

	@Test
	void differsBetweenInstances() {
		assertThat(new Backoff(() -> 0).next()).isEqualTo(Duration.ofMillis(250));
		Random random = new Random(1);
		assertThat(Stream.generate(() -> new Backoff(random::nextDouble).next()).limit(100).distinct())
			.hasSizeGreaterThan(50)
			.allMatch((wait) -> wait.toMillis() >= 250 && wait.toMillis() <= 500);
	}

}
