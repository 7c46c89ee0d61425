package io.bemi.autoconfigure.entrypoint;

import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.core.task.support.TaskExecutorAdapter;
import org.springframework.scheduling.concurrent.ConcurrentTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

/**
 * The decorators that executors have already.
 */
final class ExecutorRuntimeHints implements RuntimeHintsRegistrar {

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		for (Class<?> type : List.of(ThreadPoolTaskExecutor.class, SimpleAsyncTaskExecutor.class,
				ConcurrentTaskExecutor.class, TaskExecutorAdapter.class)) {
			PrivateFields.register(hints, type, List.of(ContextExecutorPostProcessor.DECORATOR));
		}
	}

}
