package io.bemi.autoconfigure.entrypoint;

import io.bemi.context.BemiContext;
import io.bemi.context.ContextSnapshot;
import org.springframework.core.task.TaskDecorator;

/**
 * Takes the context of the thread that submits a task to the thread that runs it. The
 * executors of the application context have it already; this is for those that are no
 * beans.
 */
public final class BemiTaskDecorator implements TaskDecorator {

	@Override
	public Runnable decorate(Runnable task) {
		if (task == null) {
			throw new IllegalArgumentException("'task' must not be null");
		}
		ContextSnapshot context = ContextSnapshot.capture();
		return (context != ContextSnapshot.NONE) ? () -> run(task, context) : task;
	}

	private static void run(Runnable task, ContextSnapshot context) {
		try (BemiContext.Scope scope = context.open()) {
			task.run();
		}
	}

}
