package io.bemi.context;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stack of open scopes of each thread.
 */
final class CurrentContext {

	private static final Logger logger = LoggerFactory.getLogger(CurrentContext.class);

	// Not inheritable: a pool's thread would keep the context of whoever made it start.
	private static final ThreadLocal<@Nullable Frame> INNERMOST = new ThreadLocal<>();

	private static final AtomicBoolean warnedAboutPut = new AtomicBoolean();

	private CurrentContext() {
	}

	static ContextSnapshot snapshot() {
		Frame frame = INNERMOST.get();
		return (frame != null) ? frame.snapshot : ContextSnapshot.NONE;
	}

	static BemiContext.Scope open(Map<String, ?> context) {
		return open(snapshot().with(context));
	}

	static BemiContext.Scope open(RequestContext request) {
		return open(ContextSnapshot.of(request));
	}

	static BemiContext.Scope open(EntryPoint entryPoint) {
		return open(snapshot().within(entryPoint));
	}

	static BemiContext.Scope openAnew(EntryPoint entryPoint) {
		ContextSnapshot current = snapshot();
		return open(((current.base() == null) ? current : ContextSnapshot.NONE).within(entryPoint));
	}

	static BemiContext.Scope open(ContextSnapshot snapshot) {
		announce();
		return push(snapshot, Kind.SCOPE);
	}

	/**
	 * Puts a context in the place of the current one, whatever is open, until
	 * {@link #takeBack}.
	 */
	static void impose(ContextSnapshot snapshot) {
		push(snapshot, Kind.IMPOSED);
	}

	/**
	 * Ends what the last {@link #impose} has begun, with whatever was left open since.
	 */
	static void takeBack() {
		for (Frame frame = INNERMOST.get(); frame != null; frame = frame.outer) {
			if (frame.kind == Kind.IMPOSED) {
				set(frame.outer);
				return;
			}
		}
	}

	private static Frame push(ContextSnapshot snapshot, Kind kind) {
		Frame outer = INNERMOST.get();
		Frame frame = new Frame(outer, snapshot, kind, kind == Kind.SUSPENDED || (outer != null && outer.suspended));
		INNERMOST.set(frame);
		return frame;
	}

	static void put(String key, @Nullable Object value) {
		Frame frame = INNERMOST.get();
		if (frame == null) {
			if (warnedAboutPut.compareAndSet(false, true)) {
				logger.warn("BemiContext.put(\"{}\", ...) was called outside of a request and of any scope, and has"
						+ " no effect. Open a scope around the work with BemiContext.open or run.", key);
			}
			return;
		}
		announce();
		Map<String, @Nullable Object> addition = new LinkedHashMap<>();
		addition.put(key, value);
		frame.snapshot = frame.snapshot.with(addition);
	}

	// While a context is built, nothing may begin to write.
	private static void announce() {
		if (!isSuspended()) {
			ContextChanges.announce();
		}
	}

	/**
	 * Runs without any context, so that building one does not need one itself.
	 */
	static void suspend(Runnable work) {
		Frame frame = push(ContextSnapshot.NONE, Kind.SUSPENDED);
		try {
			work.run();
		}
		finally {
			set(frame.outer);
		}
	}

	static boolean isSuspended() {
		Frame frame = INNERMOST.get();
		return frame != null && frame.suspended;
	}

	private static void set(@Nullable Frame frame) {
		if (frame != null) {
			INNERMOST.set(frame);
		}
		else {
			INNERMOST.remove();
		}
	}

	private enum Kind {

		SCOPE, IMPOSED, SUSPENDED

	}

	private static final class Frame implements BemiContext.Scope {

		private final @Nullable Frame outer;

		private final Kind kind;

		private final boolean suspended;

		private ContextSnapshot snapshot;

		Frame(@Nullable Frame outer, ContextSnapshot snapshot, Kind kind, boolean suspended) {
			this.outer = outer;
			this.snapshot = snapshot;
			this.kind = kind;
			this.suspended = suspended;
		}

		@Override
		public void close() {
			// Only if still open on this thread: a scope closed twice, or by another
			// thread, must not touch a context that is not its own.
			if (!isOpen()) {
				return;
			}
			try {
				announce();
			}
			finally {
				set(this.outer);
			}
		}

		private boolean isOpen() {
			Frame frame = INNERMOST.get();
			while (frame != null && frame != this) {
				frame = frame.outer;
			}
			return frame != null;
		}

	}

}
