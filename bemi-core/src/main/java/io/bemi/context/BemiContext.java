package io.bemi.context;

import java.util.Map;
import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;

/**
 * The context of the running work: what is recorded with every row that this thread
 * writes. A web request has one without further ado; other work opens a scope:
 *
 * <pre class="code">
 * try (BemiContext.Scope scope = BemiContext.open(Map.of("job", "nightly-invoices"))) {
 * 	invoices.createAll();
 * }
 * </pre>
 *
 * Contexts are immutable and nest by merging, the inner keys win. Values are what JSON
 * can hold; maps and collections are copied when the scope opens.
 */
public final class BemiContext {

	private BemiContext() {
	}

	/**
	 * The keys that the open scopes and {@link #put} have set on this thread. What a
	 * request's providers say is not part of it: they are asked when a transaction
	 * commits.
	 * @return an unmodifiable map, empty outside of any scope
	 */
	public static Map<String, Object> current() {
		return CurrentContext.snapshot().values();
	}

	/**
	 * Opens a scope within the current one. The thread that opened it must close it.
	 * @param context keys to add to the current ones, or to put in their place
	 * @return the open scope
	 */
	public static Scope open(Map<String, ?> context) {
		if (context == null) {
			throw new IllegalArgumentException("'context' must not be null");
		}
		return CurrentContext.open(context);
	}

	/**
	 * Runs work in a scope of its own.
	 * @param context keys to add to the current ones, or to put in their place
	 * @param work what to run
	 */
	public static void run(Map<String, ?> context, Runnable work) {
		try (Scope scope = open(context)) {
			work.run();
		}
	}

	/**
	 * Runs work that has a result in a scope of its own.
	 * @param <T> the type of the result
	 * @param context keys to add to the current ones, or to put in their place
	 * @param work what to run
	 * @return the result of the work
	 * @throws Exception what the work throws
	 */
	public static <T> T call(Map<String, ?> context, Callable<T> work) throws Exception {
		try (Scope scope = open(context)) {
			return work.call();
		}
	}

	/**
	 * Takes the current context along to whichever thread runs the work. Executors and
	 * {@code @Async} methods of the application context do this by themselves; this is
	 * for others. A request's providers are asked now.
	 * @param work what another thread will run
	 * @return the same work, in the context of this moment
	 */
	public static Runnable wrap(Runnable work) {
		if (work == null) {
			throw new IllegalArgumentException("'work' must not be null");
		}
		ContextSnapshot context = ContextSnapshot.capture();
		return () -> {
			try (Scope scope = context.open()) {
				work.run();
			}
		};
	}

	/**
	 * Takes the current context along to whichever thread runs the work.
	 * @param <T> the type of the result
	 * @param work what another thread will run
	 * @return the same work, in the context of this moment
	 */
	public static <T> Callable<T> wrapCallable(Callable<T> work) {
		if (work == null) {
			throw new IllegalArgumentException("'work' must not be null");
		}
		ContextSnapshot context = ContextSnapshot.capture();
		return () -> {
			try (Scope scope = context.open()) {
				return work.call();
			}
		};
	}

	/**
	 * Adds to the innermost open scope or request; gone when that closes. Statements that
	 * have already run keep the context that they ran with. Without an open scope there
	 * is nothing to add to: a warning says so, once.
	 * @param key the key to set
	 * @param value its value, {@code null} for a JSON null
	 */
	public static void put(String key, @Nullable Object value) {
		if (key == null) {
			throw new IllegalArgumentException("'key' must not be null");
		}
		CurrentContext.put(key, value);
	}

	/**
	 * A context that is open until it is closed; closing twice is harmless.
	 */
	public interface Scope extends AutoCloseable {

		@Override
		void close();

	}

}
