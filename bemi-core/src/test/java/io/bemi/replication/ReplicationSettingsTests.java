package io.bemi.replication;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link ReplicationSettings}.
 */
class ReplicationSettingsTests {

	@Test
	void aPlainNameIsKept() {
		assertThat(ReplicationSettings.slotOf("shop_2")).isEqualTo("bemi_shop_2");
	}

	@Test
	void oddNamesGetSlotsOfTheirOwn() {
		assertThat(ReplicationSettings.slotOf("Shop")).startsWith("bemi_shop_")
			.isNotEqualTo(ReplicationSettings.slotOf("SHOP"))
			.isNotEqualTo(ReplicationSettings.slotOf("shop"));
		assertThat(ReplicationSettings.slotOf("my-shop")).isNotEqualTo(ReplicationSettings.slotOf("my_shop"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "a", "", "Łódź", "x\"y", "a b" })
	void everyNameGivesAValidSlot(String database) {
		String slot = ReplicationSettings.slotOf(database.repeat(20));
		assertThat(new ReplicationSettings("jdbc:postgresql:x", null, null, slot, "bemi").slot()).isEqualTo(slot);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "Bemi", "a-b", "x; DROP" })
	void refusesANameThatTheServerWouldRefuse(String slot) {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new ReplicationSettings("jdbc:postgresql:x", null, null, slot, "bemi"))
			.withMessageContaining("'slot'");
	}

	@Test
	void neverQuotesAUrlThatNoDriverTakes() {
		ReplicationSource source = new ReplicationSource(
				new ReplicationSettings("jdbc:postgres://db/x?password=s3cret", null, null, "s", "p"));
		assertThatExceptionOfType(ReplicationException.class).isThrownBy(source::connect)
			.withMessageContaining("bemi.replication.url")
			.withMessageNotContaining("s3cret");
	}

	@Test
	void neverPrintsASecret() {
		assertThat(new ReplicationSettings("jdbc:postgresql:x?password=secret", "a", "secret", "s", "p")).asString()
			.doesNotContain("secret");
	}

}
