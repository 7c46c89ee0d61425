package io.bemi.context;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * Where work begins that is no web request: a scheduled method, a message, a batch step.
 * Recorded as {@code _bemi.entryPoint} and {@code _bemi.method}.
 *
 * @param name the kind of entry, such as {@code scheduled} or {@code kafka}
 * @param method class and method, such as {@code Invoices.createAll}; asked on the
 * running thread each time a context is written, {@code null} as long as it is not known
 * @param trace the trace that a message has brought along, for when no tracing library
 * knows one; {@code null} if there is none
 */
public record EntryPoint(String name, Supplier<@Nullable String> method, @Nullable Trace trace) {

	/**
	 * Creates an entry point.
	 * @param name the kind of entry
	 * @param method class and method
	 * @param trace the trace that a message has brought along
	 */
	public EntryPoint {
		if (name == null || name.isBlank()) {
			throw new IllegalArgumentException("'name' must not be empty");
		}
		if (method == null) {
			throw new IllegalArgumentException("'method' must not be null");
		}
	}

	/**
	 * Creates an entry point that has brought no trace along.
	 * @param name the kind of entry
	 * @param method class and method
	 */
	public EntryPoint(String name, Supplier<@Nullable String> method) {
		this(name, method, null);
	}

	/**
	 * Creates an entry point whose method is known.
	 * @param name the kind of entry
	 * @param method class and method, {@code null} if there is none
	 */
	public EntryPoint(String name, @Nullable String method) {
		this(name, () -> method);
	}

	/**
	 * Makes this the entry point of the current thread. A context that is open already,
	 * such as that of the request which has published an event, keeps its keys.
	 * @return the open scope
	 */
	public BemiContext.Scope open() {
		return CurrentContext.open(this);
	}

	/**
	 * Makes this the entry point of work that has come from outside, such as a message.
	 * Whatever the thread has of a request or of another entry point (of the one that has
	 * started it, perhaps) is not that work's; scopes that were opened on a thread
	 * without either keep their keys.
	 * @return the open scope
	 */
	public BemiContext.Scope openAnew() {
		return CurrentContext.openAnew(this);
	}

}
