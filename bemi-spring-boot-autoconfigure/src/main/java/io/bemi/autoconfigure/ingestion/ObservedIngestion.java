package io.bemi.autoconfigure.ingestion;

import java.time.Duration;

import io.bemi.autoconfigure.observation.Observations;
import io.bemi.autoconfigure.observation.Observations.Running;
import io.bemi.ingestion.IngestionListener;

/**
 * Observes each write into the store.
 */
final class ObservedIngestion implements IngestionListener {

	private final Observations observations;

	ObservedIngestion(Observations observations) {
		this.observations = observations;
	}

	@Override
	public Stage storing() {
		return new Observed(this.observations.start("bemi.store", null));
	}

	@Override
	public Stage copying(String table) {
		return new Observed(this.observations.start("bemi.baseline.copy", table));
	}

	/**
	 * What was started.
	 *
	 * @param running its observation
	 */
	private record Observed(Running running) implements Stage {

		@Override
		public void completed(long rows, Duration busy) {
			this.running.stop(null);
		}

		@Override
		public void failed(RuntimeException ex) {
			this.running.stop(ex);
		}

	}

}
