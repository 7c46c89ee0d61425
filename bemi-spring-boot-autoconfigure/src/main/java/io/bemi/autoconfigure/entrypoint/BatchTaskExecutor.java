package io.bemi.autoconfigure.entrypoint;

import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;

import io.bemi.context.BemiContext;
import org.jspecify.annotations.Nullable;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.core.task.TaskExecutor;

/**
 * Takes the context of a step along to the threads that do its work.
 */
final class BatchTaskExecutor implements AsyncTaskExecutor {

	private final TaskExecutor executor;

	BatchTaskExecutor(TaskExecutor executor) {
		this.executor = executor;
	}

	@Override
	public void execute(Runnable task) {
		this.executor.execute(BemiContext.wrap(task));
	}

	@Override
	public Future<?> submit(Runnable task) {
		if (this.executor instanceof AsyncTaskExecutor async) {
			return async.submit(BemiContext.wrap(task));
		}
		FutureTask<?> future = new FutureTask<>(task, null);
		execute(future);
		return future;
	}

	@Override
	public <T extends @Nullable Object> Future<T> submit(Callable<T> task) {
		if (this.executor instanceof AsyncTaskExecutor async) {
			return async.submit(BemiContext.wrapCallable(task));
		}
		FutureTask<T> future = new FutureTask<>(task);
		execute(future);
		return future;
	}

}
