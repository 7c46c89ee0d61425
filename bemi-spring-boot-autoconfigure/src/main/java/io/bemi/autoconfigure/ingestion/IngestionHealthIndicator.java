package io.bemi.autoconfigure.ingestion;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * Health of ingestion on Spring Boot 4.
 */
final class IngestionHealthIndicator implements HealthIndicator {

	private final BemiIngestion ingestion;

	IngestionHealthIndicator(BemiIngestion ingestion) {
		this.ingestion = ingestion;
	}

	@Override
	public Health health() {
		IngestionHealth health = IngestionHealth.of(this.ingestion);
		return Health.status(health.verdict().name()).withDetails(health.details()).build();
	}

}
