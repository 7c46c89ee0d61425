package io.bemi.it.timetravel;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;

import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import io.bemi.timetravel.TimeTravel;
import io.micrometer.context.ContextExecutorService;
import io.micrometer.context.ContextSnapshotFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.core.task.support.ContextPropagatingTaskDecorator;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * The past goes along with work that is handed over to another thread, and with no other;
 * a thread of a pool reads the present again afterwards.
 */
class HandOverIntegrationTests {

	private static TestDatabase database;

	private static ConfigurableApplicationContext application;

	private static Shelves shelves;

	private static long past;

	@BeforeAll
	static void start() {
		database = PostgresServer.shared().createDatabase();
		ShelfApplication.createTables(database);
		application = io.bemi.it.support.Applications.startWithoutWeb(database, Application.class);
		shelves = application.getBean(Shelves.class);
		past = ShelfApplication.write(database);
	}

	@AfterAll
	static void stop() {
		application.close();
		database.close();
	}

	private static <T> T at(Supplier<T> work) {
		return application.getBean(TimeTravel.class).at(past, work);
	}

	private static String read() {
		String jpa = String.valueOf(shelves.findById(1L).orElseThrow().getNote());
		assertThat(application.getBean(JdbcTemplate.class)
			.queryForObject("SELECT note FROM shelf WHERE id = 1", String.class)).isEqualTo(jpa);
		return jpa;
	}

