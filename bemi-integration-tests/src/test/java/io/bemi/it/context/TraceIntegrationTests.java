package io.bemi.it.context;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import brave.Tracing;
import brave.handler.SpanHandler;
import brave.sampler.Sampler;
import io.bemi.context.BemiContext;
import io.bemi.it.support.Applications;
import io.bemi.it.support.Http;
import io.bemi.it.support.Recorded;
import io.bemi.it.support.WebSecurity;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.brave.bridge.BraveBaggageManager;
import io.micrometer.tracing.brave.bridge.BraveCurrentTraceContext;
import io.micrometer.tracing.brave.bridge.BraveTracer;
import jakarta.servlet.Filter;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Traces, meters, and the context in reactive operators.
 */
class TraceIntegrationTests {

	@Test
	void hasTheTraceOfMicrometerTracing() {
		try (TestDatabase database = database();
				ConfigurableApplicationContext application = Applications.start(database, TracedApplication.class)) {
			String ids = Http.to(application).post("alice", "/items/1").body();
			Recorded change = Recorded.await(database, "item", 1).get(0);
			assertThat(change.fact("traceId") + " " + change.fact("spanId")).isEqualTo(ids)
				.matches("\\w{16,32} \\w{16}");
		}
	}

	@Test
	void contextsAreCounted() {
		try (TestDatabase database = database();
				ConfigurableApplicationContext application = Applications.start(database, Application.class)) {
			SimpleMeterRegistry registry = new SimpleMeterRegistry();
			application.getBeanProvider(MeterBinder.class).forEach((binder) -> binder.bindTo(registry));
			Http.to(application).post("alice", "/items/1");
			Http.to(application).post("alice", "/items/2");
			assertThat(registry.get("bemi.context.sent").functionCounter().count()).isEqualTo(2);
			assertThat(registry.get("bemi.context.kept").functionCounter().count()).isEqualTo(2);
			assertThat(registry.get("bemi.context.failed").functionCounter().count()).isZero();
		}
	}

	@Test
	void travelsThroughReactiveOperators() {
		Hooks.enableAutomaticContextPropagation();
		try (TestDatabase database = database();
				ConfigurableApplicationContext application = Applications.start(database, Application.class)) {
			assertThat(Http.to(application).post("alice", "/reactive/1").statusCode()).isEqualTo(200);
			assertThat(Http.to(application).post("bob", "/reactive/2").statusCode()).isEqualTo(200);
			JdbcClient jdbc = application.getBean(JdbcClient.class);
			Mono.fromCallable(() -> jdbc.sql("INSERT INTO item VALUES (3)").update())
				.subscribeOn(Schedulers.boundedElastic())
				.block(Duration.ofSeconds(60));
			assertThat(Recorded.await(database, "item", 3, "user"))
				.isEqualTo(Map.of("1", "alice", "2", "bob", "3", "null"));
			assertThat(BemiContext.current()).isEmpty();
		}
		finally {
			Hooks.disableAutomaticContextPropagation();
		}
	}

	private static TestDatabase database() {
		TestDatabase database = PostgresServer.shared().createDatabase();
		database.execute("CREATE TABLE item (id int PRIMARY KEY)");
		return database;
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ WebSecurity.class, Items.class })
	static class Application {

	}

	@Configuration(proxyBeanMethods = false)
	@Import(Application.class)
	static class TracedApplication {

		@Bean
		BraveTracer tracer() {
			Tracing tracing = Tracing.newBuilder()
				.addSpanHandler(SpanHandler.NOOP)
				.sampler(Sampler.ALWAYS_SAMPLE)
				.build();
			return new BraveTracer(tracing.tracer(), new BraveCurrentTraceContext(tracing.currentTraceContext()),
					new BraveBaggageManager(List.of(), List.of()));
		}

		@Bean
		FilterRegistrationBean<Filter> span(Tracer tracer) {
			FilterRegistrationBean<Filter> registration = new FilterRegistrationBean<>((request, response, chain) -> {
				Span span = tracer.nextSpan().start();
				try (Tracer.SpanInScope scope = tracer.withSpan(span)) {
					chain.doFilter(request, response);
				}
				finally {
					span.end();
				}
			});
			registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
			return registration;
		}

	}

	@RestController
	static class Items {

		private final JdbcClient jdbc;

		private final @Nullable Tracer tracer;

		Items(JdbcClient jdbc, ObjectProvider<Tracer> tracer) {
			this.jdbc = jdbc;
			this.tracer = tracer.getIfAvailable();
		}

		@PostMapping("/items/{id}")
		String add(@PathVariable int id) {
			this.jdbc.sql("INSERT INTO item VALUES (?)").param(id).update();
			Span span = (this.tracer != null) ? this.tracer.currentSpan() : null;
			return (span != null) ? span.context().traceId() + " " + span.context().spanId() : "";
		}

		@PostMapping("/reactive/{id}")
		void addLater(@PathVariable int id) {
			Mono.fromCallable(() -> this.jdbc.sql("INSERT INTO item VALUES (?)").param(id).update())
				.subscribeOn(Schedulers.boundedElastic())
				.block(Duration.ofSeconds(60));
		}

	}

}
