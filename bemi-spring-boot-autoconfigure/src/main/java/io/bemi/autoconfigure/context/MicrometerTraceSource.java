package io.bemi.autoconfigure.context;

import io.bemi.context.Trace;
import io.bemi.context.TraceSource;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;

/**
 * Takes the trace from Micrometer Tracing, and from nothing else where that has a span.
 */
final class MicrometerTraceSource implements TraceSource {

	// Asked for when a context is written: a DataSource is made before a tracer may be.
	private final ObjectProvider<Tracer> tracer;

	MicrometerTraceSource(ObjectProvider<Tracer> tracer) {
		this.tracer = tracer;
	}

	@Override
	public @Nullable Trace current() {
		Tracer available = this.tracer.getIfUnique();
		Span span = (available != null) ? available.currentSpan() : null;
		return (span != null) ? of(span) : null;
	}

	private static @Nullable Trace of(Span span) {
		String traceId = span.context().traceId();
		String spanId = span.context().spanId();
		return (traceId != null && !traceId.isEmpty() && spanId != null && !spanId.isEmpty())
				? new Trace(traceId, spanId) : null;
	}

}
