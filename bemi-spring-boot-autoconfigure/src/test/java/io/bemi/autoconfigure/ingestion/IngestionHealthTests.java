package io.bemi.autoconfigure.ingestion;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.OptionalLong;

import io.bemi.autoconfigure.ingestion.IngestionHealth.Verdict;
import io.bemi.change.Position;
import io.bemi.ingestion.BaselineProgress;
import io.bemi.ingestion.Gap;
import io.bemi.ingestion.IngestionStatus;
import io.bemi.ingestion.IngestionStatus.Phase;
import io.bemi.ingestion.Quarantine;
import io.bemi.replication.SlotUsage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link IngestionHealth}.
 */
class IngestionHealthTests {

	private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

	private static final long GB = 1L << 30;

	private static SlotUsage slot(String walStatus, long retained, @Nullable Long limit, Instant takenAt) {
		return new SlotUsage("bemi_shop", walStatus, new Position(0x2000), new Position(0x1000), 0x1000, retained,
				limit, (limit != null) ? limit - retained : null, takenAt);
	}

	private static IngestionHealth health(Phase phase, @Nullable SlotUsage slot) {
		return health(phase, NOW, slot);
	}

	private static IngestionHealth health(Phase phase, Instant activeAt, @Nullable SlotUsage slot) {
		return IngestionHealth.of(new IngestionStatus(phase, "what", null), activeAt, slot, null, null,
				Quarantine.UNKNOWN, NOW);
	}

	@ParameterizedTest
	@EnumSource(value = Phase.class, names = { "STARTING", "STREAMING", "STANDBY" })
	void isUpWhereChangesAreRecordedOrWillBe(Phase phase) {
		IngestionHealth health = health(phase, slot("reserved", GB, 10 * GB, NOW));
		assertThat(health.verdict()).isEqualTo(Verdict.UP);
		assertThat(health.details()).containsEntry("phase", phase.name()).doesNotContainKey("problem");
		assertThat(health.details().get("slot")).isEqualTo(Map.of("name", "bemi_shop", "walStatus", "reserved",
				"written", "0/2000", "confirmed", "0/1000", "lag", 4096L, "retained", GB, "limit", 10 * GB, "remaining",
				9 * GB, "share", 0.1, "seenAt", NOW.toString()));
		assertThat(health(phase, null).verdict()).isEqualTo(Verdict.UP);
	}

	@Test
	void isDownWhereChangesAreNotRecorded() {
		assertThat(health(Phase.FAILED, null).verdict()).isEqualTo(Verdict.DOWN);
	}

	@ParameterizedTest
	@EnumSource(value = Phase.class, names = { "STREAMING", "STANDBY" })
	void isDownWhenTheSlotIsLost(Phase phase) {
		IngestionHealth health = health(phase, slot("lost", 0, 10 * GB, NOW));
		assertThat(health.verdict()).isEqualTo(Verdict.DOWN);
		assertThat(health.details()).containsEntry("problem", "The slot is lost: the history has a gap");
	}

	@Test
	void isDownBeforeTheServerRemovesLog() {
		assertThat(health(Phase.STANDBY, slot("extended", 8 * GB - 1, 10 * GB, NOW)).verdict()).isEqualTo(Verdict.UP);
		IngestionHealth health = health(Phase.STANDBY, slot("extended", 8 * GB, 10 * GB, NOW));
		assertThat(health.verdict()).isEqualTo(Verdict.DOWN);
		assertThat(health.details()).containsEntry("problem",
				"The server keeps 80 % of the log that it may keep for the slot");
	}

	@Test
	void takesTenGigabytesWhereThereIsNoLimit() {
		assertThat(health(Phase.STREAMING, slot("extended", 7 * GB, null, NOW)).verdict()).isEqualTo(Verdict.UP);
		assertThat(health(Phase.STREAMING, slot("extended", 9 * GB, null, NOW)).verdict()).isEqualTo(Verdict.DOWN);
	}

	@Test
	void isDownWhenTheThreadStandsStill() {
		Instant before = NOW.minus(Duration.ofMinutes(3));
		assertThat(health(Phase.STREAMING, before, slot("reserved", 0, null, NOW)).details()).containsEntry("problem",
				"Ingestion has stood still since " + before);
		assertThat(health(Phase.STREAMING, before, null).verdict()).isEqualTo(Verdict.DOWN);
		assertThat(health(Phase.STANDBY, before, slot("reserved", 0, null, NOW)).verdict()).isEqualTo(Verdict.UP);
	}

	@ParameterizedTest
	@EnumSource(Phase.class)
	void isConnectedWhereTheSourceAnswers(Phase phase) {
		assertThat(health(phase, null).details()).containsEntry("connected",
				phase == Phase.STREAMING || phase == Phase.STANDBY);
	}

	@Test
	void isOutOfServiceInAPauseUnlessTheSlotIsInDanger() {
		assertThat(health(Phase.PAUSED, slot("reserved", GB, 10 * GB, NOW)).verdict())
			.isEqualTo(Verdict.OUT_OF_SERVICE);
		assertThat(health(Phase.PAUSED, slot("extended", 8 * GB, 10 * GB, NOW)).verdict()).isEqualTo(Verdict.DOWN);
	}

	@Test
	void tellsOfGapsBaselineAndQuarantine() {
		IngestionHealth health = IngestionHealth.of(new IngestionStatus(Phase.STREAMING, "what", null), null, null,
				new Gap("The slot was dropped", new Position(1), null, null, null, NOW),
				new BaselineProgress(2, "public.orders", 10, 100, null), new Quarantine(1, OptionalLong.of(3)), NOW);
		assertThat(health.verdict()).isEqualTo(Verdict.UP);
		assertThat(health.details())
			.containsEntry("lastGap",
					Map.of("reason", "The slot was dropped", "from", "0/1", "noticedAt", NOW.toString()))
			.containsEntry("quarantine", 3L)
			.hasEntrySatisfying("baseline", (baseline) -> assertThat(baseline).asString().contains("public.orders"));
	}

}
