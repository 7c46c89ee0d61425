package io.bemi.change;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link Position}.
 */
class PositionTests {

	@ParameterizedTest
	@ValueSource(strings = { "0/0", "16/B374D848", "FFFFFFFF/FFFFFFFF", "0/1" })
	void printsWhatItReads(String text) {
		assertThat(Position.parse(text)).hasToString(text);
	}

	@Test
	void comparesUnsigned() {
		assertThat(Position.parse("FFFFFFFF/0")).isGreaterThan(Position.parse("7FFFFFFF/FFFFFFFF"));
		assertThat(Position.parse("0/2").isAfter(Position.parse("0/1"))).isTrue();
		assertThat(Position.parse("0/1").isAfter(Position.parse("0/1"))).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "/", "0/", "/0", "0", "g/0", "0/0/0", "123456789/0", "-1/0", " 0/0", "+1/0" })
	void refusesGarbage(String text) {
		assertThatIllegalArgumentException().isThrownBy(() -> Position.parse(text)).withMessageContaining("X/X");
	}

}
