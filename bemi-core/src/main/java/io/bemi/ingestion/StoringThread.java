package io.bemi.ingestion;

import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.jspecify.annotations.Nullable;

/**
 * Stores on a thread of its own, so that the next changes are read meanwhile: one thing
 * after the other, of which the next one waits until the one before has ended. What fails
 * there fails here, for whoever comes next. Used by one thread.
 */
final class StoringThread implements AutoCloseable {

	private final Executor executor;

	private @Nullable FutureTask<?> running;

	/**
	 * Creates one that runs elsewhere.
	 * @param executor runs one thing at a time
	 */
	StoringThread(Executor executor) {
		this.executor = executor;
	}

	static StoringThread start() {
		return new StoringThread(Executors.newSingleThreadExecutor((work) -> {
			Thread thread = new Thread(work, "bemi-storing");
			thread.setDaemon(true);
			return thread;
		}));
	}

	/**
	 * Begins something as soon as what was begun before has ended.
	 */
	void run(Runnable work) {
		await();
		FutureTask<?> task = new FutureTask<>(work, null);
		this.running = task;
		this.executor.execute(task);
	}

	/**
	 * Whether something was begun of which nobody knows yet that it has ended.
	 */
	boolean isBusy() {
		return this.running != null;
	}

	/**
	 * Waits until everything has ended.
	 */
	void await() {
		await(Long.MAX_VALUE);
	}

	/**
	 * Waits until everything has ended.
	 * @param nanos how long at most
	 * @return whether it has
	 */
	boolean await(long nanos) {
		FutureTask<?> task = this.running;
		if (task == null) {
			return true;
		}
		boolean interrupted = false;
		try {
			while (true) {
				try {
					task.get(nanos, TimeUnit.NANOSECONDS);
					this.running = null;
					return true;
				}
				catch (InterruptedException ex) {
					// What is being stored ends first, as it would without a thread.
					interrupted = true;
				}
			}
		}
		catch (TimeoutException ex) {
			return false;
		}
		catch (ExecutionException ex) {
			this.running = null;
			throw unchecked(ex.getCause());
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	private static RuntimeException unchecked(@Nullable Throwable failure) {
		if (failure instanceof Error error) {
			throw error;
		}
		// A Runnable has no other.
		return (failure instanceof RuntimeException ex) ? ex : new CancellationException(String.valueOf(failure));
	}

	/**
	 * Waits until everything has ended, however it ends.
	 */
	@Override
	public void close() {
		try {
			await();
		}
		catch (RuntimeException | Error ex) {
			// Nothing of it was stored, and nothing depends on it any more.
		}
		if (this.executor instanceof ExecutorService service) {
			service.shutdown();
		}
	}

}
