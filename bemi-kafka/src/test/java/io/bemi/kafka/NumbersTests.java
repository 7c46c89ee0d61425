package io.bemi.kafka;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Numbers}.
 */
class NumbersTests {

	@ParameterizedTest
	@CsvSource({ "1.500,1.500", "1E+3,1000", "NAN,NaN", "POSITIVE_INFINITY,Infinity", "NEGATIVE_INFINITY,-Infinity" })
	void writesNumerics(String arrived, String text) {
		assertThat(Numbers.numeric(arrived)).isEqualTo(text);
	}

	@ParameterizedTest
	@CsvSource({ "0.1,0.1", "2.0,2", "1.0E20,1e+20", "1.0E15,1e+15", "123456789012345.0,123456789012345",
			"1.0E-5,1e-05", "4.9E-324,5e-324", "-0.0,-0", "NaN,NaN", "-Infinity,-Infinity",
			"5.684341886080802E-14,5.684341886080802e-14", "2.0E-3,0.002" })
	void writesDoubles(String arrived, String text) {
		assertThat(Numbers.float8(arrived)).isEqualTo(text);
	}

	@Test
	void writesNumbersInTexts() {
		assertThat(Numbers.inText("<(-1.9001255597908832E110,75.0),39.5>"))
			.isEqualTo("<(-1.9001255597908832e+110,75),39.5>");
	}

	@ParameterizedTest
	@CsvSource({ "0.1,0.1", "3.4028235E38,3.4028235e+38", "1.0E-7,1e-07", "16777216,1.6777216e+07",
			"3.22964425E16,3.2296443e+16" })
	void writesFloats(String arrived, String text) {
		assertThat(Numbers.float4(arrived)).isEqualTo(text);
	}

}
