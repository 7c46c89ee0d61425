package io.bemi.autoconfigure.ingestion;

import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;

/**
 * Health of ingestion on Spring Boot 3.5, where the interface is in another package.
 */
final class IngestionHealthIndicatorBoot3 implements HealthIndicator {

	private final BemiIngestion ingestion;

	IngestionHealthIndicatorBoot3(BemiIngestion ingestion) {
		this.ingestion = ingestion;
	}

	@Override
	public Health health() {
		IngestionHealth health = IngestionHealth.of(this.ingestion);
		return Health.status(health.verdict().name()).withDetails(health.details()).build();
	}

}