	private static <T> T get(Future<T> future) {
		try {
			return future.get();
		}
		catch (InterruptedException | ExecutionException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * One thread, which works for both.
	 */
	private static void check(ExecutorService handsOver, ExecutorService plain) {
		try {
			for (int i = 0; i < 3; i++) {
				assertThat(at(() -> get(handsOver.submit(HandOverIntegrationTests::read)))).isEqualTo("past 1");
				assertThat(get(handsOver.submit(HandOverIntegrationTests::read))).isEqualTo("present 1");
				assertThat(at(() -> get(plain.submit(HandOverIntegrationTests::read)))).isEqualTo("present 1");
				assertThat(get(plain.submit(HandOverIntegrationTests::read))).isEqualTo("present 1");
			}
			assertThatThrownBy(() -> at(() -> get(handsOver.submit(() -> {
				throw new IllegalStateException("fails");
			})))).hasStackTraceContaining("fails");
			assertThat(get(plain.submit(HandOverIntegrationTests::read))).isEqualTo("present 1");
		}
		finally {
			handsOver.shutdown();
			plain.shutdown();
		}
	}

	@Test
	void aSnapshotOfMicrometerTakesItAlong() {
		ExecutorService pool = Executors.newSingleThreadExecutor();
		check(ContextExecutorService.wrap(pool, () -> ContextSnapshotFactory.builder().build().captureAll()), pool);
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void aVirtualThreadTakesItAlong() throws ReflectiveOperationException {
		ExecutorService threads = (ExecutorService) Executors.class.getMethod("newVirtualThreadPerTaskExecutor")
			.invoke(null);
		check(ContextExecutorService.wrap(threads, () -> ContextSnapshotFactory.builder().build().captureAll()),
				threads);
		SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor();
		executor.setVirtualThreads(true);
		executor.setTaskDecorator(new ContextPropagatingTaskDecorator());
		assertThat(at(() -> get(executor.submit(HandOverIntegrationTests::read)))).isEqualTo("past 1");
		assertThat(get(executor.submit(HandOverIntegrationTests::read))).isEqualTo("present 1");
	}

	@Test
	void aDecoratorOfSpringTakesItAlong() {
		ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
		executor.setMaxPoolSize(1);
		executor.setTaskDecorator(new ContextPropagatingTaskDecorator());
		executor.initialize();
		try {
			assertThat(at(() -> get(executor.submit(HandOverIntegrationTests::read)))).isEqualTo("past 1");
			assertThat(get(executor.submit(HandOverIntegrationTests::read))).isEqualTo("present 1");
			assertThat(get(executor.getThreadPoolExecutor().submit(HandOverIntegrationTests::read)))
				.isEqualTo("present 1");
		}
		finally {
			executor.shutdown();
		}
	}

	/**
	 * As the context does, without a decorator of the application's.
	 */
	@Test
	void theExecutorsOfTheApplicationTakeItAlong() {
		for (String name : List.of("applicationTaskExecutor", "simpleExecutor")) {
			AsyncTaskExecutor executor = application.getBean(name, AsyncTaskExecutor.class);
			for (int i = 0; i < 10; i++) {
				assertThat(at(() -> get(executor.submit(HandOverIntegrationTests::read)))).as(name).isEqualTo("past 1");
				assertThat(get(executor.submit(HandOverIntegrationTests::read))).as(name).isEqualTo("present 1");
			}
		}
		Asynchronous asynchronous = application.getBean(Asynchronous.class);
		for (int i = 0; i < 10; i++) {
			assertThat(at(() -> get(asynchronous.read()))).isEqualTo("past 1");
			assertThat(get(asynchronous.read())).isEqualTo("present 1");
			assertThat(at(() -> get(asynchronous.readOnPlainThreads()))).isEqualTo("past 1");
			assertThat(get(asynchronous.readOnPlainThreads())).isEqualTo("present 1");
		}
	}

	@Test
	void aThreadThatNobodyHandsItOverToReadsThePresent() {
		List<String> seen = at(() -> {
			List<String> reads = new ArrayList<>();
			reads.add(get(CompletableFuture.supplyAsync(HandOverIntegrationTests::read)));
			FutureThread thread = new FutureThread(HandOverIntegrationTests::read);
			thread.start();
			reads.add(get(thread.result));
			reads.add(read());
			return reads;
		});
		assertThat(seen).containsExactly("present 1", "present 1", "past 1");
	}

	/**
	 * Work goes on in the past that it was begun in.
	 */
	@Test
	void workThatOutlivesItsCallerStaysInThePast() {
		ThreadPoolTaskExecutor executor = application.getBean("applicationTaskExecutor", ThreadPoolTaskExecutor.class);
		CountDownLatch over = new CountDownLatch(1);
		Future<String> late = at(() -> executor.submit(() -> {
			over.await();
			return read();
		}));
		over.countDown();
		assertThat(get(late)).isEqualTo("past 1");
		assertThat(read()).isEqualTo("present 1");
	}

	@Test
	void refusesWritesOnOtherThreads() {
		AsyncTaskExecutor executor = application.getBean("applicationTaskExecutor", AsyncTaskExecutor.class);
		assertThatThrownBy(() -> at(
				() -> get(executor.submit(() -> application.getBean(JdbcTemplate.class).update("DELETE FROM item")))))
			.hasStackTraceContaining("Nothing is written within the past as of");
		assertThat(database.query("SELECT count(*) FROM item")).containsExactly("2");
	}

	@Test
	void reactorTakesItAlong() {
		reactor.core.publisher.Hooks.enableAutomaticContextPropagation();
		try {
			Mono<String> mono = Mono.fromCallable(HandOverIntegrationTests::read)
				.subscribeOn(Schedulers.boundedElastic());
			String then = at(() -> mono.block());
			assertThat(then).isEqualTo("past 1");
			assertThat(mono.block()).isEqualTo("present 1");
		}
		finally {
			reactor.core.publisher.Hooks.disableAutomaticContextPropagation();
		}
	}

	/**
	 * A thread and what it found.
	 */
	private static final class FutureThread extends Thread {

		private final CompletableFuture<String> result = new CompletableFuture<>();

		private final Callable<String> work;

		private FutureThread(Callable<String> work) {
			this.work = work;
		}

		@Override
		public void run() {
			try {
				this.result.complete(this.work.call());
			}
			catch (Exception ex) {
				this.result.completeExceptionally(ex);
			}
		}

	}

	/**
	 * Reads on other threads.
	 */
	static class Asynchronous {

		@Async("simpleExecutor")
		Future<String> read() {
			return CompletableFuture.completedFuture(HandOverIntegrationTests.read());
		}

		@Async("plainThreads")
		Future<String> readOnPlainThreads() {
			return CompletableFuture.completedFuture(HandOverIntegrationTests.read());
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(ShelfApplication.class)
	static class Application {

		@Bean
		ThreadPoolTaskExecutor applicationTaskExecutor() {
			ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
			executor.setCorePoolSize(1);
			executor.setMaxPoolSize(1);
			return executor;
		}

		@Bean
		SimpleAsyncTaskExecutor simpleExecutor() {
			return new SimpleAsyncTaskExecutor();
		}

		@Bean(destroyMethod = "shutdown")
		ExecutorService plainThreads() {
			return Executors.newSingleThreadExecutor();
		}

		@Bean
		Asynchronous asynchronous() {
			return new Asynchronous();
		}

	}

}
