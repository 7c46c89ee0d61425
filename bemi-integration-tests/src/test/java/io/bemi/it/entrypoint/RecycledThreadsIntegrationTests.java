package io.bemi.it.entrypoint;

import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import io.bemi.context.BemiContext;
import io.bemi.context.ContextSnapshot;
import io.bemi.it.support.Applications;
import io.bemi.it.support.Http;
import io.bemi.it.support.Recorded;
import io.bemi.it.support.WebSecurity;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * One thread for all requests, one for all tasks, one for all that is scheduled, and code
 * that forgets to close its scopes: nothing of one piece of work is in the next.
 */
class RecycledThreadsIntegrationTests {

	private static TestDatabase database;

	private static ConfigurableApplicationContext application;

	private static Http http;

	@BeforeAll
	static void start() {
		database = PostgresServer.shared().createDatabase();
		database.execute("CREATE TABLE item (id text PRIMARY KEY)", "CREATE TABLE late (id text PRIMARY KEY)");
		application = Applications.start(database, Application.class, "server.tomcat.threads.max=1",
				"server.tomcat.threads.min-spare=1", "spring.task.execution.pool.core-size=1",
				"spring.task.scheduling.pool.size=1");
		http = Http.to(application);
	}

	@AfterAll
	static void stop() {
		application.close();
		database.close();
	}

	@Test
	void nextRequestHasNothingOfTheLast() {
		assertThat(http.post("alice", "/items/1?forget=alice").body()).isEqualTo(http.post("bob", "/items/2").body());
		http.post("carol", "/items/3?forget=carol");
		http.post("alice", "/items/4");
		Map<String, Map<String, Object>> contexts = Recorded.await(database, "item", 4)
			.stream()
			.collect(Collectors.toMap(Recorded::key, Recorded::context));
		assertThat(contexts.get("1")).containsEntry("user", "alice").containsEntry("forgotten", "alice");
		assertThat(contexts.get("2")).containsEntry("user", "bob").doesNotContainKey("forgotten");
		assertThat(contexts.get("3")).containsEntry("user", "carol").containsEntry("forgotten", "carol");
		assertThat(contexts.get("4")).containsEntry("user", "alice").doesNotContainKey("forgotten");
	}

	@Test
	void asynchronousWorkHasItsOwnRequestWhileTheThreadAndTheRequestServeAnother() {
		http.post("alice", "/late/1");
		// The same thread, and the container's same request object.
		http.post("bob", "/late/2");
		http.post("carol", "/late/release");
		assertThat(Recorded.await(database, "late", 3, "user"))
			.isEqualTo(Map.of("1", "alice", "2", "bob", "release", "carol"));
	}

	@Test
	void threadOfTheExecutorIsLeftWithoutContext() throws Exception {
		http.post("alice", "/items/forgetful");
		AsyncTaskExecutor executor = application.getBean("applicationTaskExecutor", AsyncTaskExecutor.class);
		assertThat(executor.submit(ContextSnapshot::current).get()).isSameAs(ContextSnapshot.NONE);
	}

	@Test
	void nextRunOfAScheduledMethodHasNothingOfTheLast() throws Exception {
		BlockingQueue<Map<String, Object>> runs = application.getBean(Jobs.class).runs;
		for (int i = 0; i < 3; i++) {
			assertThat(runs.poll(10, TimeUnit.SECONDS)).isEmpty();
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableAsync
	@EnableScheduling
	@Import({ WebSecurity.class, Items.class, Tasks.class, Jobs.class })
	static class Application {

	}

	@RestController
	static class Items {

		private final JdbcClient jdbc;

		private final Tasks tasks;

		Items(JdbcClient jdbc, Tasks tasks) {
			this.jdbc = jdbc;
			this.tasks = tasks;
		}

		@PostMapping("/items/{id}")
		String add(@PathVariable String id, @RequestParam(defaultValue = "") String forget) {
			if (!forget.isEmpty()) {
				forget(Map.of("forgotten", forget));
			}
			if ("forgetful".equals(id)) {
				this.tasks.forget();
			}
			else {
				this.jdbc.sql("INSERT INTO item VALUES (?)").param(id).update();
			}
			return Thread.currentThread().getName();
		}

		@PostMapping("/late/{id}")
		void addLater(@PathVariable String id) {
			if ("release".equals(id)) {
				this.tasks.release();
			}
			this.tasks.add(id);
		}

	}

	static class Tasks {

		private final CountDownLatch released = new CountDownLatch(1);

		private final JdbcClient jdbc;

		Tasks(JdbcClient jdbc) {
			this.jdbc = jdbc;
		}

		void release() {
			this.released.countDown();
		}

		@Async
		void add(String id) {
			try {
				this.released.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			this.jdbc.sql("INSERT INTO late VALUES (?)").param(id).update();
		}

		@Async
		void forget() {
			RecycledThreadsIntegrationTests.forget(Map.of("forgotten", "by a task"));
		}

	}

	static class Jobs {

		private final BlockingQueue<Map<String, Object>> runs = new LinkedBlockingQueue<>();

		@Scheduled(fixedDelay = 10)
		void run() {
			this.runs.add(BemiContext.current());
			forget(Map.of("forgotten", "by a job"));
		}

	}

	@SuppressWarnings("MustBeClosedChecker")
	private static void forget(Map<String, String> context) {
		BemiContext.open(context);
	}

}
