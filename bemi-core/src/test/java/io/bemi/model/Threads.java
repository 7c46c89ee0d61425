package io.bemi.model;

import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import io.bemi.context.BemiContext;
import io.bemi.context.ContextSnapshot;

/**
 * Threads that all programs share: those of pools, clean and dirty, and virtual ones
 * where Java has them.
 */
final class Threads implements AutoCloseable {

	private final ExecutorService clean = Executors.newCachedThreadPool();

	private final ExecutorService virtual = virtual();

	// Somebody has opened a scope on each of them and forgot it.
	private final ExecutorService dirty = Executors.newCachedThreadPool((work) -> new Thread(() -> {
		BemiContext.open(Map.of(Ledger.ID, "left open by an earlier task"));
		work.run();
	}));

	private static ExecutorService virtual() {
		try {
			return (ExecutorService) Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
		}
		catch (ReflectiveOperationException ex) {
			return Executors.newCachedThreadPool();
		}
	}

	/**
	 * Starts work on a thread that has no context, and must have none afterwards.
	 */
	Future<?> start(int choice, Callable<?> work) {
		return ((choice % 2 == 0) ? this.clean : this.virtual).submit(() -> {
			requireNoContext("before");
			Object result = work.call();
			requireNoContext("after");
			return result;
		});
	}

	/**
	 * Starts work that was handed its context, on any thread.
	 */
	Future<?> startAnywhere(int choice, Callable<?> work) {
		return (choice % 3 == 0) ? this.dirty.submit(work) : start(choice, work);
	}

	static void requireNoContext(String when) {
		if (ContextSnapshot.current() != ContextSnapshot.NONE) {
			throw new IllegalStateException("A context " + when + " the task: " + BemiContext.current());
		}
	}

	static void await(Future<?> work) throws Exception {
		try {
			work.get();
		}
		catch (ExecutionException ex) {
			throw (ex.getCause() instanceof Exception cause) ? cause : ex;
		}
	}

	@Override
	public void close() {
		this.clean.shutdown();
		this.virtual.shutdown();
		this.dirty.shutdown();
	}

}
