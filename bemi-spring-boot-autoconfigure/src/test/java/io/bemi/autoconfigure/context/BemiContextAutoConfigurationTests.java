package io.bemi.autoconfigure.context;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.bemi.context.BemiContext;
import io.bemi.context.ContextMeter;
import io.bemi.context.ContextProvider;
import io.bemi.context.ContextSnapshot;
import io.bemi.context.ContextWriter;
import io.bemi.context.EntryPoint;
import io.bemi.context.OnError;
import io.bemi.context.Trace;
import io.bemi.context.TraceSource;
import io.micrometer.context.ContextSnapshotFactory;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.tracing.Tracer;
import jakarta.persistence.EntityManager;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.core.Ordered;
import org.springframework.mock.web.MockFilterChain;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.orm.jpa.EntityManagerHolder;
import org.springframework.web.filter.OncePerRequestFilter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Answers.RETURNS_DEEP_STUBS;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link BemiContextAutoConfiguration}.
 */
class BemiContextAutoConfigurationTests {

	private final WebApplicationContextRunner contextRunner = new WebApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(BemiContextAutoConfiguration.class));

	@Test
	void registersFilterOutsideOfTheOthersForAllItsDispatches() {
		this.contextRunner.run((context) -> {
			FilterRegistrationBean<?> registration = context.getBean("bemiContextFilter", FilterRegistrationBean.class);
			assertThat(registration.getOrder()).isEqualTo(Ordered.HIGHEST_PRECEDENCE + 10);
			assertThat(registration.determineDispatcherTypes()).containsExactlyInAnyOrder(DispatcherType.REQUEST,
					DispatcherType.ASYNC, DispatcherType.ERROR);
			assertThat(registration.getFilter()).isInstanceOf(BemiContextFilter.class);
		});
	}

	@Test
	void filterOpensAndClosesTheContextOfTheRequest() {
		this.contextRunner.withBean(ContextProvider.class, () -> (request) -> Map.of("a", 1)).run((context) -> {
			String[] written = new String[1];
			ContextWriter writer = context.getBean(ContextWriter.class);
			Filter filter = Objects
				.requireNonNull(context.getBean("bemiContextFilter", FilterRegistrationBean.class).getFilter());
			MockHttpServletRequest request = new MockHttpServletRequest("PUT", "/todos/1");
			request.addHeader("X-Request-Id", "r-1");
			filter.doFilter(request, new MockHttpServletResponse(),
					new MockFilterChain(new jakarta.servlet.http.HttpServlet() {
						@Override
						protected void service(jakarta.servlet.http.HttpServletRequest inner,
								jakarta.servlet.http.HttpServletResponse response) {
							written[0] = writer.write(ContextSnapshot.current());
						}
					}));
			assertThat(written[0]).isEqualTo("{\"endpoint\":\"PUT /todos/1\",\"requestId\":\"r-1\",\"a\":1,"
					+ "\"_bemi\":{\"entryPoint\":\"http\"}}");
			assertThat(ContextSnapshot.current()).isSameAs(ContextSnapshot.NONE);
		});
	}

	@Test
	void bindsItsProperties() {
		this.contextRunner
			.withPropertyValues("bemi.context.on-error=fail", "bemi.context.max-size=2KB",
					"bemi.context.mask=iban,phone")
			.run((context) -> {
				BemiContextProperties properties = context.getBean(BemiContextProperties.class);
				assertThat(properties.getOnError()).isEqualTo(OnError.FAIL);
				assertThat(properties.getMaxSize().toBytes()).isEqualTo(2048);
				assertThat(properties.getMask()).containsExactly("iban", "phone");
				BemiContext.run(Map.of("phone", "1"),
						() -> assertThat(context.getBean(ContextWriter.class).write(ContextSnapshot.current()))
							.isEqualTo("{\"phone\":\"[masked]\"}"));
			});
	}

	@Test
	void backsOffWhenDisabled() {
		this.contextRunner.withPropertyValues("bemi.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(ContextWriter.class)
				.doesNotHaveBean("bemiContextFilter"));
	}

	@Test
	void usersWriterAndFilterWin() {
		ContextWriter own = new ContextWriter();
		FilterRegistrationBean<?> filter = new FilterRegistrationBean<>();
		filter.setEnabled(false);
		this.contextRunner.withBean(ContextWriter.class, () -> own)
			.withBean("bemiContextFilter", FilterRegistrationBean.class, () -> filter)
			.run((context) -> {
				assertThat(context).getBean(ContextWriter.class).isSameAs(own);
				assertThat(context).getBean("bemiContextFilter").isSameAs(filter);
			});
	}

	@Test
	void hasNoFilterOutsideOfServletApplications() {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(BemiContextAutoConfiguration.class))
			.run((context) -> assertThat(context).hasSingleBean(ContextWriter.class)
				.doesNotHaveBean("bemiContextFilter"));
		new ReactiveWebApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(BemiContextAutoConfiguration.class))
			.run((context) -> assertThat(context).hasSingleBean(ContextWriter.class)
				.doesNotHaveBean("bemiContextFilter"));
	}

	@Test
	void hasNoFilterWithoutSpringWeb() {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(BemiContextAutoConfiguration.class))
			.withClassLoader(new FilteredClassLoader(OncePerRequestFilter.class, Filter.class))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(ContextWriter.class)
				.doesNotHaveBean("bemiContextFilter"));
	}

	@Test
	void flushesOnlyWithJpaAndUnlessToldNotTo() {
		this.contextRunner.run((context) -> assertThat(context).hasSingleBean(PersistenceContextFlush.class));
		this.contextRunner.withPropertyValues("bemi.context.flush=false")
			.run((context) -> assertThat(context).doesNotHaveBean(PersistenceContextFlush.class));
		this.contextRunner.withClassLoader(new FilteredClassLoader(EntityManager.class, EntityManagerHolder.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(PersistenceContextFlush.class));
	}

	@Test
	void takesTheTraceFromMicrometer() {
		Tracer tracer = mock(Tracer.class, RETURNS_DEEP_STUBS);
		given(Objects.requireNonNull(tracer.currentSpan()).context().traceId()).willReturn("t1");
		given(Objects.requireNonNull(tracer.currentSpan()).context().spanId()).willReturn("s1");
		this.contextRunner.withBean(Tracer.class, () -> tracer).run((context) -> {
			try (BemiContext.Scope scope = new EntryPoint("job", "A.b").open()) {
				assertThat(context.getBean(ContextWriter.class).write(ContextSnapshot.current()))
					.contains("\"traceId\":\"t1\",\"spanId\":\"s1\"");
			}
		});
		this.contextRunner.withClassLoader(new FilteredClassLoader(Tracer.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(TraceSource.class));
	}

	@Test
	void usersTraceSourceWins() {
		TraceSource own = () -> new Trace("own", "span");
		this.contextRunner.withBean(TraceSource.class, () -> own)
			.run((context) -> assertThat(context).getBean(TraceSource.class).isSameAs(own));
	}

	@Test
	void countsContexts() {
		this.contextRunner.run((context) -> {
			SimpleMeterRegistry registry = new SimpleMeterRegistry();
			context.getBean(MeterBinder.class).bindTo(registry);
			BemiContext.run(Map.of("bad", new Object()),
					() -> context.getBean(ContextWriter.class).write(ContextSnapshot.current()));
			context.getBean(ContextMeter.class).sent();
			assertThat(registry.get("bemi.context.failed").functionCounter().count()).isEqualTo(1);
			assertThat(registry.get("bemi.context.sent").functionCounter().count()).isEqualTo(1);
			assertThat(registry.get("bemi.context.kept").functionCounter().count()).isZero();
			assertThat(registry.get("bemi.context.too.large").functionCounter().count()).isZero();
		});
		this.contextRunner.withClassLoader(new FilteredClassLoader(MeterBinder.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(ContextMeter.class));
	}

	@Test
	void travelsWithMicrometersContextPropagation() throws Exception {
		ContextSnapshotFactory factory = ContextSnapshotFactory.builder().build();
		Runnable[] work = new Runnable[1];
		List<Map<String, Object>> seen = new ArrayList<>();
		BemiContext.run(Map.of("user", "alice"),
				() -> work[0] = factory.captureAll().wrap((Runnable) () -> seen.add(BemiContext.current())));
		Thread other = new Thread(() -> {
			work[0].run();
			seen.add(BemiContext.current());
		});
		other.start();
		other.join();
		BemiContext.run(Map.of("user", "bob"), () -> {
			work[0].run();
			seen.add(BemiContext.current());
		});
		assertThat(seen).containsExactly(Map.of("user", "alice"), Map.of(), Map.of("user", "alice"),
				Map.of("user", "bob"));
		assertThat(ContextSnapshot.current()).isSameAs(ContextSnapshot.NONE);
	}

}
