package io.bemi.autoconfigure.entrypoint;

import java.lang.reflect.Method;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.ExecutableMode;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.core.PriorityOrdered;
import org.springframework.util.ClassUtils;

/**
 * The parts of Spring Batch's jobs, and what is asked of their executions. Each line has
 * some of them elsewhere.
 */
final class BatchRuntimeHints implements RuntimeHintsRegistrar {

	private static final String CORE = "org.springframework.batch.core.";

	private static final List<String> OWNERS = List.of(CORE + "job.SimpleJob", CORE + "job.flow.FlowJob",
			CORE + "job.flow.FlowStep", CORE + "job.flow.support.SimpleFlow", CORE + "job.flow.support.StateTransition",
			CORE + "job.flow.support.state.FlowState", CORE + "job.flow.support.state.SplitState",
			CORE + "job.flow.support.state.StepState", CORE + "partition.PartitionStep",
			CORE + "partition.support.PartitionStep", CORE + "partition.support.TaskExecutorPartitionHandler",
			CORE + "step.item.ChunkOrientedStep", CORE + "step.job.JobStep", CORE + "step.tasklet.TaskletStep",
			"org.springframework.batch.infrastructure.repeat.support.TaskExecutorRepeatTemplate",
			"org.springframework.batch.repeat.support.TaskExecutorRepeatTemplate");

	private static final List<String> EXECUTIONS = List.of(CORE + "job.JobExecution", CORE + "job.JobInstance",
			CORE + "step.StepExecution", CORE + "JobExecution", CORE + "JobInstance", CORE + "StepExecution");

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		for (String owner : OWNERS) {
			if (ClassUtils.isPresent(owner, classLoader)) {
				Class<?> type = ClassUtils.resolveClassName(owner, classLoader);
				PrivateFields.register(hints, type, BatchEntryPoints.PARTS);
				PrivateFields.register(hints, type, List.of(BatchEntryPoints.EXECUTOR));
			}
		}
		for (String execution : EXECUTIONS) {
			hints.reflection().registerTypeIfPresent(classLoader, execution, MemberCategory.INVOKE_PUBLIC_METHODS);
		}
		for (Method registration : List.of(BatchEntryPoints.JOB_LISTENERS, BatchEntryPoints.STEP_LISTENERS)) {
			hints.reflection().registerMethod(registration, ExecutableMode.INVOKE);
			hints.proxies().registerJdkProxy(registration.getParameterTypes()[0], PriorityOrdered.class);
		}
	}

}
