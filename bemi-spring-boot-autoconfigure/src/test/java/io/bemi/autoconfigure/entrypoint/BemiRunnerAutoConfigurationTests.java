package io.bemi.autoconfigure.entrypoint;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;

import io.bemi.context.ContextSnapshot;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.CommandLineRunner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.context.event.ApplicationStartedEvent;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.ApplicationEventMulticaster;
import org.springframework.context.event.EventListener;
import org.springframework.context.event.SimpleApplicationEventMulticaster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link BemiRunnerAutoConfiguration}.
 */
class BemiRunnerAutoConfigurationTests {

	private static final List<String> contexts = new ArrayList<>();

	@BeforeEach
	void forget() {
		contexts.clear();
	}

	@AfterEach
	void threadIsLeftWithoutContext() {
		assertThat(ContextSnapshot.current()).isSameAs(ContextSnapshot.NONE);
	}

	@Test
	void runnersAreEntryPoints() {
		run(Application.class, Seeds.class);
		assertThat(contexts).containsExactlyInAnyOrder(WrittenContext.of("runner", "Application.applicationRunner"),
				WrittenContext.of("runner", "Application.commandLineRunner"), WrittenContext.of("runner", "Seeds.run"));
	}

	@Test
	void listenersWhileTheApplicationBecomesReadyBelongToIt() {
		run(Listeners.class);
		assertThat(contexts).containsExactly(WrittenContext.of("runner", "Listeners.onStarted"),
				WrittenContext.of("runner", "Listeners.onReady"));
	}

	@Test
	void failureOfARunnerIsAsBefore() {
		assertThatIllegalStateException().isThrownBy(() -> run(Failing.class)).withMessage("as expected");
		assertThat(contexts).hasSize(1);
	}

	@Test
	void runnerMayEndTheApplication() {
		run(Closing.class);
		run(Stopping.class);
		assertThat(contexts).hasSize(2);
	}

	@Test
	void parentAndChildHaveTheirOwn() {
		try (ConfigurableApplicationContext child = new SpringApplicationBuilder(Application.class,
				BemiRunnerAutoConfiguration.class)
			.web(WebApplicationType.NONE)
			.child(Seeds.class, BemiRunnerAutoConfiguration.class)
			.web(WebApplicationType.NONE)
			.run()) {
			assertThat(contexts).containsExactlyInAnyOrder(WrittenContext.of("runner", "Application.applicationRunner"),
					WrittenContext.of("runner", "Application.commandLineRunner"),
					WrittenContext.of("runner", "Seeds.run"));
			assertThat(ContextSnapshot.current()).isSameAs(ContextSnapshot.NONE);
		}
	}

	@Test
	void eventsOnOtherThreadsMakeNoDifference() {
		run(Application.class, Multicasting.class);
		assertThat(contexts).containsExactlyInAnyOrder(WrittenContext.of("runner", "Application.applicationRunner"),
				WrittenContext.of("runner", "Application.commandLineRunner"));
	}

	@Test
	void backsOffWhenDisabled() {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(BemiRunnerAutoConfiguration.class))
			.withPropertyValues("bemi.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(RunnerEntryPoint.class));
	}

	private static void run(Class<?>... sources) {
		SpringApplicationBuilder builder = new SpringApplicationBuilder(sources).web(WebApplicationType.NONE)
			.sources(BemiRunnerAutoConfiguration.class);
		try (ConfigurableApplicationContext context = builder.run()) {
			assertThat(ContextSnapshot.current()).isSameAs(ContextSnapshot.NONE);
		}
	}

	@Configuration
	static class Application {

		@Bean
		ApplicationRunner applicationRunner() {
			return (arguments) -> contexts.add(WrittenContext.now());
		}

		@Bean
		CommandLineRunner commandLineRunner() {
			return (arguments) -> contexts.add(WrittenContext.now());
		}

	}

	static class Seeds implements ApplicationRunner {

		@Override
		public void run(ApplicationArguments arguments) {
			contexts.add(WrittenContext.now());
		}

	}

	@Configuration
	static class Listeners {

		@EventListener
		void onStarted(ApplicationStartedEvent event) {
			contexts.add(WrittenContext.now());
		}

		@EventListener
		void onReady(ApplicationReadyEvent event) {
			contexts.add(WrittenContext.now());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Failing {

		@Bean
		ApplicationRunner runner() {
			return (arguments) -> {
				contexts.add(WrittenContext.now());
				throw new IllegalStateException("as expected");
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Closing {

		@Bean
		ApplicationRunner runner(ConfigurableApplicationContext context) {
			return (arguments) -> {
				contexts.add(WrittenContext.now());
				context.close();
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Stopping {

		@Bean
		ApplicationRunner runner(ConfigurableApplicationContext context) {
			return (arguments) -> {
				contexts.add(WrittenContext.now());
				context.stop();
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Multicasting {

		@Bean
		ApplicationEventMulticaster applicationEventMulticaster() {
			SimpleApplicationEventMulticaster multicaster = new SimpleApplicationEventMulticaster();
			multicaster.setTaskExecutor(Executors.newSingleThreadExecutor((task) -> {
				Thread thread = new Thread(task);
				thread.setDaemon(true);
				return thread;
			}));
			return multicaster;
		}

	}

}
