package io.bemi.autoconfigure.entrypoint;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.PriorityBlockingQueue;

import io.bemi.context.BemiContext;
import org.junit.jupiter.api.Test;
import org.springframework.beans.DirectFieldAccessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.core.task.TaskDecorator;
import org.springframework.core.task.support.TaskExecutorAdapter;
import org.springframework.scheduling.concurrent.ConcurrentTaskExecutor;
import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link BemiExecutorAutoConfiguration}.
 */
class BemiExecutorAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(BemiExecutorAutoConfiguration.class));

	private final ApplicationContextRunner bootContextRunner = this.contextRunner
		.withConfiguration(AutoConfigurations.of(TaskExecutionAutoConfiguration.class));

	@Test
	void executorsTakeTheContextAlongAndLeaveNothingBehind() {
		this.contextRunner.withBean("pool", ThreadPoolTaskExecutor.class, ThreadPoolTaskExecutor::new)
			.withBean("simple", SimpleAsyncTaskExecutor.class, SimpleAsyncTaskExecutor::new)
			.withBean("concurrent", ConcurrentTaskExecutor.class,
					() -> new ConcurrentTaskExecutor(Executors.newSingleThreadExecutor()))
			.withBean("adapter", TaskExecutorAdapter.class,
					() -> new TaskExecutorAdapter(Executors.newSingleThreadExecutor()))
			.run((context) -> {
				Map<String, AsyncTaskExecutor> executors = context.getBeansOfType(AsyncTaskExecutor.class);
				assertThat(executors).hasSize(4);
				for (AsyncTaskExecutor executor : executors.values()) {
					assertThat(inContext(executor)).isEqualTo("{\"a\":1}");
					Future<String> submitted = BemiContext.call(Map.of("a", 2),
							() -> executor.submit((Callable<String>) WrittenContext::now));
					assertThat(submitted.get()).isEqualTo("{\"a\":2}");
					assertThat(CompletableFuture.supplyAsync(WrittenContext::now, executor).join())
						.isEqualTo(WrittenContext.NONE);
				}
			});
	}

	@Test
	void executorOfSpringBootTakesTheContextAlong() {
		this.bootContextRunner.run((context) -> {
			assertThat(inContext(context.getBean("applicationTaskExecutor", Executor.class))).isEqualTo("{\"a\":1}");
			assertThat(context).doesNotHaveBean(TaskDecorator.class);
		});
	}

	// Before Java 21 these are threads of a pool.
	@Test
	void virtualThreadsTakeTheContextAlong() {
		this.bootContextRunner.withPropertyValues("spring.threads.virtual.enabled=true").run((context) -> {
			Executor executor = context.getBean("applicationTaskExecutor", Executor.class);
			assertThat(inContext(executor)).isEqualTo("{\"a\":1}");
			String thread = CompletableFuture.supplyAsync(() -> Thread.currentThread().toString(), executor).join();
			assertThat(thread.startsWith("VirtualThread")).isEqualTo(Runtime.version().feature() >= 21);
		});
	}

	@Test
	void decoratorsOfTheApplicationWorkAsBefore() {
		List<String> seen = new CopyOnWriteArrayList<>();
		TaskDecorator own = (task) -> {
			seen.add("decorates in " + WrittenContext.now());
			return () -> {
				seen.add("runs in " + WrittenContext.now());
				task.run();
			};
		};
		this.bootContextRunner.withBean(TaskDecorator.class, () -> own).run((context) -> {
			assertThat(inContext(context.getBean("applicationTaskExecutor", Executor.class))).isEqualTo("{\"a\":1}");
			assertThat(seen).containsExactly("decorates in {\"a\":1}", "runs in {\"a\":1}");
			assertThat(context).getBean(TaskDecorator.class).isSameAs(own);
		});
	}

	@Test
	void taskWithoutContextStaysWhatItIs() {
		Runnable task = () -> {
		};
		assertThat(new BemiTaskDecorator().decorate(task)).isSameAs(task);
	}

	@Test
	void queueWithAnOrderOfItsOwnSeesTheTasksOfTheApplication() {
		this.contextRunner.withBean(PriorityExecutor.class).run((context) -> {
			PriorityExecutor executor = context.getBean(PriorityExecutor.class);
			List<String> ran = new CopyOnWriteArrayList<>();
			CountDownLatch begin = new CountDownLatch(1);
			CountDownLatch end = new CountDownLatch(3);
			try (BemiContext.Scope scope = BemiContext.open(Map.of("a", 1))) {
				executor.execute(new Prioritized(0, () -> await(begin)));
				for (int priority : new int[] { 3, 1, 2 }) {
					executor.execute(new Prioritized(priority, () -> {
						ran.add("" + priority);
						end.countDown();
					}));
				}
			}
			begin.countDown();
			await(end);
			assertThat(ran).containsExactly("1", "2", "3");
		});
	}

	@Test
	void tasksThatNeverRanAreCancelledAtShutdown() {
		List<Future<?>> waiting = new ArrayList<>();
		CountDownLatch end = new CountDownLatch(1);
		this.contextRunner.withBean(ThreadPoolTaskExecutor.class, BemiExecutorAutoConfigurationTests::singleThread)
			.run((context) -> {
				ThreadPoolTaskExecutor executor = context.getBean(ThreadPoolTaskExecutor.class);
				try (BemiContext.Scope scope = BemiContext.open(Map.of("a", 1))) {
					executor.execute(() -> await(end));
					waiting.add(executor.submit(() -> {
					}));
				}
				executor.shutdown();
				assertThat(waiting).singleElement().matches(Future::isCancelled);
			});
	}

	@Test
	void schedulersAreLeftAlone() {
		this.contextRunner.withBean(ThreadPoolTaskScheduler.class)
			.withBean(SimpleAsyncTaskScheduler.class)
			.run((context) -> {
				assertThat(decoratorOf(context.getBean(ThreadPoolTaskScheduler.class))).isNull();
				assertThat(decoratorOf(context.getBean(SimpleAsyncTaskScheduler.class))).isNull();
			});
	}

	@Test
	void backsOffWhenDisabled() {
		this.bootContextRunner.withPropertyValues("bemi.enabled=false").run((context) -> {
			assertThat(context).doesNotHaveBean(ContextExecutorPostProcessor.class);
			assertThat(inContext(context.getBean("applicationTaskExecutor", Executor.class)))
				.isEqualTo(WrittenContext.NONE);
		});
	}

	private static String inContext(Executor executor) throws Exception {
		return BemiContext.call(Map.of("a", 1), () -> CompletableFuture.supplyAsync(WrittenContext::now, executor))
			.join();
	}

	private static @org.jspecify.annotations.Nullable Object decoratorOf(Object scheduler) {
		return new DirectFieldAccessor(scheduler).getPropertyValue("taskDecorator");
	}

	private static ThreadPoolTaskExecutor singleThread() {
		ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
		executor.setCorePoolSize(1);
		return executor;
	}

	private static void await(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	static class PriorityExecutor extends ThreadPoolTaskExecutor {

		@Override
		protected BlockingQueue<Runnable> createQueue(int queueCapacity) {
			return new PriorityBlockingQueue<>();
		}

	}

	record Prioritized(int priority, Runnable task) implements Runnable, Comparable<Prioritized> {

		@Override
		public void run() {
			this.task.run();
		}

		@Override
		public int compareTo(Prioritized other) {
			return Integer.compare(this.priority, other.priority);
		}

	}

}
