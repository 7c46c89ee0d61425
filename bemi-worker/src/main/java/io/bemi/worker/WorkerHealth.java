package io.bemi.worker;

import java.util.LinkedHashMap;
import java.util.Map;

import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

/**
 * Health of each source, as far as this instance can tell.
 *
 * @param reader tells about the source
 */
record WorkerHealth(SourceReader reader) implements HealthIndicator {

	/**
	 * One component per source.
	 */
	static CompositeHealthContributor of(Worker worker) {
		Map<String, HealthContributor> sources = new LinkedHashMap<>();
		worker.readers()
			.forEach((reader) -> sources.put(reader.source().toString().replace('/', '-'), new WorkerHealth(reader)));
		return CompositeHealthContributor.fromMap(sources);
	}

	@Override
	public Health health() {
		return Health.status(status()).withDetails(this.reader.details()).build();
	}

	private Status status() {
		if (this.reader.problem() != null) {
			return Status.DOWN;
		}
		return this.reader.ingestion().isPaused() ? Status.OUT_OF_SERVICE : Status.UP;
	}

}
