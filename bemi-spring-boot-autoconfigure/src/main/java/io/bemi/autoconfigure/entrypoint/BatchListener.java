package io.bemi.autoconfigure.entrypoint;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.Deque;

import io.bemi.context.BemiContext;
import io.bemi.context.EntryPoint;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.BeansException;
import org.springframework.beans.PropertyAccessorFactory;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;

/**
 * Opens an entry point before a job or a step, as the first of its listeners, and closes
 * it afterwards, as the last.
 * <p>
 * A dynamic proxy, because Spring Batch 6 moved the interfaces of the listeners.
 */
final class BatchListener implements InvocationHandler {

	private static final Logger logger = LoggerFactory.getLogger(BatchListener.class);

	private static final String NAME = "batch";

	// Steps may contain steps and jobs.
	private static final ThreadLocal<Deque<Running>> RUNNING = ThreadLocal.withInitial(ArrayDeque::new);

	private final String jobName;

	private final @Nullable String stepName;

	private final Runnable beginning;

	private BatchListener(String jobName, @Nullable String stepName, Runnable beginning) {
		this.jobName = jobName;
		this.stepName = stepName;
		this.beginning = beginning;
	}

	static Object ofJob(Class<?> type, Runnable beginning) {
		return create(type, new BatchListener("jobInstance.jobName", null, beginning));
	}

	static Object ofSteps(Class<?> type) {
		return create(type, new BatchListener("jobExecution.jobInstance.jobName", "stepName", () -> {
		}));
	}

	private static Object create(Class<?> type, BatchListener listener) {
		return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] { type, PriorityOrdered.class }, listener);
	}

	@Override
	public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) {
		Object first = (arguments != null && arguments.length > 0) ? arguments[0] : null;
		return switch (method.getName()) {
			case "beforeJob", "beforeStep" -> (first != null) ? begin(first) : null;
			case "afterJob", "afterStep" -> (first != null) ? end(first) : null;
			case "getOrder" -> Ordered.HIGHEST_PRECEDENCE;
			case "toString" -> "bemiBatchListener";
			case "equals" -> proxy == first;
			case "hashCode" -> System.identityHashCode(proxy);
			default -> throw new UnsupportedOperationException(method.toString());
		};
	}

	private @Nullable Object begin(Object execution) {
		// A listener that fails keeps Spring Batch from calling the rest.
		Deque<Running> running = RUNNING.get();
		while (!running.isEmpty() && property(running.peek().execution(), "endTime") != null) {
			running.pop().scope().close();
		}
		this.beginning.run();
		running.push(new Running(execution, new EntryPoint(NAME, name(execution)).open()));
		return null;
	}

	private static @Nullable Object end(Object execution) {
		Deque<Running> running = RUNNING.get();
		boolean isOpen = running.stream().anyMatch((candidate) -> candidate.execution() == execution);
		while (isOpen && !running.isEmpty()) {
			Running innermost = running.pop();
			innermost.scope().close();
			isOpen = innermost.execution() != execution;
		}
		if (running.isEmpty()) {
			RUNNING.remove();
		}
		return null;
	}

	private @Nullable String name(Object execution) {
		Object job = property(execution, this.jobName);
		Object step = (this.stepName != null) ? property(execution, this.stepName) : null;
		return (job == null) ? null : (step == null) ? job.toString() : job + "." + step;
	}

	private static @Nullable Object property(Object execution, String path) {
		try {
			return PropertyAccessorFactory.forBeanPropertyAccess(execution).getPropertyValue(path);
		}
		catch (BeansException ex) {
			logger.debug("No {} in a {}", path, execution.getClass().getName(), ex);
			return null;
		}
	}

	/**
	 * An entry point that is open.
	 *
	 * @param execution the execution of the job or the step
	 * @param scope its scope
	 */
	private record Running(Object execution, BemiContext.Scope scope) {
	}

}
