package io.bemi.autoconfigure.entrypoint;

import java.util.ArrayList;
import java.util.List;

import io.bemi.context.ContextSnapshot;
import io.bemi.context.ContextWriter;

/**
 * The contexts that listeners ran in, as they would be sent.
 */
final class MessageContexts {

	private static final ContextWriter WRITER = new ContextWriter();

	private final List<String> contexts = new ArrayList<>();

	void add() {
		this.contexts.add(current());
	}

	List<String> all() {
		return this.contexts;
	}

	static String current() {
		return WRITER.write(ContextSnapshot.current());
	}

	static String of(String entryPoint, String method) {
		return "{\"_bemi\":{\"entryPoint\":\"" + entryPoint + "\",\"method\":\"" + method + "\"}}";
	}

}
