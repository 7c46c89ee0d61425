package io.bemi.context;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * A context in pieces that are JSON already, so that it can be kept without keeping
 * anything of the request, merged, and measured key by key.
 *
 * @param members top-level keys, to the JSON of their values
 * @param facts keys of {@code _bemi}, to the JSON of their values
 * @param errors what went wrong, in the order it happened
 */
record RenderedContext(Map<String, String> members, Map<String, String> facts, Set<String> errors) {

	static final RenderedContext EMPTY = new RenderedContext(Map.of(), Map.of(), Set.of());

	RenderedContext copy() {
		return new RenderedContext(new LinkedHashMap<>(this.members), new LinkedHashMap<>(this.facts),
				new java.util.LinkedHashSet<>(this.errors));
	}

}
