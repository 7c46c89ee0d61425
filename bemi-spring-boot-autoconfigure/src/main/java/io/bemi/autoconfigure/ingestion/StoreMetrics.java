package io.bemi.autoconfigure.ingestion;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.bemi.ingestion.IngestionListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * Publishes how long writes into the store take, and how much is in each.
 */
public final class StoreMetrics implements MeterBinder, IngestionListener {

	private final List<Meters> registries = new CopyOnWriteArrayList<>();

	@Override
	public void bindTo(MeterRegistry registry) {
		Timer write = Timer.builder("bemi.store.write")
			.description("For how long the store was at work for a write")
			.register(registry);
		DistributionSummary batch = DistributionSummary.builder("bemi.store.batch")
			.description("Changes, or rows of a baseline, that were stored in a write")
			.baseUnit("rows")
			.register(registry);
		Counter failed = Counter.builder("bemi.store.failed")
			.description("Writes of which nothing is stored")
			.register(registry);
		this.registries.add(new Meters(write, batch, failed));
	}

	@Override
	public Stage storing() {
		return new Stage() {

			@Override
			public void completed(long rows, Duration busy) {
				StoreMetrics.this.registries.forEach((meters) -> meters.stored(rows, busy));
			}

			@Override
			public void failed(RuntimeException ex) {
				StoreMetrics.this.registries.forEach((meters) -> meters.failed().increment());
			}

		};
	}

	/**
	 * The meters of a registry.
	 *
	 * @param write the time of a write
	 * @param batch what is in it
	 * @param failed counts writes that failed
	 */
	private record Meters(Timer write, DistributionSummary batch, Counter failed) {

		void stored(long rows, Duration busy) {
			this.write.record(busy);
			if (rows > 0) {
				this.batch.record(rows);
			}
		}

	}

}
