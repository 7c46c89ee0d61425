package io.bemi.autoconfigure.entrypoint;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.BeansException;
import org.springframework.beans.DirectFieldAccessor;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.core.task.TaskDecorator;
import org.springframework.core.task.support.TaskExecutorAdapter;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.concurrent.ConcurrentTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

/**
 * Adds to the {@link TaskDecorator} of each executor, before the executor starts.
 * Schedulers are left alone: with a decorator, a {@code ThreadPoolTaskScheduler} neither
 * keeps the order of its tasks nor removes cancelled ones.
 */
final class ContextExecutorPostProcessor implements BeanPostProcessor {

	private static final Logger logger = LoggerFactory.getLogger(ContextExecutorPostProcessor.class);

	static final String DECORATOR = "taskDecorator";

	private static final TaskDecorator CONTEXT = new BemiTaskDecorator();

	@Override
	public Object postProcessBeforeInitialization(Object bean, String beanName) {
		if (bean instanceof TaskScheduler) {
			return bean;
		}
		try {
			if (bean instanceof ThreadPoolTaskExecutor executor) {
				executor.setTaskDecorator(compose(bean, () -> isPlain(executor.getThreadPoolExecutor().getQueue())));
			}
			else if (bean instanceof SimpleAsyncTaskExecutor executor) {
				executor.setTaskDecorator(compose(bean, () -> true));
			}
			else if (bean instanceof ConcurrentTaskExecutor executor) {
				executor.setTaskDecorator(compose(bean, () -> true));
			}
			else if (bean instanceof TaskExecutorAdapter executor) {
				executor.setTaskDecorator(compose(bean, () -> true));
			}
		}
		catch (BeansException ex) {
			logger.debug("Executor '{}' does not take contexts along", beanName, ex);
		}
		return bean;
	}

	// The one that is set sees what it would see without us, and runs within the context.
	private static TaskDecorator compose(Object executor, BooleanSupplier condition) {
		TaskDecorator own = (TaskDecorator) new DirectFieldAccessor(executor).getPropertyValue(DECORATOR);
		return (task) -> {
			Runnable decorated = decorate(own, task);
			return condition.getAsBoolean() ? CONTEXT.decorate(decorated) : decorated;
		};
	}

	private static Runnable decorate(@Nullable TaskDecorator decorator, Runnable task) {
		return (decorator != null) ? decorator.decorate(task) : task;
	}

	// A queue with an order of its own wants to see the application's tasks.
	private static boolean isPlain(BlockingQueue<Runnable> queue) {
		return queue instanceof LinkedBlockingQueue || queue instanceof SynchronousQueue
				|| queue instanceof ArrayBlockingQueue || queue instanceof LinkedBlockingDeque
				|| queue instanceof LinkedTransferQueue;
	}

}
