package io.bemi.context;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The context at one moment, immutable: two snapshots are equal when they say the same
 * about the same request. {@link ContextWriter} turns it into JSON, and only then is
 * anything asked or built.
 */
public final class ContextSnapshot {

	/** No context: nothing is open on this thread. */
	public static final ContextSnapshot NONE = new ContextSnapshot(null, Map.of());

	private final @Nullable RequestContext request;

	private final Map<String, Object> values;

	private @Nullable Written written;

	private ContextSnapshot(@Nullable RequestContext request, Map<String, Object> values) {
		this.request = request;
		this.values = values;
	}

	static ContextSnapshot of(RequestContext request) {
		return new ContextSnapshot(request, Map.of());
	}

	/**
	 * The context of this thread.
	 * @return the snapshot, {@link #NONE} when nothing is open
	 */
	public static ContextSnapshot current() {
		return CurrentContext.snapshot();
	}

	ContextSnapshot with(Map<String, ?> context) {
		if (context.isEmpty() && this != NONE) {
			return this;
		}
		Map<String, @Nullable Object> merged = new LinkedHashMap<>(this.values);
		context.forEach((key, value) -> merged.put(key, copy(value)));
		return new ContextSnapshot(this.request, Collections.unmodifiableMap(merged));
	}

	private static @Nullable Object copy(@Nullable Object value) {
		if (value instanceof Map<?, ?> map) {
			Map<@Nullable Object, @Nullable Object> copy = new LinkedHashMap<>();
			map.forEach((key, member) -> copy.put(key, copy(member)));
			return Collections.unmodifiableMap(copy);
		}
		if (value instanceof Collection<?> collection) {
			List<@Nullable Object> copy = new ArrayList<>(collection.size());
			collection.forEach((element) -> copy.add(copy(element)));
			return Collections.unmodifiableList(copy);
		}
		return value;
	}

	@Nullable RequestContext request() {
		return this.request;
	}

	Map<String, Object> values() {
		return this.values;
	}

	synchronized @Nullable Written written() {
		return this.written;
	}

	synchronized void written(Written newWritten) {
		this.written = newWritten;
	}

	@Override
	public boolean equals(Object other) {
		return other == this || (other instanceof ContextSnapshot that && this != NONE && that != NONE
				&& this.request == that.request && this.values.equals(that.values));
	}

	@Override
	public int hashCode() {
		return 31 * System.identityHashCode(this.request) + this.values.hashCode();
	}

	@Override
	public String toString() {
		// Without the values, which may be secret.
		return "ContextSnapshot[request=" + (this.request != null) + ", keys=" + this.values.keySet() + "]";
	}

	/**
	 * The JSON of a snapshot, valid for as long as its request says the same.
	 *
	 * @param base what the request said
	 * @param json the JSON object
	 */
	record Written(RenderedContext base, String json) {
	}

}
