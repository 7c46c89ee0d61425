package io.bemi.query;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class JsonTests {

	@Test
	void readsAnyValue() {
		assertThat(Json.parse("{\"a\": [1.50, true, null, \"x\"]}"))
			.isEqualTo(Map.of("a", Arrays.asList(new BigDecimal("1.50"), true, null, "x")));
		assertThat(Json.parse(" \"text\" ")).isEqualTo("text");
		assertThat(Json.parse("null")).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "x", "{", "1 2", "{} {}", "{\"a\": 1, \"a\": 2}", "'a'", "[1,]", "NaN" })
	void refusesWhatIsNoJson(String text) {
		assertThatIllegalArgumentException().isThrownBy(() -> Json.parse(text));
	}

	@Test
	void refusesWhatIsNestedTooDeep() {
		assertThat(Json.parse("[".repeat(100) + "]".repeat(100))).isInstanceOf(List.class);
		assertThatIllegalArgumentException().isThrownBy(() -> Json.parse("[".repeat(101) + "]".repeat(101)));
		assertThatIllegalArgumentException().isThrownBy(() -> Json.parse("[".repeat(60_000)));
	}

}
