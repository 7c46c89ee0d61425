package io.bemi.autoconfigure.ingestion;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import io.bemi.ingestion.BaselineProgress;
import io.bemi.ingestion.Gap;
import io.bemi.ingestion.IngestionStatus;
import io.bemi.ingestion.IngestionStatus.Phase;
import io.bemi.ingestion.Quarantine;
import io.bemi.replication.SlotUsage;
import org.jspecify.annotations.Nullable;

/**
 * Whether changes are recorded, and whether they will be: for the health indicators of
 * each Boot line.
 *
 * @param verdict the answer
 * @param details what it comes from
 */
record IngestionHealth(Verdict verdict, Map<String, Object> details) {

	/** Of the log that the server may keep for the slot. */
	static final double UNHEALTHY_SHARE = 0.8;

	/** Whether the source has let this instance look at the slot. */
	private static final Set<Phase> CONNECTED = Set.of(Phase.STREAMING, Phase.STANDBY);

	/** It is looked every ten seconds. */
	private static final Duration SILENCE = Duration.ofMinutes(2);

	static IngestionHealth of(BemiIngestion ingestion) {
		IngestionStatus status = ingestion.status().orElse(null);
		if (status == null) {
			return new IngestionHealth(Verdict.UNKNOWN, Map.of("message", "Ingestion does not run here"));
		}
		IngestionHealth health = of(status, ingestion.activeAt().orElse(null), ingestion.slotUsage().orElse(null),
				ingestion.lastGap().orElse(null), ingestion.baseline().orElse(null),
				ingestion.quarantine().orElse(Quarantine.UNKNOWN), Instant.now());
		ingestion.lag().ifPresent((lag) -> health.details().put("lagSeconds", lag.toSeconds()));
		return health;
	}

	static IngestionHealth of(IngestionStatus status, @Nullable Instant activeAt, @Nullable SlotUsage slot,
			@Nullable Gap gap, @Nullable BaselineProgress baseline, Quarantine quarantine, Instant now) {
		Map<String, Object> details = new LinkedHashMap<>();
		details.put("phase", status.phase().name());
		details.put("message", status.message());
		details.put("connected", CONNECTED.contains(status.phase()));
		String problem = problem(status.phase(), activeAt, slot, now);
		if (problem != null) {
			details.put("problem", problem);
		}
		if (slot != null) {
			details.put("slot", details(slot));
		}
		if (gap != null) {
			details.put("lastGap", details(gap));
		}
		if (baseline != null && !baseline.isComplete()) {
			details.put("baseline", baseline.toString());
		}
		quarantine.rows().ifPresent((rows) -> details.put("quarantine", rows));
		Verdict sound = (status.phase() == Phase.PAUSED) ? Verdict.OUT_OF_SERVICE : Verdict.UP;
		return new IngestionHealth((problem != null) ? Verdict.DOWN : sound, details);
	}

	private static @Nullable String problem(Phase phase, @Nullable Instant activeAt, @Nullable SlotUsage slot,
			Instant now) {
		if (phase == Phase.FAILED) {
			return "Changes are not recorded now";
		}
		if (slot != null && slot.lost()) {
			return "The slot is lost: the history has a gap";
		}
		if (slot != null && slot.share() >= UNHEALTHY_SHARE) {
			return "The server keeps " + Math.round(100 * slot.share()) + " % of the log that it may keep for the slot";
		}
		if (phase == Phase.STREAMING && activeAt != null && activeAt.plus(SILENCE).isBefore(now)) {
			return "Ingestion has stood still since " + activeAt;
		}
		return null;
	}

	private static Map<String, Object> details(SlotUsage slot) {
		Map<String, Object> details = new LinkedHashMap<>();
		details.put("name", slot.slot());
		put(details, "walStatus", slot.walStatus());
		details.put("written", slot.written().toString());
		put(details, "confirmed", slot.confirmed());
		details.put("lag", slot.lag());
		details.put("retained", slot.retained());
		put(details, "limit", slot.limit());
		put(details, "remaining", slot.remaining());
		details.put("share", Math.round(1000 * slot.share()) / 1000.0);
		details.put("seenAt", slot.takenAt().toString());
		return details;
	}

	private static Map<String, Object> details(Gap gap) {
		Map<String, Object> details = new LinkedHashMap<>();
		details.put("reason", gap.reason());
		details.put("from", gap.from().toString());
		put(details, "to", gap.to());
		put(details, "fromTime", gap.fromTime());
		put(details, "toTime", gap.toTime());
		details.put("noticedAt", gap.noticedAt().toString());
		return details;
	}

	private static void put(Map<String, Object> details, String name, @Nullable Object value) {
		if (value != null) {
			details.put(name, (value instanceof Number) ? value : value.toString());
		}
	}

	/**
	 * The answers.
	 */
	enum Verdict {

		/** Changes are recorded, here or by another instance. */
		UP,

		/** They are not, or soon will not be. */
		DOWN,

		/** Somebody has paused it. */
		OUT_OF_SERVICE,

		/** Nobody can tell here. */
		UNKNOWN

	}

}
