package io.bemi.autoconfigure.context;

import java.util.concurrent.atomic.LongAdder;

import io.bemi.context.ContextMeter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * Publishes what becomes of contexts as counters.
 */
final class ContextMetrics implements ContextMeter, MeterBinder {

	private final LongAdder sent = new LongAdder();

	private final LongAdder kept = new LongAdder();

	private final LongAdder tooLarge = new LongAdder();

	private final LongAdder failed = new LongAdder();

	@Override
	public void sent() {
		this.sent.increment();
	}

	@Override
	public void kept() {
		this.kept.increment();
	}

	@Override
	public void tooLarge() {
		this.tooLarge.increment();
	}

	@Override
	public void failed() {
		this.failed.increment();
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		bind(registry, "bemi.context.sent", this.sent, "Contexts sent to the database");
		bind(registry, "bemi.context.kept", this.kept, "Contexts that the database has kept");
		bind(registry, "bemi.context.too.large", this.tooLarge, "Contexts that exceeded bemi.context.max-size");
		bind(registry, "bemi.context.failed", this.failed, "Contexts, or parts, that could not be built or sent");
	}

	private static void bind(MeterRegistry registry, String name, LongAdder value, String description) {
		FunctionCounter.builder(name, value, LongAdder::sum).description(description).register(registry);
	}

}
