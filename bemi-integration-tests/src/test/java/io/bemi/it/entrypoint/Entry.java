package io.bemi.it.entrypoint;

import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/**
 * One field of the table: what is written, and how.
 *
 * @param way how to write
 * @param key what to write; the keys of the rows begin with it
 */
record Entry(Way way, String key) {

	/** The path variables of a controller that is an entry point. */
	static final String PATH = "/{way}/{key}";

	/**
	 * The entry that a row of this name has for a way.
	 */
	static Entry of(String name, Way way) {
		return new Entry(way, name + "-" + way);
	}

	/**
	 * This entry as the end of a path that ends with {@link #PATH}.
	 */
	String path() {
		return "/" + this.way + "/" + this.key;
	}

	/**
	 * The id of the request that leads to this entry.
	 */
	String requestId() {
		return "request-" + this.key;
	}

	/**
	 * The whole context of work that comes from no request.
	 * @param entryPoint the entry point
	 * @param method class and method, {@code null} for none
	 */
	Map<String, Object> context(String entryPoint, @Nullable String method) {
		Map<String, Object> facts = new TreeMap<>(Map.of("entryPoint", entryPoint));
		if (method != null) {
			facts.put("method", method);
		}
		return Map.of("_bemi", facts);
	}

	/**
	 * The whole context of work that comes from a request.
	 * @param endpoint the endpoint, without method and {@link #PATH}
	 * @param entryPoint the innermost entry point
	 * @param method its class and method, {@code null} for none
	 */
	Map<String, Object> context(String endpoint, String entryPoint, @Nullable String method) {
		Map<String, Object> context = new TreeMap<>(context(entryPoint, method));
		context.put("user", "alice");
		context.put("endpoint", "POST " + endpoint + PATH);
		context.put("requestId", requestId());
		context.put("tenant", "acme");
		return context;
	}

}
