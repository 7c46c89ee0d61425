package io.bemi.autoconfigure.ingestion;

import java.util.OptionalLong;
import java.util.function.ToDoubleFunction;

import io.bemi.ingestion.BaselineProgress;
import io.bemi.ingestion.IngestionStatus.Phase;
import io.bemi.ingestion.Quarantine;
import io.bemi.replication.SlotUsage;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * Publishes what ingestion knows of itself. What only the instance that streams can know
 * is not a number in the others.
 */
final class IngestionMetrics implements MeterBinder {

	private final BemiIngestion ingestion;

	IngestionMetrics(BemiIngestion ingestion) {
		this.ingestion = ingestion;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		Gauge.builder("bemi.quarantine.rows", this, IngestionMetrics::rowsInQuarantine)
			.description("Rows in bemi.quarantine")
			.register(registry);
		FunctionCounter.builder("bemi.quarantine.added", this, (metrics) -> metrics.quarantine().added())
			.description("Rows that this instance has put into bemi.quarantine")
			.register(registry);
		gauge(registry, "bemi.baseline.tables", "Tables whose rows are not all copied yet", BaselineProgress::tables);
		gauge(registry, "bemi.baseline.rows", "Rows of them that are copied", BaselineProgress::rows);
		gauge(registry, "bemi.baseline.expected", "Rows of them by the server's estimate", BaselineProgress::expected);
		gauge(registry, "bemi.baseline.remaining", "Seconds until all are copied, at the pace so far",
				IngestionMetrics::seconds);
		slot(registry, "bemi.slot.retained", "Bytes of log that the server keeps for the slot", SlotUsage::retained);
		slot(registry, "bemi.slot.lag", "Bytes of log that were written since the position that is confirmed",
				SlotUsage::lag);
		slot(registry, "bemi.slot.limit", "Bytes of log that the server keeps for a slot at most",
				(usage) -> (usage.limit() != null) ? usage.limit() : Double.NaN);
		slot(registry, "bemi.slot.remaining", "Bytes of log that may be written before the slot is in danger",
				(usage) -> (usage.remaining() != null) ? usage.remaining() : Double.NaN);
		slot(registry, "bemi.slot.lost", "Whether the server has given the slot up", (usage) -> usage.lost() ? 1 : 0);
		Gauge.builder("bemi.ingestion.failed", this.ingestion, IngestionMetrics::failed)
			.description("Whether this instance should record changes, or stand by, and cannot")
			.register(registry);
	}

	private void slot(MeterRegistry registry, String name, String description, ToDoubleFunction<SlotUsage> value) {
		Gauge
			.builder(name, this.ingestion,
					(ingestion) -> ingestion.slotUsage().map(value::applyAsDouble).orElse(Double.NaN))
			.description(description)
			.register(registry);
	}

	private static double failed(BemiIngestion ingestion) {
		return ingestion.status().map((status) -> (status.phase() == Phase.FAILED) ? 1.0 : 0.0).orElse(Double.NaN);
	}

	private void gauge(MeterRegistry registry, String name, String description,
			ToDoubleFunction<BaselineProgress> value) {
		Gauge
			.builder(name, this.ingestion,
					(ingestion) -> ingestion.baseline().map(value::applyAsDouble).orElse(Double.NaN))
			.description(description)
			.register(registry);
	}

	private static double seconds(BaselineProgress progress) {
		return progress.isComplete() ? 0
				: (progress.remaining() != null) ? progress.remaining().toMillis() / 1000.0 : Double.NaN;
	}

	private double rowsInQuarantine() {
		OptionalLong rows = quarantine().rows();
		return rows.isPresent() ? rows.getAsLong() : Double.NaN;
	}

	private Quarantine quarantine() {
		return this.ingestion.quarantine().orElse(Quarantine.UNKNOWN);
	}

}
