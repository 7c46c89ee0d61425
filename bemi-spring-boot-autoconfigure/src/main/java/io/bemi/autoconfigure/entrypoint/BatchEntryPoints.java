package io.bemi.autoconfigure.entrypoint;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.batch.core.job.AbstractJob;
import org.springframework.batch.core.step.AbstractStep;
import org.springframework.core.task.SyncTaskExecutor;
import org.springframework.core.task.TaskExecutor;
import org.springframework.util.ReflectionUtils;

/**
 * Registers a {@link BatchListener} with jobs and their steps, and makes the executors
 * that these use take the context along, whether they are beans or not.
 * <p>
 * Spring Batch 6 moved most of its types, so only what has stayed is named here, and the
 * parts of a job are found by their fields.
 */
final class BatchEntryPoints {

	private static final Logger logger = LoggerFactory.getLogger(BatchEntryPoints.class);

	private static final String BATCH = "org.springframework.batch.";

	// Of jobs, flows, states, steps, and of what partitions or repeats a step.
	static final List<String> PARTS = List.of("steps", "step", "flow", "flows", "stateTransitions", "state", "job",
			"partitionHandler", "stepOperations");

	static final String EXECUTOR = "taskExecutor";

	static final Method JOB_LISTENERS = method(AbstractJob.class, "registerJobExecutionListener");

	static final Method STEP_LISTENERS = method(AbstractStep.class, "registerStepExecutionListener");

	private final Set<Object> visited = Collections.newSetFromMap(new WeakHashMap<>());

	private final Object stepListener = BatchListener.ofSteps(STEP_LISTENERS.getParameterTypes()[0]);

	private static Method method(Class<?> type, String name) {
		for (Method method : ReflectionUtils.getDeclaredMethods(type)) {
			if (method.getName().equals(name)) {
				return method;
			}
		}
		throw new IllegalStateException("No " + name + " in " + type);
	}

	/**
	 * Visits a job, of which only the listener is registered before it runs: its steps
	 * may be in a scope that begins then.
	 */
	synchronized void visit(AbstractJob job) {
		if (this.visited.add(job)) {
			ReflectionUtils.invokeMethod(JOB_LISTENERS, job,
					BatchListener.ofJob(JOB_LISTENERS.getParameterTypes()[0], () -> visitParts(job)));
		}
	}

	/**
	 * Visits a step with all its parts.
	 */
	synchronized void visit(AbstractStep step) {
		visitAny(step);
	}

	private void visitAny(@Nullable Object part) {
		if (part instanceof Collection<?> several) {
			several.forEach(this::visitAny);
		}
		else if (part instanceof Map<?, ?> named) {
			named.values().forEach(this::visitAny);
		}
		else if (part instanceof AbstractJob job) {
			visit(job);
		}
		else if (part != null && !this.visited.contains(part)) {
			try {
				if (part instanceof AbstractStep step) {
					ReflectionUtils.invokeMethod(STEP_LISTENERS, step, this.stepListener);
				}
				this.visited.add(part);
				visitParts(part);
			}
			catch (RuntimeException ex) {
				// Such as the proxy of a step whose scope has not begun.
				logger.debug("No entry point yet for a {}", part.getClass().getName(), ex);
			}
		}
	}

	private synchronized void visitParts(Object whole) {
		for (String name : PARTS) {
			Field field = field(whole, name);
			if (field != null) {
				visitAny(ReflectionUtils.getField(field, whole));
			}
		}
		Field field = field(whole, EXECUTOR);
		if (field != null && ReflectionUtils.getField(field, whole) instanceof TaskExecutor executor
				&& !(executor instanceof SyncTaskExecutor) && !(executor instanceof BatchTaskExecutor)) {
			ReflectionUtils.setField(field, whole, new BatchTaskExecutor(executor));
		}
	}

	// What is not Spring Batch's own is not for us to look into.
	private static @Nullable Field field(Object owner, String name) {
		Field field = ReflectionUtils.findField(owner.getClass(), name);
		if (field == null || !field.getDeclaringClass().getName().startsWith(BATCH)) {
			return null;
		}
		ReflectionUtils.makeAccessible(field);
		return field;
	}

}
