package io.bemi.autoconfigure.entrypoint;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.bemi.context.BemiContext;
import io.bemi.context.ContextSnapshot;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.event.TransactionPhase;
import org.springframework.transaction.event.TransactionalApplicationListener;
import org.springframework.transaction.event.TransactionalEventListener;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link BemiTransactionalEventAutoConfiguration}.
 */
class BemiTransactionalEventAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(BemiTransactionalEventAutoConfiguration.class));

	@Test
	void listenersOfAllPhasesAreEntryPointsWithinTheContextOfThePublisher() {
		this.contextRunner.withUserConfiguration(Application.class).run((context) -> {
			List<String> contexts = context.getBean(Listeners.class).contexts;
			BemiContext.run(Map.of("a", 1), () -> publish(context, "event"));
			assertThat(contexts).containsExactlyInAnyOrder(within("Listeners.beforeCommit"),
					within("Listeners.afterCommit"), within("Listeners.afterCompletion"));
			contexts.clear();
			BemiContext.run(Map.of("a", 1), () -> rollBack(context, "event"));
			assertThat(contexts).containsExactlyInAnyOrder(within("Listeners.afterRollback"),
					within("Listeners.afterCompletion"));
		});
	}

	@Test
	void publisherGoesOnInItsOwnContext() {
		this.contextRunner.withUserConfiguration(Application.class).run((context) -> {
			BemiContext.run(Map.of("a", 1), () -> {
				publish(context, "event");
				assertThat(WrittenContext.now()).isEqualTo("{\"a\":1}");
			});
			publish(context, "event");
			assertThat(ContextSnapshot.current()).isSameAs(ContextSnapshot.NONE);
		});
	}

	@Test
	void listenerMayPublishWhatItListensTo() {
		this.contextRunner.withUserConfiguration(NestedApplication.class).run((context) -> {
			publish(context, 3);
			assertThat(context.getBean(Nested.class).contexts).hasSize(4)
				.containsOnly(WrittenContext.of("event", "Nested.on"));
			assertThat(ContextSnapshot.current()).isSameAs(ContextSnapshot.NONE);
		});
	}

	@Test
	void failureOfAListenerIsAsBefore() {
		this.contextRunner.withUserConfiguration(Application.class).run((context) -> {
			assertThatIllegalStateException().isThrownBy(() -> publish(context, 'x')).withMessage("as expected");
			assertThat(ContextSnapshot.current()).isSameAs(ContextSnapshot.NONE);
		});
	}

	@Test
	void programmaticListenersAreEntryPoints() {
		this.contextRunner.withUserConfiguration(Application.class).run((context) -> {
			publish(context, 1L);
			assertThat(context.getBean(Listeners.class).contexts)
				.containsExactly(WrittenContext.of("event", "Application.programmatic"));
		});
	}

	@Test
	void backsOffWhenDisabledOrWithoutTransactions() {
		this.contextRunner.withUserConfiguration(Application.class)
			.withPropertyValues("bemi.enabled=false")
			.run((context) -> {
				publish(context, 1L);
				assertThat(context.getBean(Listeners.class).contexts).containsExactly(WrittenContext.NONE);
			});
		this.contextRunner.withClassLoader(new FilteredClassLoader(TransactionalApplicationListener.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(TransactionalEventEntryPoints.class));
	}

	private static String within(String method) {
		return "{\"a\":1," + WrittenContext.of("event", method).substring(1);
	}

	private static void publish(ApplicationContext context, Object event) {
		new TransactionTemplate(context.getBean(PlatformTransactionManager.class))
			.executeWithoutResult((status) -> context.publishEvent(event));
	}

	private static void rollBack(ApplicationContext context, Object event) {
		new TransactionTemplate(context.getBean(PlatformTransactionManager.class)).executeWithoutResult((status) -> {
			context.publishEvent(event);
			status.setRollbackOnly();
		});
	}

	@Configuration(proxyBeanMethods = false)
	@EnableTransactionManagement
	@Import({ Listeners.class, Manager.class })
	static class Application {

		@Bean
		static TransactionalApplicationListener<?> programmatic(Listeners listeners) {
			return TransactionalApplicationListener.<Object>forPayload(TransactionPhase.BEFORE_COMMIT,
					(payload) -> record(listeners, payload));
		}

		private static void record(Listeners listeners, Object payload) {
			if (payload instanceof Long) {
				listeners.contexts.add(WrittenContext.now());
			}
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableTransactionManagement
	@Import({ Nested.class, Manager.class })
	static class NestedApplication {

	}

	static class Listeners {

		private final List<String> contexts = new ArrayList<>();

		@TransactionalEventListener(phase = TransactionPhase.BEFORE_COMMIT)
		void beforeCommit(String event) {
			this.contexts.add(WrittenContext.now());
		}

		@TransactionalEventListener
		void afterCommit(String event) {
			this.contexts.add(WrittenContext.now());
		}

		@TransactionalEventListener(phase = TransactionPhase.AFTER_ROLLBACK)
		void afterRollback(String event) {
			this.contexts.add(WrittenContext.now());
		}

		@TransactionalEventListener(phase = TransactionPhase.AFTER_COMPLETION, id = "an id of its own")
		void afterCompletion(String event) {
			this.contexts.add(WrittenContext.now());
		}

		@TransactionalEventListener(phase = TransactionPhase.BEFORE_COMMIT)
		void fail(Character event) {
			throw new IllegalStateException("as expected");
		}

	}

	static class Nested {

		private final List<String> contexts = new ArrayList<>();

		private final ApplicationEventPublisher publisher;

		private final TransactionTemplate transaction;

		Nested(ApplicationEventPublisher publisher, PlatformTransactionManager transactionManager) {
			this.publisher = publisher;
			this.transaction = new TransactionTemplate(transactionManager);
			this.transaction.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
		}

		@TransactionalEventListener
		void on(Integer event) {
			if (event > 0) {
				this.transaction.executeWithoutResult((status) -> this.publisher.publishEvent(event - 1));
			}
			this.contexts.add(WrittenContext.now());
		}

	}

	static class Manager extends AbstractPlatformTransactionManager {

		private int open;

		@Override
		protected Object doGetTransaction() {
			return this;
		}

		@Override
		protected boolean isExistingTransaction(Object transaction) {
			return this.open > 0;
		}

		@Override
		protected void doBegin(Object transaction, TransactionDefinition definition) {
			this.open++;
		}

		@Override
		protected Object doSuspend(Object transaction) {
			return this;
		}

		@Override
		protected void doResume(@org.jspecify.annotations.Nullable Object transaction, Object suspendedResources) {
		}

		@Override
		protected void doCommit(DefaultTransactionStatus status) {
		}

		@Override
		protected void doRollback(DefaultTransactionStatus status) {
		}

		@Override
		protected void doCleanupAfterCompletion(Object transaction) {
			this.open--;
		}

	}

}
