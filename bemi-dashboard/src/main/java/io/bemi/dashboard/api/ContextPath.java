package io.bemi.dashboard.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.bemi.dashboard.http.Problem;
import io.bemi.query.Grouping;
import org.jspecify.annotations.Nullable;

/**
 * A key of the context, and keys below it: {@code params.id}; in double quotes where a
 * key has dots itself, as in {@code "bemi.revert".by}.
 *
 * @param keys at least one
 */
record ContextPath(List<String> keys) {

	private static final int DEEPEST = 20;

	static ContextPath parse(String text) {
		List<String> keys = new ArrayList<>();
		StringBuilder key = new StringBuilder();
		boolean quoted = false;
		for (int i = 0; i < text.length(); i++) {
			char c = text.charAt(i);
			if (c == '"') {
				quoted = !quoted;
			}
			else if (c == '.' && !quoted) {
				keys.add(key.toString());
				key.setLength(0);
			}
			else {
				key.append(c);
			}
		}
		keys.add(key.toString());
		if (quoted || keys.size() > DEEPEST || keys.stream().anyMatch(String::isEmpty)) {
			throw Problem.badRequest("A key of the context must be like user or params.id, with double quotes around a"
					+ " key that has dots, but is '" + text + "'");
		}
		return new ContextPath(keys);
	}

	/**
	 * What a context must contain to have a value there.
	 */
	Map<String, ?> containing(@Nullable Object value) {
		@Nullable Object nested = value;
		for (int i = this.keys.size() - 1; i >= 0; i--) {
			nested = java.util.Collections.singletonMap(this.keys.get(i), nested);
		}
		@SuppressWarnings("unchecked")
		Map<String, ?> context = (Map<String, ?>) java.util.Objects.requireNonNull(nested);
		return context;
	}

	Grouping grouping() {
		return Grouping.context(this.keys.get(0), this.keys.subList(1, this.keys.size()).toArray(String[]::new));
	}

}
