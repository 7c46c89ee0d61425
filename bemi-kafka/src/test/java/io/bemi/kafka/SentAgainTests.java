package io.bemi.kafka;

import io.bemi.change.Position;
import io.bemi.kafka.Event.Change;
import io.bemi.kafka.Event.Kind;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SentAgain}.
 */
class SentAgainTests {

	private static final TableDescription KEYED = new TableDescription("public", "todo", "{}", "{}");

	private static final TableDescription KEYLESS = new TableDescription("public", "log", "", "{}");

	private final SentAgain again = new SentAgain();

	private long order;

	private boolean includes(long position, Kind kind, @Nullable TableDescription table, long sentAt, String text) {
		return this.again
			.includes(new Change(1, ++this.order, sentAt, new Position(position), 0, kind, table, null, text));
	}

	@Test
	void rowsOfOneRecordOfATableWithAKey() {
		assertThat(includes(10, Kind.CREATE, KEYED, 1, "a")).isFalse();
		assertThat(includes(10, Kind.CREATE, KEYED, 1, "b")).isFalse();
		assertThat(includes(10, Kind.CREATE, KEYED, 1, "a")).isTrue();
		assertThat(includes(10, Kind.CREATE, KEYED, 1, "c")).isFalse();
		assertThat(includes(20, Kind.CREATE, KEYED, 1, "a")).isFalse();
	}

	@Test
	void rowsWithoutAKeyMayBeTheSame() {
		assertThat(includes(10, Kind.CREATE, KEYLESS, 1, "a")).isFalse();
		assertThat(includes(10, Kind.CREATE, KEYLESS, 9, "a")).isFalse();
		assertThat(includes(10, Kind.CREATE, KEYLESS, 1_009, "a")).isTrue();
		assertThat(includes(10, Kind.CREATE, KEYLESS, 1_010, "a")).isFalse();
		assertThat(includes(10, Kind.CREATE, KEYLESS, 3_000, "b")).isFalse();
	}

	@Test
	void bothHalvesOfAKeyThatChanges() {
		assertThat(includes(10, Kind.KEY_BEFORE, KEYED, 1, "a")).isFalse();
		assertThat(includes(10, Kind.KEY_BEFORE, KEYED, 1, "a")).isTrue();
		assertThat(includes(10, Kind.KEY_AFTER, KEYED, 1, "a")).isFalse();
		assertThat(includes(10, Kind.KEY_AFTER, KEYED, 1, "a")).isTrue();
	}

	@Test
	void whatIsBehindAMessageThatFollowedIt() {
		assertThat(includes(10, Kind.CREATE, KEYED, 1, "a")).isFalse();
		assertThat(includes(15, Kind.MESSAGE, null, 1, "m")).isFalse();
		assertThat(includes(10, Kind.CREATE, KEYED, 1, "a")).isTrue();
		assertThat(includes(15, Kind.MESSAGE, null, 1, "m")).isTrue();
		assertThat(includes(15, Kind.CREATE, KEYED, 1, "b")).isFalse();
	}

	@Test
	void tablesThatAreTruncatedTogether() {
		assertThat(includes(10, Kind.TRUNCATE, KEYED, 1, "")).isFalse();
		assertThat(includes(10, Kind.TRUNCATE, KEYLESS, 1, "")).isFalse();
		assertThat(includes(10, Kind.TRUNCATE, KEYLESS, 2_000, "")).isTrue();
	}

	@Test
	void anotherTransactionBeginsAnew() {
		assertThat(includes(10, Kind.CREATE, KEYED, 1, "a")).isFalse();
		this.again.begin();
		assertThat(includes(5, Kind.CREATE, KEYED, 1, "a")).isFalse();
	}

}
