package io.bemi.autoconfigure.ingestion;

import java.time.Duration;
import java.util.List;

import io.bemi.ingestion.IngestionListener;

/**
 * Tells several listeners.
 *
 * @param listeners the listeners
 */
record IngestionListeners(List<IngestionListener> listeners) implements IngestionListener {

	@Override
	public Stage storing() {
		return new Stages(this.listeners.stream().map(IngestionListener::storing).toList());
	}

	@Override
	public Stage copying(String table) {
		return new Stages(this.listeners.stream().map((listener) -> listener.copying(table)).toList());
	}

	/**
	 * The same stage for each listener.
	 *
	 * @param stages the stages
	 */
	private record Stages(List<Stage> stages) implements Stage {

		@Override
		public void completed(long rows, Duration busy) {
			this.stages.forEach((stage) -> stage.completed(rows, busy));
		}

		@Override
		public void failed(RuntimeException ex) {
			this.stages.forEach((stage) -> stage.failed(ex));
		}

	}

}
