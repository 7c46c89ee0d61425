package io.bemi.ingestion;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link XidEpoch}.
 */
class XidEpochTests {

	@Test
	void keepsSmallIds() {
		assertThat(new XidEpoch(1_000).widen(990)).isEqualTo(990);
	}

	@Test
	void keepsTheEpoch() {
		XidEpoch epoch = new XidEpoch((5L << 32) + 1_000);
		assertThat(epoch.widen(998)).isEqualTo((5L << 32) + 998);
		assertThat(epoch.widen(1_005)).isEqualTo((5L << 32) + 1_005);
	}

	@Test
	void entersTheNextEpochWhenIdsWrap() {
		XidEpoch epoch = new XidEpoch((5L << 32) + 0xFFFFFFF0L);
		assertThat(epoch.widen(3)).isEqualTo((6L << 32) + 3);
	}

	@Test
	void reachesBackOverAWrap() {
		XidEpoch epoch = new XidEpoch((6L << 32) + 100);
		assertThat(epoch.widen((int) 0xFFFFFFF0L)).isEqualTo((5L << 32) + 0xFFFFFFF0L);
	}

}
