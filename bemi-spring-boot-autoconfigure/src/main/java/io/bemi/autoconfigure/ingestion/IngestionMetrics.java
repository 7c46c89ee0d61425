package io.bemi.autoconfigure.ingestion;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

import io.bemi.ingestion.BaselineProgress;
import io.bemi.ingestion.IngestionProgress;
import io.bemi.ingestion.IngestionStatus.Phase;
import io.bemi.ingestion.Quarantine;
import io.bemi.replication.SlotUsage;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.jspecify.annotations.Nullable;

/**
 * Publishes what ingestion knows of itself. What only the instance that streams can know
 * is not a number in the others.
 */
public final class IngestionMetrics implements MeterBinder {

	private final BemiIngestion ingestion;

	private final Iterable<Tag> tags;

	IngestionMetrics(BemiIngestion ingestion) {
		this(ingestion, List.of());
	}

	/**
	 * Creates the meters of one of several sources.
	 * @param ingestion what records its changes
	 * @param tags what tells them from those of other sources
	 */
	public IngestionMetrics(BemiIngestion ingestion, Iterable<Tag> tags) {
		this.ingestion = ingestion;
		this.tags = tags;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		Gauge.builder("bemi.quarantine.rows", this, IngestionMetrics::rowsInQuarantine)
			.tags(this.tags)
			.description("Rows in bemi.quarantine")
			.register(registry);
		FunctionCounter.builder("bemi.quarantine.added", this, (metrics) -> metrics.quarantine().added())
			.tags(this.tags)
			.description("Rows that this instance has put into bemi.quarantine")
			.register(registry);
		gauge(registry, "bemi.baseline.tables", "Tables whose rows are not all copied yet", BaselineProgress::tables);
		gauge(registry, "bemi.baseline.rows", "Rows of them that are copied", BaselineProgress::rows);
		gauge(registry, "bemi.baseline.expected", "Rows of them by the server's estimate", BaselineProgress::expected);
		Gauge
			.builder("bemi.baseline.remaining", this.ingestion,
					(ingestion) -> ingestion.baseline().map(IngestionMetrics::seconds).orElse(Double.NaN))
			.tags(this.tags)
			.description("Seconds until all are copied, at the pace so far")
			.baseUnit("seconds")
			.register(registry);
		slot(registry, "bemi.slot.retained", "bytes", "Bytes of log that the server keeps for the slot",
				SlotUsage::retained);
		slot(registry, "bemi.slot.lag", "bytes", "Bytes of log that were written since the position that is confirmed",
				SlotUsage::lag);
		slot(registry, "bemi.slot.limit", "bytes", "Bytes of log that the server keeps for a slot at most",
				(usage) -> (usage.limit() != null) ? usage.limit() : Double.NaN);
		slot(registry, "bemi.slot.remaining", "bytes", "Bytes of log that may be written before the slot is in danger",
				(usage) -> (usage.remaining() != null) ? usage.remaining() : Double.NaN);
		slot(registry, "bemi.slot.lost", null, "Whether the server has given the slot up",
				(usage) -> usage.lost() ? 1 : 0);
		slot(registry, "bemi.slot.share", null,
				"Share of the log that the server may keep for the slot, 1 for all of it", SlotUsage::share);
		phase(registry, "bemi.ingestion.streaming", Phase.STREAMING, "Whether this instance records changes");
		phase(registry, "bemi.ingestion.standby", Phase.STANDBY, "Whether this instance stands by");
		phase(registry, "bemi.ingestion.paused", Phase.PAUSED, "Whether this instance is paused");
		phase(registry, "bemi.ingestion.failed", Phase.FAILED,
				"Whether this instance should record changes, or stand by, and cannot");
		seconds(registry, "bemi.ingestion.lag", "Time by which the history is behind", BemiIngestion::lag);
		seconds(registry, "bemi.ingestion.silence", "Time since the thread that records was last seen at work",
				BemiIngestion::silence);
		seconds(registry, "bemi.gap.age", "Time since the last gap in the history was noticed", IngestionMetrics::age);
		Gauge.builder("bemi.gaps", this.ingestion, (ingestion) -> {
			OptionalLong gaps = ingestion.gaps();
			return gaps.isPresent() ? gaps.getAsLong() : Double.NaN;
		})
			.tags(this.tags)
			.description("Gaps in the history, transactions that were skipped among them")
			.register(registry);
		counter(registry, "bemi.ingestion.received", "bytes", "Bytes of log that this instance has received",
				IngestionProgress::received);
		counter(registry, "bemi.stored.changes", null, "Changes that this instance has stored",
				IngestionProgress::changes);
		counter(registry, "bemi.stored.transactions", null, "Transactions that this instance has stored",
				IngestionProgress::transactions);
	}

	private void slot(MeterRegistry registry, String name, @Nullable String unit, String description,
			ToDoubleFunction<SlotUsage> value) {
		Gauge
			.builder(name, this.ingestion,
					(ingestion) -> ingestion.slotUsage().map(value::applyAsDouble).orElse(Double.NaN))
			.tags(this.tags)
			.description(description)
			.baseUnit(unit)
			.register(registry);
	}

	private void phase(MeterRegistry registry, String name, Phase phase, String description) {
		Gauge
			.builder(name, this.ingestion,
					(ingestion) -> ingestion.status()
						.map((status) -> (status.phase() == phase) ? 1.0 : 0.0)
						.orElse(Double.NaN))
			.tags(this.tags)
			.description(description)
			.register(registry);
	}

	private void seconds(MeterRegistry registry, String name, String description,
			Function<BemiIngestion, Optional<Duration>> time) {
		Gauge
			.builder(name, this.ingestion,
					(ingestion) -> time.apply(ingestion).map((some) -> some.toMillis() / 1000.0).orElse(Double.NaN))
			.tags(this.tags)
			.description(description)
			.baseUnit("seconds")
			.register(registry);
	}

	private void counter(MeterRegistry registry, String name, @Nullable String unit, String description,
			ToDoubleFunction<IngestionProgress> value) {
		FunctionCounter
			.builder(name, this.ingestion, (ingestion) -> ingestion.progress().map(value::applyAsDouble).orElse(0.0))
			.tags(this.tags)
			.description(description)
			.baseUnit(unit)
			.register(registry);
	}

	private static Optional<Duration> age(BemiIngestion ingestion) {
		return ingestion.lastGap().map((gap) -> Duration.between(gap.noticedAt(), Instant.now()));
	}

	private void gauge(MeterRegistry registry, String name, String description,
			ToDoubleFunction<BaselineProgress> value) {
		Gauge
			.builder(name, this.ingestion,
					(ingestion) -> ingestion.baseline().map(value::applyAsDouble).orElse(Double.NaN))
			.tags(this.tags)
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
