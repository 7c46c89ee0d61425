package io.bemi.autoconfigure.entrypoint;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.bemi.context.BemiContext;
import io.bemi.context.ContextSnapshot;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Lazy;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.scheduling.annotation.SchedulingConfigurer;
import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.scheduling.config.ScheduledTask;
import org.springframework.scheduling.config.ScheduledTaskHolder;
import org.springframework.scheduling.config.ScheduledTaskRegistrar;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link BemiSchedulingAutoConfiguration}.
 */
class BemiSchedulingAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(BemiSchedulingAutoConfiguration.class));

	@Test
	void scheduledMethodIsAnEntryPoint() {
		this.contextRunner.withUserConfiguration(Application.class)
			.run((context) -> assertThat(context.getBean(Jobs.class).next())
				.isEqualTo(WrittenContext.of("scheduled", "Jobs.fixedDelay")));
	}

	@Test
	void scheduledMethodIsAnEntryPointOnTheSchedulersOfSpringBoot() {
		ApplicationContextRunner boot = this.contextRunner.withUserConfiguration(Application.class)
			.withConfiguration(AutoConfigurations.of(TaskSchedulingAutoConfiguration.class));
		boot.run((context) -> {
			assertThat(context).hasSingleBean(ThreadPoolTaskScheduler.class);
			assertThat(context.getBean(Jobs.class).next()).isEqualTo(WrittenContext.of("scheduled", "Jobs.fixedDelay"));
		});
		// Before Java 21 it stays a thread of a pool.
		boot.withPropertyValues("spring.threads.virtual.enabled=true").run((context) -> {
			assertThat(context.getBeansOfType(SimpleAsyncTaskScheduler.class))
				.hasSize((Runtime.version().feature() >= 21) ? 1 : 0);
			assertThat(context.getBean(Jobs.class).next()).isEqualTo(WrittenContext.of("scheduled", "Jobs.fixedDelay"));
		});
	}

	@Test
	void hasNothingOfTheContextThatHasMadeTheBean() {
		this.contextRunner.withUserConfiguration(LazyApplication.class).run((context) -> {
			try (BemiContext.Scope scope = BemiContext.open(Map.of("a", 1))) {
				assertThat(context.getBean(Jobs.class).next())
					.isEqualTo(WrittenContext.of("scheduled", "Jobs.fixedDelay"));
			}
		});
	}

	@Test
	void tasksOfTheApplicationsConfigurersAreEntryPointsOnTheirOwnScheduler() {
		this.contextRunner.withUserConfiguration(ConfiguredApplication.class).run((context) -> {
			ConfiguredApplication application = context.getBean(ConfiguredApplication.class);
			assertThat(application.contexts.poll(60, TimeUnit.SECONDS)).startsWith("own-")
				.endsWith(WrittenContext.of("scheduled", "ConfiguredApplication.run"));
			assertThat(application.scheduler).isNotInstanceOf(EntryPointTaskScheduler.class);
		});
	}

	@Test
	void qualifiedSchedulerRunsTheMethod() {
		this.contextRunner.withUserConfiguration(QualifiedApplication.class).run((context) -> {
			String first = context.getBean(QualifiedApplication.class).contexts.poll(60, TimeUnit.SECONDS);
			assertThat(first).startsWith("second-")
				.endsWith(WrittenContext.of("scheduled", "QualifiedApplication.work"));
		});
	}

	@Test
	void tasksLookAsBefore() {
		List<String> with = new java.util.ArrayList<>();
		this.contextRunner.withUserConfiguration(Application.class).run((context) -> with.addAll(tasks(context)));
		new ApplicationContextRunner().withUserConfiguration(Application.class)
			.run((context) -> assertThat(with).isEqualTo(tasks(context)).isNotEmpty());
	}

	@Test
	void tasksAreCancelledWithTheContext() {
		this.contextRunner.withUserConfiguration(Application.class).run((context) -> {
			Jobs jobs = context.getBean(Jobs.class);
			assertThat(jobs.next()).isNotEmpty();
			context.close();
			jobs.contexts.clear();
			assertThat(jobs.contexts.poll(100, TimeUnit.MILLISECONDS)).isNull();
		});
	}

	@Test
	void failureOfATaskIsAsBefore() {
		this.contextRunner.withUserConfiguration(FailingApplication.class).run((context) -> {
			FailingApplication application = context.getBean(FailingApplication.class);
			assertThat(application.contexts.poll(60, TimeUnit.SECONDS)).isNotNull();
			assertThat(application.contexts.poll(60, TimeUnit.SECONDS))
				.isEqualTo(WrittenContext.of("scheduled", "FailingApplication.fail"));
		});
	}

	@Test
	void isNoCandidateForInjection() {
		this.contextRunner.withUserConfiguration(ConfiguredApplication.class)
			.run((context) -> assertThat(context.getBeanProvider(SchedulingConfigurer.class).getIfUnique())
				.isInstanceOf(ConfiguredApplication.class));
	}

	@Test
	void runLeavesNothingOnTheThread() {
		new ScheduledEntryPoint(() -> assertThat(WrittenContext.now()).contains("scheduled")).run();
		assertThat(ContextSnapshot.current()).isSameAs(ContextSnapshot.NONE);
	}

	@Test
	void backsOffWhenDisabled() {
		this.contextRunner.withPropertyValues("bemi.enabled=false")
			.withUserConfiguration(Application.class)
			.run((context) -> {
				assertThat(context).doesNotHaveBean(ScheduledEntryPoints.class);
				assertThat(context.getBean(Jobs.class).next()).isEqualTo(WrittenContext.NONE);
			});
	}

	private static List<String> tasks(ApplicationContext context) {
		return context.getBeansOfType(ScheduledTaskHolder.class)
			.values()
			.stream()
			.flatMap((holder) -> holder.getScheduledTasks().stream())
			.map(BemiSchedulingAutoConfigurationTests::describe)
			.sorted()
			.toList();
	}

	private static String describe(ScheduledTask task) {
		return task.getTask().getClass().getSimpleName() + " " + task + " " + task.getTask().getRunnable().getClass()
				+ " " + (task.nextExecution() != null || task.toString().endsWith("fixedDelay"));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableScheduling
	@Import(Jobs.class)
	static class Application {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableScheduling
	static class LazyApplication {

		@Bean
		@Lazy
		Jobs jobs() {
			return new Jobs();
		}

	}

	static class Jobs {

		private final BlockingQueue<String> contexts = new LinkedBlockingQueue<>();

		@Scheduled(fixedDelay = 10)
		void fixedDelay() {
			this.contexts.add(WrittenContext.now());
		}

		@Scheduled(fixedRate = 1, initialDelay = 1, timeUnit = TimeUnit.HOURS)
		void fixedRate() {
		}

		@Scheduled(cron = "0 0 0 1 1 *")
		void cron() {
		}

		@Nullable String next() throws InterruptedException {
			return this.contexts.poll(60, TimeUnit.SECONDS);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableScheduling
	static class ConfiguredApplication implements SchedulingConfigurer {

		private final BlockingQueue<String> contexts = new LinkedBlockingQueue<>();

		private @Nullable TaskScheduler scheduler;

		@Override
		public void configureTasks(ScheduledTaskRegistrar registrar) {
			this.scheduler = registrar.getScheduler();
			registrar.setTaskScheduler(own());
			registrar.addFixedDelayTask(this::run, Duration.ofMillis(10));
		}

		@Bean
		static ThreadPoolTaskScheduler ownScheduler() {
			return own();
		}

		private static ThreadPoolTaskScheduler own() {
			ThreadPoolTaskScheduler own = new ThreadPoolTaskScheduler();
			own.setThreadNamePrefix("own-");
			own.setDaemon(true);
			own.initialize();
			return own;
		}

		private void run() {
			this.contexts.add(Thread.currentThread().getName() + WrittenContext.now());
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableScheduling
	static class QualifiedApplication {

		private final BlockingQueue<String> contexts = new LinkedBlockingQueue<>();

		@Bean
		static ThreadPoolTaskScheduler first() {
			return new ThreadPoolTaskScheduler();
		}

		@Bean
		static ThreadPoolTaskScheduler second() {
			return new ThreadPoolTaskScheduler();
		}

		@Scheduled(fixedDelay = 10, scheduler = "second")
		void work() {
			this.contexts.add(Thread.currentThread().getName() + WrittenContext.now());
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableScheduling
	static class FailingApplication {

		private final BlockingQueue<String> contexts = new LinkedBlockingQueue<>();

		@Scheduled(fixedDelay = 10)
		void fail() {
			this.contexts.add(WrittenContext.now());
			throw new IllegalStateException("as expected");
		}

	}

}
