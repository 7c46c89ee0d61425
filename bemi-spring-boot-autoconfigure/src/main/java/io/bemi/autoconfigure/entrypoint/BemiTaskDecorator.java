package io.bemi.autoconfigure.entrypoint;

import io.bemi.connection.ReadScope;
import io.bemi.context.BemiContext;
import io.bemi.context.ContextSnapshot;
import org.jspecify.annotations.Nullable;
import org.springframework.core.task.TaskDecorator;

/**
 * Takes the context of the thread that submits a task, and the past that it reads, to the
 * thread that runs it. The executors of the application context have it already; this is
 * for those that are no beans.
 */
public final class BemiTaskDecorator implements TaskDecorator {

	@Override
	public Runnable decorate(Runnable task) {
		if (task == null) {
			throw new IllegalArgumentException("'task' must not be null");
		}
		ContextSnapshot context = ContextSnapshot.capture();
		ReadScope past = ReadScope.current();
		return (context != ContextSnapshot.NONE || past != null) ? () -> run(task, context, past) : task;
	}

	private static void run(Runnable task, ContextSnapshot context, @Nullable ReadScope past) {
		try (BemiContext.Scope scope = context.open(); ReadScope.Opened opened = (past != null) ? past.open() : null) {
			task.run();
		}
	}

}
