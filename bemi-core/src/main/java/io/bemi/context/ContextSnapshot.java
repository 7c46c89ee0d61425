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
 * about the same work. {@link ContextWriter} turns it into JSON, and only then is
 * anything asked or built.
 */
public final class ContextSnapshot {

	/** No context: nothing is open on this thread. */
	public static final ContextSnapshot NONE = new ContextSnapshot(null, Map.of());

	private final @Nullable ContextBase base;

	private final Map<String, Object> values;

	private @Nullable Written written;

	private ContextSnapshot(@Nullable ContextBase base, Map<String, Object> values) {
		this.base = base;
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

	/**
	 * The context of this thread, for another thread that goes on with its work: asks the
	 * request's providers now, because a request that is over belongs to somebody else.
	 * @return the snapshot, {@link #NONE} when nothing is open
	 */
	public static ContextSnapshot capture() {
		ContextSnapshot current = current();
		ContextBase base = current.base;
		if (base == null) {
			return current;
		}
		ContextBase captured = base.capture();
		return (captured != base) ? new ContextSnapshot(captured, current.values) : current;
	}

	/**
	 * Whether this thread is building a context at this moment: what it does now is no
	 * part of the application's work.
	 * @return {@code true} while providers are asked
	 */
	public static boolean isSuspended() {
		return CurrentContext.isSuspended();
	}

	/**
	 * Makes this the context of the current thread, in the place of whatever is open.
	 * @return the open scope, to be closed by the same thread
	 */
	public BemiContext.Scope open() {
		return CurrentContext.open(this);
	}

	/**
	 * Makes this the context of the current thread until {@link #takeBack}, for those who
	 * cannot keep a scope. Nothing is flushed.
	 */
	public void impose() {
		CurrentContext.impose(this);
	}

	/**
	 * Ends what the last {@link #impose} on this thread has begun; harmless without one.
	 */
	public static void takeBack() {
		CurrentContext.takeBack();
	}

	ContextSnapshot within(EntryPoint entryPoint) {
		return new ContextSnapshot(new EntryPointContext(this.base, entryPoint), this.values);
	}

	ContextSnapshot with(Map<String, ?> context) {
		if (context.isEmpty() && this != NONE) {
			return this;
		}
		Map<String, @Nullable Object> merged = new LinkedHashMap<>(this.values);
		context.forEach((key, value) -> merged.put(key, copy(value)));
		return new ContextSnapshot(this.base, Collections.unmodifiableMap(merged));
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

	@Nullable ContextBase base() {
		return this.base;
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
				&& this.base == that.base && sameValues(that));
	}

	private boolean sameValues(ContextSnapshot that) {
		try {
			return this.values.equals(that.values);
		}
		catch (RuntimeException | StackOverflowError ex) {
			// The equals method of a value, such as an entity whose session is closed.
			return false;
		}
	}

	@Override
	public int hashCode() {
		return 31 * System.identityHashCode(this.base) + this.values.hashCode();
	}

	@Override
	public String toString() {
		// Without the values, which may be secret.
		return "ContextSnapshot[base=" + (this.base != null) + ", keys=" + this.values.keySet() + "]";
	}

	/**
	 * The JSON of a snapshot, valid for as long as its base says the same.
	 *
	 * @param base what the request or the entry point said
	 * @param json the JSON object
	 */
	record Written(RenderedContext base, String json) {
	}

}
