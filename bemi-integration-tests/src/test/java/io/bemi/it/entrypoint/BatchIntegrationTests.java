package io.bemi.it.entrypoint;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import io.bemi.context.BemiContext;
import io.bemi.context.ContextSnapshot;
import io.bemi.it.support.Applications;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.ExitStatus;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.job.builder.FlowBuilder;
import org.springframework.batch.core.job.builder.JobBuilder;
import org.springframework.batch.core.job.flow.Flow;
import org.springframework.batch.core.job.parameters.JobParameters;
import org.springframework.batch.core.job.parameters.JobParametersBuilder;
import org.springframework.batch.core.listener.JobExecutionListener;
import org.springframework.batch.core.listener.StepExecutionListener;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.step.Step;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.batch.core.step.builder.StepBuilder;
import org.springframework.batch.infrastructure.item.ExecutionContext;
import org.springframework.batch.infrastructure.item.support.ListItemReader;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.transaction.PlatformTransactionManager;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The contexts of Spring Batch's jobs and steps, on PostgreSQL. No step and no executor
 * of the jobs is a bean.
 */
class BatchIntegrationTests {

	private static final AtomicInteger RUNS = new AtomicInteger();

	private static TestDatabase database;

	private static ConfigurableApplicationContext application;

	@BeforeAll
	static void start() {
		database = PostgresServer.shared().createDatabase();
		MessageWriter.createTable(database);
		application = Applications.startWithoutWeb(database, Application.class);
	}

	@AfterAll
	static void stop() {
		application.close();
		database.close();
	}

	@Test
	void jobsAndStepsNameThemselvesEachTime() {
		assertThat(run("plain").getStatus()).isEqualTo(BatchStatus.COMPLETED);
		assertThat(run("plain").getStatus()).isEqualTo(BatchStatus.COMPLETED);
		assertContexts("plain/", Map.of("plain/first/1", "plain.first", "plain/second/1", "plain.second", "plain/job/1",
				"plain", "plain/first/2", "plain.first", "plain/second/2", "plain.second", "plain/job/2", "plain"));
	}

	@Test
	void failedAndRestartedStepsLeaveNothing() {
		JobParameters parameters = new JobParametersBuilder().addString("restart", "it").toJobParameters();
		assertThat(run("failing", parameters).getStatus()).isEqualTo(BatchStatus.FAILED);
		nothingIsLeft();
		assertThat(run("failing", parameters).getStatus()).isEqualTo(BatchStatus.COMPLETED);
		assertContexts("failing/",
				Map.of("failing/1", "failing.first", "failing/2", "failing.first", "failing/second", "failing.second"));
	}

	@Test
	void threadsOfStepHaveItsContextAndThatOfItsLauncher() {
		try (BemiContext.Scope scope = BemiContext.open(Map.of("launcher", "test"))) {
			assertThat(run("threads").getStatus()).isEqualTo(BatchStatus.COMPLETED);
			assertThat(run("chunks").getStatus()).isEqualTo(BatchStatus.COMPLETED);
		}
		for (String key : List.of("threads/0", "threads/1", "threads/2", "threads/3")) {
			assertThat(MessageWriter.contexts(database, key, 1).get(key)).isEqualTo(
					Map.of("launcher", "test", "_bemi", Map.of("entryPoint", "batch", "method", "threads.parallel")));
		}
		for (String key : List.of("chunks/processed/a", "chunks/processed/b", "chunks/written/a", "chunks/written/b")) {
			assertThat(MessageWriter.contexts(database, key, 1).get(key)).isEqualTo(
					Map.of("launcher", "test", "_bemi", Map.of("entryPoint", "batch", "method", "chunks.concurrent")));
		}
		assertThat(MessageWriter.threads(database, "threads/")).noneMatch(Thread.currentThread().getName()::equals);
	}

	@Test
	void partitionsAndSplitsNameTheirSteps() {
		assertThat(run("partitioned").getStatus()).isEqualTo(BatchStatus.COMPLETED);
		assertThat(run("split").getStatus()).isEqualTo(BatchStatus.COMPLETED);
		assertContexts("partitioned/", Map.of("partitioned/worker:partition0", "partitioned.worker:partition0",
				"partitioned/worker:partition1", "partitioned.worker:partition1"));
		assertContexts("split/", Map.of("split/left", "split.left", "split/right", "split.right"));
		assertThat(MessageWriter.threads(database, "split/")).hasSize(2);
	}

	@AfterEach
	void nothingIsLeft() {
		assertThat(ContextSnapshot.current()).isSameAs(ContextSnapshot.NONE);
	}

	private static JobExecution run(String job) {
		return run(job, new JobParametersBuilder().addLong("run", (long) RUNS.incrementAndGet()).toJobParameters());
	}

