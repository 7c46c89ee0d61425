package io.bemi.autoconfigure.ingestion;

import java.util.OptionalLong;

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
	}

	private double rowsInQuarantine() {
		OptionalLong rows = quarantine().rows();
		return rows.isPresent() ? rows.getAsLong() : Double.NaN;
	}

	private Quarantine quarantine() {
		return this.ingestion.quarantine().orElse(Quarantine.UNKNOWN);
	}

}
