package io.bemi.store.retention;

import java.time.Period;
import java.util.List;

import io.bemi.ingestion.TablePattern;
import io.bemi.store.retention.RetentionSettings.TableRetention;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link RetentionSettings}.
 */
class RetentionSettingsTests {

	@ParameterizedTest
	@CsvSource({ "24 months, P24M", "24m, P24M", "1 month, P1M", "P2Y, P2Y", "2 years, P2Y", "730d, P730D",
			"90 days, P90D", "6 weeks, P42D", " 1 Y , P1Y" })
	void readsWhatPeopleWrite(String text, Period period) {
		assertThat(RetentionSettings.period(text)).isEqualTo(period);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "24", "months", "24 moons", "24h", "PT24H" })
	void saysWhatToWrite(String text) {
		assertThatIllegalArgumentException().isThrownBy(() -> RetentionSettings.period(text))
			.withMessageContaining("'24 months'");
	}

	@Test
	void whatIsDroppedInAnInstantIsNotKept() {
		assertThatIllegalArgumentException().isThrownBy(() -> new RetentionSettings(Period.ZERO, List.of(), null))
			.withMessage("'keep' must be at least a day");
	}

	@Test
	void tablesAreNotKeptForLongerThanTheRest() {
		TableRetention table = new TableRetention(new TablePattern("audit.*"), Period.ofDays(800));
		assertThat(new RetentionSettings(null, List.of(table), null).tables()).containsExactly(table);
		assertThat(new RetentionSettings(Period.ofYears(3), List.of(table), null).tables()).containsExactly(table);
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new RetentionSettings(Period.ofMonths(24), List.of(table), null))
			.withMessageContaining("audit.*");
	}

}
