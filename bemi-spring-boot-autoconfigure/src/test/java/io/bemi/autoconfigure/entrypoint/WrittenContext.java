package io.bemi.autoconfigure.entrypoint;

import io.bemi.context.ContextSnapshot;
import io.bemi.context.ContextWriter;

/**
 * What would be recorded with a change that is made now.
 */
final class WrittenContext {

	/** What is recorded outside of any context. */
	static final String NONE = "{}";

	private WrittenContext() {
	}

	static String now() {
		return new ContextWriter().write(ContextSnapshot.current());
	}

	static String of(String entryPoint, String method) {
		return "{\"_bemi\":{\"entryPoint\":\"" + entryPoint + "\",\"method\":\"" + method + "\"}}";
	}

}
