package io.bemi.context;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * The distributed trace that running work belongs to, recorded as {@code _bemi.traceId}
 * and {@code _bemi.spanId}.
 *
 * @param traceId id of the trace
 * @param spanId id of the span
 */
public record Trace(String traceId, String spanId) {

	// https://www.w3.org/TR/trace-context/#traceparent-header
	private static final Pattern TRACE_PARENT = Pattern
		.compile("(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}(?:-.*)?");

	/**
	 * Creates the ids of a trace.
	 * @param traceId id of the trace
	 * @param spanId id of the span
	 */
	public Trace {
		if (traceId == null) {
			throw new IllegalArgumentException("'traceId' must not be null");
		}
		if (spanId == null) {
			throw new IllegalArgumentException("'spanId' must not be null");
		}
	}

	/**
	 * Reads a W3C {@code traceparent} header, which holds the caller's span.
	 * @param header the header
	 * @return {@code null} if there is none or it is not valid
	 */
	public static @Nullable Trace ofTraceParent(@Nullable String header) {
		Matcher matcher = (header != null) ? TRACE_PARENT.matcher(header) : null;
		return (matcher != null && matcher.matches()) ? new Trace(matcher.group(1), matcher.group(2)) : null;
	}

}
