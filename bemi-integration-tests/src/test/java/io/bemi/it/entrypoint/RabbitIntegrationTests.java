package io.bemi.it.entrypoint;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import io.bemi.it.support.Applications;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import org.aopalliance.intercept.MethodInterceptor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.annotation.Queue;
import org.springframework.amqp.rabbit.annotation.RabbitHandler;
import org.springframework.amqp.rabbit.annotation.RabbitListener;
import org.springframework.amqp.rabbit.config.SimpleRabbitListenerContainerFactory;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.transaction.PlatformTransactionManager;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The contexts of RabbitMQ messages, from a real server.
 */
class RabbitIntegrationTests {

	@BeforeAll
	static void isInstalled() {
		if (Boolean.parseBoolean(System.getenv("CI"))) {
			assertThat(RabbitBroker.isInstalled()).as(RabbitBroker.HOW_TO_INSTALL).isTrue();
		}
		Assumptions.assumeTrue(RabbitBroker.isInstalled(), RabbitBroker.HOW_TO_INSTALL);
	}

	@Test
	void eachMessageHasItsContextAndLeavesNothing() {
		try (TestDatabase database = PostgresServer.shared().createDatabase()) {
			MessageWriter.createTable(database);
			try (ConfigurableApplicationContext application = Applications.startWithoutWeb(database,
					Application.class)) {
				RabbitTemplate rabbit = application.getBean(RabbitTemplate.class);
				for (String key : List.of("first", "second", "again", "last")) {
					rabbit.convertAndSend("text", key);
				}
				rabbit.convertAndSend("batch", "batch");
				rabbit.convertAndSend("committed-later", "committed");
				rabbit.convertAndSend("by-payload", "handler");
				Map<String, Map<String, Object>> expected = new HashMap<>();
				for (String key : List.of("first", "second", "again/1", "again/2", "last")) {
					expected.put(key, MessageWriter.context("rabbit", "Listeners.text"));
				}
				expected.put("batch", MessageWriter.context("rabbit", "Listeners.batch"));
				expected.put("committed", MessageWriter.context("rabbit", "Listeners.committedLater"));
				expected.put("handler", MessageWriter.context("rabbit", "ByPayload.text"));
				assertThat(MessageWriter.contexts(database, expected.size())).isEqualTo(expected);
				assertThat(MessageWriter.threads(database, "first"))
					.isEqualTo(MessageWriter.threads(database, "second"));
				application.getBean(MessageWriter.class).assertNothingLeft(1);
			}
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ RabbitBroker.class, MessageWriter.class, Listeners.class, ByPayload.class })
	static class Application {

		@Bean
		SimpleRabbitListenerContainerFactory rabbitListenerContainerFactory(ConnectionFactory connections,
				MessageWriter writer) {
			SimpleRabbitListenerContainerFactory factory = new SimpleRabbitListenerContainerFactory();
			factory.setConnectionFactory(connections);
			// The container calls it on the consumer's thread when the listener has
			// failed.
			factory.setErrorHandler((failure) -> writer.lookAround());
			return factory;
		}

		@Bean
		SimpleRabbitListenerContainerFactory batches(ConnectionFactory connections) {
			SimpleRabbitListenerContainerFactory factory = new SimpleRabbitListenerContainerFactory();
			factory.setConnectionFactory(connections);
			factory.setBatchListener(true);
			factory.setConsumerBatchEnabled(true);
			factory.setBatchSize(2);
			factory.setReceiveTimeout(100L);
			factory.setAdviceChain(advice());
			return factory;
		}

		private static MethodInterceptor advice() {
			return (invocation) -> {
				@Nullable Object result = invocation.proceed();
				return result;
			};
		}

		@Bean
		SimpleRabbitListenerContainerFactory transactional(ConnectionFactory connections,
				PlatformTransactionManager transactions) {
			SimpleRabbitListenerContainerFactory factory = new SimpleRabbitListenerContainerFactory();
			factory.setConnectionFactory(connections);
			factory.setChannelTransacted(true);
			factory.setTransactionManager(transactions);
			return factory;
		}

	}

	static class Listeners {

		private final AtomicInteger attempts = new AtomicInteger();

		private final MessageWriter writer;

		Listeners(MessageWriter writer) {
			this.writer = writer;
		}

		@RabbitListener(queuesToDeclare = @Queue("text"))
		void text(String key) {
			if (key.equals("again")) {
				int attempt = this.attempts.incrementAndGet();
				this.writer.writeApart(key + "/" + attempt);
				if (attempt == 1) {
					throw new IllegalStateException("on purpose");
				}
				return;
			}
			this.writer.write(key);
		}

		@RabbitListener(queuesToDeclare = @Queue("batch"), containerFactory = "batches")
		void batch(List<Message> messages) {
			messages.forEach((message) -> this.writer
				.writeApart(new String(message.getBody(), java.nio.charset.StandardCharsets.UTF_8)));
		}

		@RabbitListener(queuesToDeclare = @Queue("committed-later"), containerFactory = "transactional")
		void committedLater(String key) {
			this.writer.write(key);
		}

	}

	@RabbitListener(queuesToDeclare = @Queue("by-payload"))
	static class ByPayload {

		private final MessageWriter writer;

		ByPayload(MessageWriter writer) {
			this.writer = writer;
		}

		@RabbitHandler
		void text(String key) {
			this.writer.writeApart(key);
		}

		@RabbitHandler
		void bytes(byte[] key) {
			throw new IllegalStateException();
		}

	}

}