	private static JobExecution run(String job, JobParameters parameters) {
		try {
			return application.getBean(BatchStore.Starter.class).start(application.getBean(job, Job.class), parameters);
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void assertContexts(String prefix, Map<String, String> methods) {
		Map<String, Map<String, Object>> expected = new HashMap<>();
		methods.forEach((key, method) -> expected.put(key, MessageWriter.context("batch", method)));
		assertThat(MessageWriter.contexts(database, prefix, expected.size())).isEqualTo(expected);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ BatchStore.class, MessageWriter.class, Steps.class })
	static class Application {

		@Bean
		Job plain(JobRepository repository, Steps steps, MessageWriter writer) {
			AtomicInteger runs = new AtomicInteger();
			return new JobBuilder("plain", repository).listener(new JobExecutionListener() {
				@Override
				public void beforeJob(JobExecution execution) {
					runs.incrementAndGet();
				}

				@Override
				public void afterJob(JobExecution execution) {
					writer.writeApart("plain/job/" + runs);
				}
			})
				.start(steps.writing("first", () -> "plain/first/" + runs))
				.next(steps.writing("second", () -> "plain/second/" + runs))
				.build();
		}

		@Bean
		Job failing(JobRepository repository, Steps steps, MessageWriter writer) {
			AtomicInteger attempts = new AtomicInteger();
			Step first = steps.step("first").tasklet((contribution, chunk) -> {
				writer.writeApart("failing/" + attempts.incrementAndGet());
				if (attempts.get() == 1) {
					throw new IllegalStateException("on purpose");
				}
				return RepeatStatus.FINISHED;
			}, steps.transactions()).listener(new StepExecutionListener() {
				@Override
				public ExitStatus afterStep(StepExecution execution) {
					throw new IllegalStateException("a listener, on purpose");
				}
			}).build();
			return new JobBuilder("failing", repository).start(first)
				.next(steps.writing("second", () -> "failing/second"))
				.build();
		}

		// There is no other way to have a tasklet on several threads.
		@SuppressWarnings("removal")
		@Bean
		Job threads(JobRepository repository, Steps steps, MessageWriter writer) {
			AtomicInteger counter = new AtomicInteger();
			return new JobBuilder("threads", repository).start(steps.step("parallel").tasklet((contribution, chunk) -> {
				int next = counter.getAndIncrement();
				if (next < 4) {
					writer.write("threads/" + next);
				}
				return RepeatStatus.continueIf(next < 4);
			}, steps.transactions()).taskExecutor(new SimpleAsyncTaskExecutor("parallel-")).build()).build();
		}

		@Bean
		Job chunks(JobRepository repository, Steps steps, MessageWriter writer) {
			return new JobBuilder("chunks", repository).start(steps.step("concurrent")
				.<String, String>chunk(2)
				.reader(new ListItemReader<>(List.of("a", "b")))
				.processor((item) -> {
					writer.writeApart("chunks/processed/" + item);
					return item;
				})
				.writer((items) -> items.forEach((item) -> writer.write("chunks/written/" + item)))
				.transactionManager(steps.transactions())
				.taskExecutor(new SimpleAsyncTaskExecutor("concurrent-"))
				.build()).build();
		}

		@Bean
		Job partitioned(JobRepository repository, Steps steps, MessageWriter writer) {
			Step worker = steps.step("worker").tasklet((contribution, chunk) -> {
				writer.write("partitioned/" + chunk.getStepContext().getStepName());
				return RepeatStatus.FINISHED;
			}, steps.transactions()).build();
			return new JobBuilder("partitioned", repository)
				.start(steps.step("partitions")
					.partitioner("worker",
							(size) -> Map.of("partition0", new ExecutionContext(), "partition1",
									new ExecutionContext()))
					.step(worker)
					.taskExecutor(new SimpleAsyncTaskExecutor("partition-"))
					.build())
				.build();
		}

		@Bean
		Job split(JobRepository repository, Steps steps) {
			Flow left = new FlowBuilder<Flow>("left").start(steps.writing("left", () -> "split/left")).build();
			Flow right = new FlowBuilder<Flow>("right").start(steps.writing("right", () -> "split/right")).build();
			return new JobBuilder("split", repository).start(
					new FlowBuilder<Flow>("both").split(new SimpleAsyncTaskExecutor("split-")).add(left, right).build())
				.end()
				.build();
		}

	}

	/**
	 * Builds steps that are no beans.
	 *
	 * @param repository for each step
	 * @param transactions for each chunk
	 * @param writer what steps write with
	 */
	record Steps(JobRepository repository, PlatformTransactionManager transactions, MessageWriter writer) {

		StepBuilder step(String name) {
			return new StepBuilder(name, this.repository);
		}

		Step writing(String name, Supplier<String> key) {
			return step(name).tasklet((contribution, chunk) -> {
				this.writer.write(key.get());
				return RepeatStatus.FINISHED;
			}, this.transactions).build();
		}

	}

}
