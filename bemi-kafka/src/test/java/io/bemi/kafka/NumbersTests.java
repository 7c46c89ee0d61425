package io.bemi.kafka;

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
	@CsvSource({ "0.1,0.1", "2.0,2", "1.0E20,100000000000000000000", "-0.0,-0", "NaN,NaN", "-Infinity,-Infinity",
			"5.684341886080802E-14,0.00000000000005684341886080802", "2.0E-3,0.002" })
	void writesDoubles(String arrived, String text) {
		assertThat(Numbers.float8(arrived)).isEqualTo(text);
	}

	@ParameterizedTest
	@CsvSource({ "0.1,0.1", "3.4028235E38,340282350000000000000000000000000000000", "1.0E-7,0.0000001",
			"16777216,16777216" })
	void writesFloats(String arrived, String text) {
		assertThat(Numbers.float4(arrived)).isEqualTo(text);
	}

}
