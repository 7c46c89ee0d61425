package io.bemi.dashboard.api;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class CsvTests {

	@Test
	void quotesWhatNeedsIt() {
		assertThat(Csv.line(List.of("a", "", "b,c", "d\"e", "f\r\ng")))
			.isEqualTo("a,,\"b,c\",\"d\"\"e\",\"f\r\ng\"\r\n");
	}

	@ParameterizedTest
	@ValueSource(strings = { "=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "-a" })
	void guardsFormulas(String text) {
		assertThat(Csv.line(List.of(text))).isEqualTo("'" + text + "\r\n");
	}

	@Test
	void leavesNumbersAlone() {
		assertThat(Csv.line(List.of("-5", "-1.50", "12"))).isEqualTo("-5,-1.50,12\r\n");
	}

}
