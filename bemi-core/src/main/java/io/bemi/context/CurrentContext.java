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
		return push(snapshot().with(context));
	}

	static BemiContext.Scope open(RequestContext request) {
		return push(ContextSnapshot.of(request));
	}

	private static Frame push(ContextSnapshot snapshot) {
		Frame frame = new Frame(INNERMOST.get(), snapshot);
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
		Map<String, @Nullable Object> addition = new LinkedHashMap<>();
		addition.put(key, value);
		frame.snapshot = frame.snapshot.with(addition);
	}

	/**
	 * Runs without any context, so that building one does not need one itself.
	 */
	static void suspend(Runnable work) {
		Frame frame = INNERMOST.get();
		INNERMOST.remove();
		try {
			work.run();
		}
		finally {
			set(frame);
		}
	}

	private static void set(@Nullable Frame frame) {
		if (frame != null) {
			INNERMOST.set(frame);
		}
		else {
			INNERMOST.remove();
		}
	}

	private static final class Frame implements BemiContext.Scope {

		private final @Nullable Frame outer;

		private ContextSnapshot snapshot;

		Frame(@Nullable Frame outer, ContextSnapshot snapshot) {
			this.outer = outer;
			this.snapshot = snapshot;
		}

		@Override
		public void close() {
			// Only if still open on this thread: a scope closed twice, or by another
			// thread, must not touch a context that is not its own.
			for (Frame frame = INNERMOST.get(); frame != null; frame = frame.outer) {
				if (frame == this) {
					set(this.outer);
					return;
				}
			}
		}

	}

}
