package io.bemi.autoconfigure.entrypoint;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;

import io.bemi.context.ContextSnapshot;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.mockito.Answers;
import org.mockito.BDDMockito;
import org.mockito.Mockito;
import org.springframework.batch.core.job.AbstractJob;
import org.springframework.batch.core.job.SimpleJob;
import org.springframework.batch.core.step.tasklet.TaskletStep;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.TaskExecutor;
import org.springframework.core.task.support.TaskExecutorAdapter;
import org.springframework.test.util.ReflectionTestUtils;
import org.springframework.util.ReflectionUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link BemiBatchAutoConfiguration}. The types of Spring Batch that have moved
 * are found by reflection, so that the tests run on both lines.
 */
class BemiBatchAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(BemiBatchAutoConfiguration.class))
		.withUserConfiguration(Jobs.class);

	@Test
	void namesStep() {
		this.contextRunner.run((context) -> {
			Executions step = Executions.of(context.getBean(TaskletStep.class), "stepExecutionListener", "Step");
			step.before();
			assertThat(MessageContexts.current()).isEqualTo(MessageContexts.of("batch", "nightly.invoices"));
			step.after();
			assertThat(ContextSnapshot.current()).isSameAs(ContextSnapshot.NONE);
		});
	}

	@Test
	void namesJobAndTheStepsThatAreNoBeans() {
		this.contextRunner.run((context) -> {
			SimpleJob job = context.getBean(SimpleJob.class);
			TaskletStep inline = new TaskletStep();
			inline.setName("invoices");
			job.setSteps(List.of(inline));
			Executions running = Executions.of(job, "listener", "Job");
			running.before();
			assertThat(MessageContexts.current()).isEqualTo(MessageContexts.of("batch", "nightly"));
			Executions step = Executions.of(inline, "stepExecutionListener", "Step");
			step.before();
			assertThat(MessageContexts.current()).isEqualTo(MessageContexts.of("batch", "nightly.invoices"));
			step.after();
			assertThat(MessageContexts.current()).isEqualTo(MessageContexts.of("batch", "nightly"));
			running.after();
			assertThat(ContextSnapshot.current()).isSameAs(ContextSnapshot.NONE);
		});
	}

	@Test
	void nothingIsLeftOfStepWhoseListenersFailedWhenTheJobEnds() {
		this.contextRunner.run((context) -> {
			Executions job = Executions.of(context.getBean(SimpleJob.class), "listener", "Job");
			Executions step = Executions.of(context.getBean(TaskletStep.class), "stepExecutionListener", "Step");
			job.before();
			step.before();
			job.after();
			assertThat(ContextSnapshot.current()).isSameAs(ContextSnapshot.NONE);
		});
	}

	@Test
	void executorOfStepTakesTheContextAlong() {
		this.contextRunner.run((context) -> {
			Object operations = ReflectionTestUtils.getField(context.getBean(TaskletStep.class), "stepOperations");
			TaskExecutor executor = (TaskExecutor) Objects
				.requireNonNull(ReflectionTestUtils.getField(Objects.requireNonNull(operations), "taskExecutor"));
			Executions step = Executions.of(context.getBean(TaskletStep.class), "stepExecutionListener", "Step");
			AtomicReference<@Nullable String> seen = new AtomicReference<>();
			step.before();
			executor.execute(() -> seen.set(MessageContexts.current()));
			step.after();
			assertThat(seen.get()).isEqualTo(MessageContexts.of("batch", "nightly.invoices"));
		});
	}

	@Test
	void backsOffWhenDisabled() {
		this.contextRunner.withPropertyValues("bemi.enabled=false").run((context) -> {
			Executions.of(context.getBean(TaskletStep.class), "stepExecutionListener", "Step").before();
			assertThat(ContextSnapshot.current()).isSameAs(ContextSnapshot.NONE);
		});
	}

	@Test
	void backsOffWithoutBatch() {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(BemiBatchAutoConfiguration.class))
			.withClassLoader(new FilteredClassLoader("org.springframework.batch"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(BemiBatchAutoConfiguration.class));
	}

	/**
	 * Calls the listeners of a job or a step, as it does itself.
	 *
	 * @param listeners its listeners
	 * @param kind what it is
	 * @param execution an execution of it
	 */
	private record Executions(Object listeners, String kind, Object execution) {

		static Executions of(Object part, String field, String kind) {
			Object listeners = Objects.requireNonNull(ReflectionTestUtils.getField(part, field));
			Class<?> type = method(listeners, "before" + kind).getParameterTypes()[0];
			Object execution = Mockito.mock(type, Answers.RETURNS_DEEP_STUBS);
			Object job = kind.equals("Job") ? execution : get(execution, "getJobExecution");
			BDDMockito.given(get(get(job, "getJobInstance"), "getJobName")).willReturn("nightly");
			if (kind.equals("Step")) {
				BDDMockito.given(get(execution, "getStepName")).willReturn("invoices");
			}
			BDDMockito.given(get(execution, "getEndTime")).willReturn(null);
			return new Executions(listeners, kind, execution);
		}

		private static Method method(Object target, String name) {
			return java.util.Arrays.stream(ReflectionUtils.getAllDeclaredMethods(target.getClass()))
				.filter((method) -> method.getName().equals(name))
				.findFirst()
				.orElseThrow();
		}

		@SuppressWarnings("NullAway")
		private static Object get(Object target, String getter) {
			return ReflectionUtils.invokeMethod(method(target, getter), target);
		}

		void before() {
			ReflectionUtils.invokeMethod(method(this.listeners, "before" + this.kind), this.listeners, this.execution);
		}

		void after() {
			ReflectionUtils.invokeMethod(method(this.listeners, "after" + this.kind), this.listeners, this.execution);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Jobs {

		@Bean
		AbstractJob nightly() {
			return new SimpleJob("nightly") {
				@Override
				public void afterPropertiesSet() {
					// There is no repository.
				}
			};
		}

		@Bean
		TaskletStep invoices() throws ReflectiveOperationException {
			TaskletStep step = new TaskletStep() {
				@Override
				public void afterPropertiesSet() {
					// There is no repository.
				}
			};
			Method setter = java.util.Arrays.stream(TaskletStep.class.getMethods())
				.filter((method) -> method.getName().equals("setStepOperations"))
				.findFirst()
				.orElseThrow();
			Object operations = Class
				.forName(setter.getParameterTypes()[0].getPackageName() + ".support.TaskExecutorRepeatTemplate")
				.getConstructor()
				.newInstance();
			ReflectionTestUtils.setField(operations, "taskExecutor",
					new TaskExecutorAdapter((task) -> Executors.newCachedThreadPool().submit(task)));
			setter.invoke(step, operations);
			return step;
		}

	}

}
