package io.bemi.autoconfigure.ingestion;

import java.util.OptionalLong;
import java.util.function.ToDoubleFunction;

import io.bemi.ingestion.BaselineProgress;
import io.bemi.ingestion.Quarantine;
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
