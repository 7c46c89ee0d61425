package io.bemi.context;

import org.jspecify.annotations.Nullable;

/**
 * Knows the trace of the running work, if a tracing library is there.
 */
@FunctionalInterface
public interface TraceSource {

	/**
	 * No tracing library: the {@code traceparent} header of a request is all there is.
	 */
	TraceSource NONE = () -> null;

	/**
	 * The trace and span of the current thread, asked when a context is written.
	 * @return {@code null} outside of any trace
	 */
	@Nullable Trace current();

}
