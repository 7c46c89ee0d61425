package io.bemi.it.entrypoint;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import io.bemi.it.support.Applications;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.kafka.annotation.BackOff;
import org.springframework.kafka.annotation.DltHandler;
import org.springframework.kafka.annotation.EnableKafkaRetryTopic;
import org.springframework.kafka.annotation.KafkaHandler;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.annotation.RetryableTopic;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.kafka.listener.RecordInterceptor;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.annotation.Payload;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.util.backoff.FixedBackOff;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The contexts of Kafka messages, from an embedded broker.
 */
class KafkaIntegrationTests {

	private static final String EARLIEST = "auto.offset.reset=earliest";

	private static final String TRACE_PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

	@Test
	void eachMessageHasItsContextAndLeavesNothing() {
		try (TestDatabase database = PostgresServer.shared().createDatabase()) {
			MessageWriter.createTable(database);
			try (ConfigurableApplicationContext application = Applications.startWithoutWeb(database,
					Application.class)) {
				@SuppressWarnings("unchecked")
				KafkaTemplate<String, String> kafka = application.getBean(KafkaTemplate.class);
				kafka.send("records", "first").join();
				kafka.send("records", "second").join();
				ProducerRecord<String, String> traced = new ProducerRecord<>("records", "traced");
				traced.headers().add("traceparent", TRACE_PARENT.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
				kafka.send(traced).join();
				kafka.send("records", "retried").join();
				kafka.send("records", "last").join();
				kafka.send("committed-later", "committed").join();
				kafka.send("batches", "batch").join();
				kafka.send("by-payload", "handler").join();
				kafka.send("retryable", "topic").join();
				Map<String, Map<String, Object>> expected = new HashMap<>();
				for (String key : List.of("first", "second", "retried/1", "retried/2", "last")) {
					expected.put(key, MessageWriter.context("kafka", "Listeners.record"));
				}
				expected.put("traced", Map.of("_bemi", Map.of("entryPoint", "kafka", "method", "Listeners.record",
						"traceId", "0af7651916cd43dd8448eb211c80319c", "spanId", "b7ad6b7169203331")));
				expected.put("committed", MessageWriter.context("kafka", "Listeners.committedLater"));
				expected.put("batch", MessageWriter.context("kafka", "Listeners.batch"));
				expected.put("handler", MessageWriter.context("kafka", "ByPayload.text"));
				expected.put("topic/1", MessageWriter.context("kafka", "Listeners.retryable"));
				expected.put("topic/2", MessageWriter.context("kafka", "Listeners.retryable"));
				expected.put("topic/dead", MessageWriter.context("kafka", "Listeners.dead"));
				assertThat(MessageWriter.contexts(database, expected.size())).isEqualTo(expected);
				assertThat(MessageWriter.threads(database, "first")).isEqualTo(MessageWriter.threads(database, "last"));
				application.getBean(MessageWriter.class).assertNothingLeft(6);
			}
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableKafkaRetryTopic
	@Import({ KafkaBroker.class, MessageWriter.class, Listeners.class, ByPayload.class })
	static class Application {

		// By Spring Boot into its container factory.
		@Bean
		RecordInterceptor<Object, Object> interceptor(MessageWriter writer) {
			return new RecordInterceptor<>() {
				@Override
				public @Nullable ConsumerRecord<Object, Object> intercept(ConsumerRecord<Object, Object> message,
						Consumer<Object, Object> consumer) {
					return message;
				}

				@Override
				public void afterRecord(ConsumerRecord<Object, Object> message, Consumer<Object, Object> consumer) {
					writer.lookAround();
				}
			};
		}

		@Bean
		DefaultErrorHandler errorHandler() {
			return new DefaultErrorHandler(new FixedBackOff(0, 2));
		}

		// Only a transaction manager that knows Kafka is meant to stay.
		@SuppressWarnings("removal")
		@Bean
		ConcurrentKafkaListenerContainerFactory<Object, Object> transactional(ConsumerFactory<Object, Object> consumers,
				PlatformTransactionManager transactions) {
			ConcurrentKafkaListenerContainerFactory<Object, Object> factory = new ConcurrentKafkaListenerContainerFactory<>();
			factory.setConsumerFactory(consumers);
			factory.getContainerProperties().setTransactionManager(transactions);
			return factory;
		}

		@Bean
		ThreadPoolTaskScheduler scheduler() {
			return new ThreadPoolTaskScheduler();
		}

	}

	static class Listeners {

		private final AtomicInteger attempts = new AtomicInteger();

		private final AtomicInteger retryableAttempts = new AtomicInteger();

		private final MessageWriter writer;

		Listeners(MessageWriter writer) {
			this.writer = writer;
		}

		@KafkaListener(topics = "records", groupId = "it", properties = EARLIEST)
		void record(@Payload String key) {
			if (key.equals("retried")) {
				int attempt = this.attempts.incrementAndGet();
				this.writer.writeApart(key + "/" + attempt);
				if (attempt == 1) {
					throw new IllegalStateException("on purpose");
				}
				return;
			}
			this.writer.write(key);
		}

		@KafkaListener(topics = "committed-later", groupId = "it", containerFactory = "transactional",
				properties = EARLIEST)
		void committedLater(@Payload String key) {
			this.writer.write(key);
		}

		@KafkaListener(topics = "batches", groupId = "it", batch = "true", properties = EARLIEST)
		void batch(List<Message<String>> messages) {
			messages.forEach((message) -> this.writer.writeApart(message.getPayload()));
		}

		@RetryableTopic(attempts = "2", backOff = @BackOff(delay = 50))
		@KafkaListener(topics = "retryable", groupId = "it", properties = EARLIEST)
		void retryable(@Payload String key) {
			this.writer.writeApart(key + "/" + this.retryableAttempts.incrementAndGet());
			throw new IllegalStateException("on purpose");
		}

		@DltHandler
		void dead(@Payload String key) {
			this.writer.writeApart(key + "/dead");
		}

	}

	@KafkaListener(topics = "by-payload", groupId = "it", properties = EARLIEST)
	static class ByPayload {

		private final MessageWriter writer;

		ByPayload(MessageWriter writer) {
			this.writer = writer;
		}

		@KafkaHandler
		void text(String key) {
			this.writer.writeApart(key);
		}

		@KafkaHandler
		void bytes(byte[] key) {
			throw new IllegalStateException();
		}

	}

}
