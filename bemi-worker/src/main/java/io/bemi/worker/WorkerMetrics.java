package io.bemi.worker;

import java.util.List;

import io.bemi.autoconfigure.ingestion.IngestionMetrics;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * Publishes the meters of each source, and how they are shared out.
 */
final class WorkerMetrics implements MeterBinder {

	private final Worker worker;

	private final List<IngestionMetrics> sources;

	WorkerMetrics(Worker worker) {
		this.worker = worker;
		this.sources = worker.readers()
			.stream()
			.map((reader) -> new IngestionMetrics(reader.ingestion(), tags(reader.source())))
			.toList();
	}

	private static List<Tag> tags(Source source) {
		return List.of(Tag.of("database", source.database()),
				Tag.of("group", (source.group() != null) ? source.group() : ""));
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		this.sources.forEach((source) -> source.bindTo(registry));
		for (SourceReader reader : this.worker.readers()) {
			Gauge.builder("bemi.worker.held", reader, (source) -> source.isHeld() ? 1 : 0)
				.tags(Tags.of(tags(reader.source())))
				.description("Whether this instance has the slot, or reads from Kafka")
				.register(registry);
			Gauge.builder("bemi.worker.problem", reader, (source) -> (source.problem() != null) ? 1 : 0)
				.tags(Tags.of(tags(reader.source())))
				.description("Whether the source is not recorded, as far as this instance can tell")
				.register(registry);
		}
		Gauge.builder("bemi.worker.members", this.worker, WorkerMetrics::members)
			.description("Instances that share the sources, none while the store is not there")
			.register(registry);
	}

	private static double members(Worker worker) {
		ShareView view = worker.view();
		return (view != null) ? view.members().size() : 0;
	}

}
