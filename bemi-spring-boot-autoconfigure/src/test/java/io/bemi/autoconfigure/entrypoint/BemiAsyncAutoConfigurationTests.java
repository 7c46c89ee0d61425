package io.bemi.autoconfigure.entrypoint;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import io.bemi.context.BemiContext;
import io.bemi.context.ContextSnapshot;
import org.junit.jupiter.api.Test;
import org.springframework.aop.Advisor;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.support.AopUtils;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.AsyncAnnotationAdvisor;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link BemiAsyncAutoConfiguration}.
 */
class BemiAsyncAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(BemiAsyncAutoConfiguration.class));

	@Test
	void methodRunsInTheContextOfItsCallerOnAnyExecutor() {
		this.contextRunner.withUserConfiguration(Application.class).run((context) -> {
			Mails mails = context.getBean(Mails.class);
			try (BemiContext.Scope scope = BemiContext.open(Map.of("a", 1))) {
				assertThat(mails.send().join())
					.isEqualTo("{\"a\":1,\"_bemi\":{\"entryPoint\":\"async\",\"method\":\"Mails.send\"}}");
			}
			assertThat(mails.send().join()).isEqualTo(WrittenContext.of("async", "Mails.send"));
		});
	}

	@Test
	void leavesNothingOnTheThread() {
		this.contextRunner.withUserConfiguration(Application.class).run((context) -> {
			BemiContext.call(Map.of("a", 1), () -> context.getBean(Mails.class).send().join());
			Executor executor = context.getBean(Executor.class);
			assertThat(CompletableFuture.supplyAsync(WrittenContext::now, executor).join())
				.isEqualTo(WrittenContext.NONE);
			assertThat(ContextSnapshot.current()).isSameAs(ContextSnapshot.NONE);
		});
	}

	@Test
	void transactionBeginsWithinTheContext() {
		this.contextRunner.withUserConfiguration(Application.class, Transactions.class).run((context) -> {
			context.getBean(Mails.class).sendInTransaction().join();
			assertThat(context.getBean(Transactions.Manager.class).context)
				.isEqualTo(WrittenContext.of("async", "Mails.sendInTransaction"));
		});
	}

	@Test
	void proxiesOfInterfacesAndOfProxiesAreServedToo() {
		this.contextRunner.withUserConfiguration(Interfaces.class).run((context) -> {
			Sender sender = context.getBean(Sender.class);
			assertThat(AopUtils.isJdkDynamicProxy(sender)).isTrue();
			assertThat(sender.send().join()).isEqualTo(WrittenContext.of("async", "Faxes.send"));
		});
		this.contextRunner.withUserConfiguration(EarlyApplication.class, Transactions.class).run((context) -> {
			assertThat(AopUtils.isAopProxy(((Advised) context.getBean(Mails.class)).getTargetSource().getTarget()))
				.isTrue();
			assertThat(context.getBean(Mails.class).sendInTransaction().join())
				.isEqualTo(WrittenContext.of("async", "Mails.sendInTransaction"));
		});
	}

	@Test
	void makesNoProxyOfItsOwn() {
		this.contextRunner.withUserConfiguration(Application.class).run((context) -> {
			Mails mails = context.getBean(Mails.class);
			assertThat(AopUtils.isCglibProxy(mails)).isTrue();
			assertThat(AopUtils.isAopProxy(((Advised) mails).getTargetSource().getTarget())).isFalse();
			assertThat(AopUtils.isAopProxy(context.getBean(Plain.class))).isFalse();
			assertThat(advisorsOfAsync(context)).hasSize(3);
		});
	}

	@Test
	void exceptionsAreTheSame() {
		this.contextRunner.withUserConfiguration(Application.class)
			.run((context) -> assertThatExceptionOfType(CompletionException.class)
				.isThrownBy(() -> context.getBean(Mails.class).fail().join())
				.withCauseInstanceOf(IllegalStateException.class));
	}

	@Test
	void backsOffWhenDisabled() {
		this.contextRunner.withPropertyValues("bemi.enabled=false")
			.withUserConfiguration(Application.class)
			.run((context) -> {
				assertThat(context).doesNotHaveBean(AsyncEntryPointPostProcessor.class);
				assertThat(advisorsOfAsync(context)).hasOnlyElementsOfType(AsyncAnnotationAdvisor.class);
				assertThat(context.getBean(Mails.class).send().join()).isEqualTo(WrittenContext.NONE);
			});
	}

	private static List<Advisor> advisorsOfAsync(ApplicationContext context) {
		return List.of(((Advised) context.getBean(Mails.class)).getAdvisors());
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAsync
	@Import({ Mails.class, Plain.class, Threads.class })
	static class Application {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAsync
	@Import({ Faxes.class, Threads.class })
	static class Interfaces {

	}

	// Its proxies are made before those of transactions, which wrap them.
	@Configuration(proxyBeanMethods = false)
	@EnableAsync(order = Ordered.HIGHEST_PRECEDENCE)
	@Import({ Mails.class, Threads.class })
	static class EarlyApplication {

	}

	@Configuration(proxyBeanMethods = false)
	static class Threads {

		@Bean
		ExecutorService taskExecutor() {
			return Executors.newSingleThreadExecutor();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableTransactionManagement(proxyTargetClass = true)
	static class Transactions {

		@Bean
		Manager transactionManager() {
			return new Manager();
		}

		static class Manager extends AbstractPlatformTransactionManager {

			private volatile String context = "";

			@Override
			protected Object doGetTransaction() {
				return this;
			}

			@Override
			protected void doBegin(Object transaction, TransactionDefinition definition) {
				this.context = WrittenContext.now();
			}

			@Override
			protected void doCommit(DefaultTransactionStatus status) {
			}

			@Override
			protected void doRollback(DefaultTransactionStatus status) {
			}

		}

	}

	interface Sender {

		CompletableFuture<String> send();

	}

	static class Faxes implements Sender {

		@Async
		@Override
		public CompletableFuture<String> send() {
			return CompletableFuture.completedFuture(WrittenContext.now());
		}

	}

	static class Plain {

	}

	static class Mails {

		@Async
		CompletableFuture<String> send() {
			return CompletableFuture.completedFuture(WrittenContext.now());
		}

		@Async
		@Transactional
		CompletableFuture<String> sendInTransaction() {
			return CompletableFuture.completedFuture(WrittenContext.now());
		}

		@Async
		CompletableFuture<String> fail() {
			throw new IllegalStateException("no mail");
		}

	}

}
