package io.bemi.model;

import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What the model holds for the contexts of one thread: a stack like the real one, but
 * kept by whoever runs the program, not by the thread.
 */
final class ModelContext {

	private final Ledger ledger;

	private @Nullable Frame innermost;

	ModelContext(Ledger ledger) {
		this.ledger = ledger;
	}

	/**
	 * The stack of a thread that was handed the current context.
	 */
	ModelContext handedOver() {
		ModelContext other = new ModelContext(this.ledger);
		other.innermost = new Frame(null, (this.innermost != null) ? this.innermost.context : null);
		return other;
	}

	@Nullable Frame mark() {
		return this.innermost;
	}

	/** Also ends what was left open since. */
	void returnTo(@Nullable Frame mark) {
		this.innermost = mark;
	}

	boolean isOpen() {
		return this.innermost != null;
	}

	boolean isInRequest() {
		return this.innermost != null && this.innermost.context != null && !this.innermost.context.request.isEmpty();
	}

	/** The id of the current context. */
	String id() {
		Context current = (this.innermost != null) ? this.innermost.context : null;
		return (current != null) ? current.id : Ledger.NONE;
	}

	/**
	 * The keys of a scope to open next.
	 */
	Map<String, String> scope(int choice) {
		Map<String, String> keys = new LinkedHashMap<>();
		keys.put(Ledger.ID, this.ledger.newContext());
		keys.put("scope" + choice % 3, keys.get(Ledger.ID) + "\u0141'");
		return keys;
	}

	void open(Map<String, String> keys) {
		Context outer = (this.innermost != null) ? this.innermost.context : null;
		this.innermost = new Frame(this.innermost, with(outer, keys));
	}

	void openRequest(String id, Map<String, String> members) {
		this.ledger.context(id, members);
		this.innermost = new Frame(this.innermost, new Context(id, members, Map.of()));
	}

	/** Opens a scope that changes no key. */
	void openSame() {
		this.innermost = new Frame(this.innermost, (this.innermost != null) ? this.innermost.context : null);
	}

	void put(Map<String, String> keys) {
		if (this.innermost != null) {
			this.innermost.context = with(this.innermost.context, keys);
		}
	}

	private Context with(@Nullable Context outer, Map<String, String> keys) {
		Map<String, String> values = new LinkedHashMap<>((outer != null) ? outer.values : Map.of());
		values.putAll(keys);
		Map<String, String> request = (outer != null) ? outer.request : Map.of();
		String id = String.valueOf(values.getOrDefault(Ledger.ID, request.get(Ledger.ID)));
		Map<String, String> members = new LinkedHashMap<>(request);
		members.putAll(values);
		this.ledger.context(id, members);
		return new Context(id, request, values);
	}

	/**
	 * What is current within a scope.
	 */
	static final class Frame {

		private final @Nullable Frame outer;

		private @Nullable Context context;

		Frame(@Nullable Frame outer, @Nullable Context context) {
			this.outer = outer;
			this.context = context;
		}

		@Nullable Frame outer() {
			return this.outer;
		}

	}

	/**
	 * A context.
	 *
	 * @param id what tells it from all others
	 * @param request the keys that its request has by itself
	 * @param values the keys of its scopes
	 */
	private record Context(String id, Map<String, String> request, Map<String, String> values) {
	}

}
