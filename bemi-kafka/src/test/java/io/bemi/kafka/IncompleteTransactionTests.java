package io.bemi.kafka;

import java.time.Duration;

import io.bemi.change.Position;
import io.bemi.kafka.Event.End;
import io.bemi.kafka.StagedTransactions.Arrived;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Waiting is said at once, warned of each minute, and a failure after five without
 * progress.
 */
class IncompleteTransactionTests {

	private long now = Duration.ofDays(1).toNanos();

	private final IncompleteTransaction transaction = new IncompleteTransaction(() -> this.now);

	@Test
	void isNotStuckWhileSomethingComes() {
		for (int minute = 0; minute < 20; minute++) {
			see(10, minute);
			pass(Duration.ofMinutes(4));
			see(10, minute);
			assertThat(this.transaction.isStuck()).isFalse();
		}
		assertThat(this.transaction)
			.hasToString("Waiting for changes of the transaction that was committed at 0/A: 19 of 42 have arrived");
	}

	@Test
	void isStuckWhenNothingComes() {
		see(10, 41);
		pass(Duration.ofMinutes(5));
		see(10, 41);
		assertThat(this.transaction.isStuck()).isFalse();
		pass(Duration.ofSeconds(1));
		see(10, 41);
		assertThat(this.transaction.isStuck()).isTrue();
		assertThat(this.transaction.toString()).contains("41 of 42 have arrived, and none for more than five minutes");
		see(10, 42);
		assertThat(this.transaction.isStuck()).isFalse();
		see(20, 42);
		assertThat(this.transaction.isStuck()).isFalse();
	}

	@Test
	void warnsOfEachOnceAMinute() {
		assertThat(see(10, 1)).isFalse();
		pass(Duration.ofSeconds(61));
		assertThat(see(10, 2)).isTrue();
		pass(Duration.ofSeconds(59));
		assertThat(see(10, 2)).isFalse();
		pass(Duration.ofSeconds(2));
		assertThat(see(10, 2)).isTrue();
		pass(Duration.ofSeconds(61));
		assertThat(see(20, 1)).isFalse();
	}

	private boolean see(long end, long arrived) {
		return this.transaction.see(new Arrived(new End(new Position(end), 1, 42, 40, 1), arrived, false));
	}

	private void pass(Duration duration) {
		this.now += duration.toNanos();
	}

}
