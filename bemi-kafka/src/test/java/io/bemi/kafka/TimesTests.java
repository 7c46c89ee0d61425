package io.bemi.kafka;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link Times}.
 */
class TimesTests {

	@ParameterizedTest
	@CsvSource({ "20484,2026-01-31", "3672909,12026-01-31", "-735160,0044-03-15 BC", "-2147472692,infinity",
			"-2147472691,-infinity", "2146033979,infinity" })
	void writesDates(long days, String text) {
		assertThat(Times.date(days)).isEqualTo(text);
	}

	@ParameterizedTest
	@CsvSource({ "86399999999,23:59:59.999999", "86400000000,24:00:00", "500000,00:00:00.5" })
	void writesTimes(long micros, String text) {
		assertThat(Times.time(micros)).isEqualTo(text);
	}

	@ParameterizedTest
	@CsvSource({ "1769903999500000,2026-01-31 23:59:59.5", "-1,1969-12-31 23:59:59.999999",
			"9223372036825200000,infinity", "-9223372036832400000,-infinity", "9223372036854775807,infinity",
			"-9223372036854775808,-infinity" })
	void writesTimestamps(long micros, String text) {
		assertThat(Times.timestamp(micros)).isEqualTo(text);
	}

	@Test
	void refusesWhatOverflowed() {
		assertThatIllegalArgumentException().isThrownBy(() -> Times.timestamp(-9223372036853775810L));
	}

	@ParameterizedTest
	@CsvSource({ "2026-01-31T23:59:59.000001Z,2026-01-31 23:59:59.000001+00",
			"-0043-03-15T06:30:00.000000Z,0044-03-15 06:30:00+00 BC",
			"+12026-01-31T18:00:00.000000Z,12026-01-31 18:00:00+00", "infinity,infinity", "-infinity,-infinity" })
	void writesTimestampsWithTimeZone(String arrived, String text) {
		assertThat(Times.timestamptz(arrived)).isEqualTo(text);
	}

	@ParameterizedTest
	@CsvSource({ "P1Y2M-3DT4H5M6.789S,1 year 2 mons -3 days +04:05:06.789", "P0Y0M-1DT0H0M0S,-1 days",
			"P0Y0M0DT0H0M0S,00:00:00", "P0Y0M0DT0H0M-1S,-00:00:01", "P-1Y0M1DT0H0M0S,-1 years +1 day",
			"P280Y1M2DT3H5M4.761554999S,280 years 1 mon 2 days 03:05:04.761555",
			"P0Y0M0DT100H0M0.000001S,100:00:00.000001", "P0Y0M0DT0H0M1.0E-6S,00:00:00.000001" })
	void writesIntervals(String arrived, String text) {
		assertThat(Times.interval(arrived)).isEqualTo(text);
	}

}
