package io.bemi.it.entrypoint;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import io.bemi.it.support.Applications;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageListener;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jms.annotation.JmsListener;
import org.springframework.jms.config.DefaultJmsListenerContainerFactory;
import org.springframework.jms.config.JmsListenerEndpointRegistry;
import org.springframework.jms.config.SimpleJmsListenerEndpoint;
import org.springframework.jms.core.JmsTemplate;
import org.springframework.transaction.PlatformTransactionManager;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The contexts of JMS messages, from an embedded Artemis.
 */
class JmsIntegrationTests {

	@Test
	void eachMessageHasItsContextAndLeavesNothing() {
		try (TestDatabase database = PostgresServer.shared().createDatabase()) {
			MessageWriter.createTable(database);
			try (ConfigurableApplicationContext application = Applications.startWithoutWeb(database,
					Application.class)) {
				JmsTemplate jms = application.getBean(JmsTemplate.class);
				registerLate(application);
				for (String key : List.of("first", "second", "again", "last")) {
					jms.convertAndSend("text", key);
				}
				jms.convertAndSend("committed-later", "committed");
				jms.convertAndSend("late", "late");
				Map<String, Map<String, Object>> expected = new HashMap<>();
				for (String key : List.of("first", "second", "again/1", "again/2", "last")) {
					expected.put(key, MessageWriter.context("jms", "Listeners.text"));
				}
				expected.put("committed", MessageWriter.context("jms", "Listeners.committedLater"));
				expected.put("late", MessageWriter.context("jms", "Late.onMessage"));
				assertThat(MessageWriter.contexts(database, expected.size())).isEqualTo(expected);
				assertThat(MessageWriter.threads(database, "first"))
					.isEqualTo(MessageWriter.threads(database, "second"));
				application.getBean(MessageWriter.class).assertNothingLeft(1);
			}
		}
	}

	private static void registerLate(ConfigurableApplicationContext application) {
		SimpleJmsListenerEndpoint endpoint = new SimpleJmsListenerEndpoint();
		endpoint.setId("late");
		endpoint.setDestination("late");
		endpoint.setMessageListener(new Late(application.getBean(MessageWriter.class)));
		application.getBean(JmsListenerEndpointRegistry.class)
			.registerListenerContainer(endpoint,
					application.getBean("transactional", DefaultJmsListenerContainerFactory.class), true);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ JmsBroker.class, MessageWriter.class, Listeners.class })
	static class Application {

		// The container calls it on its own thread when the listener has failed.
		@Bean
		DefaultJmsListenerContainerFactory jmsListenerContainerFactory(ConnectionFactory connections,
				MessageWriter writer) {
			DefaultJmsListenerContainerFactory factory = new DefaultJmsListenerContainerFactory();
			factory.setConnectionFactory(connections);
			factory.setSessionTransacted(true);
			factory.setErrorHandler((failure) -> writer.lookAround());
			return factory;
		}

		@Bean
		DefaultJmsListenerContainerFactory transactional(ConnectionFactory connections,
				PlatformTransactionManager transactions) {
			DefaultJmsListenerContainerFactory factory = new DefaultJmsListenerContainerFactory();
			factory.setConnectionFactory(connections);
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

		@JmsListener(destination = "text")
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

		@JmsListener(destination = "committed-later", containerFactory = "transactional")
		void committedLater(String key) {
			this.writer.write(key);
		}

	}

	record Late(MessageWriter writer) implements MessageListener {

		@Override
		public void onMessage(Message message) {
			try {
				this.writer.write(message.getBody(String.class));
			}
			catch (JMSException ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

}
