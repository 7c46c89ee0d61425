package io.bemi.it.entrypoint;

import jakarta.jms.ConnectionFactory;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * The application's JMS provider: one embedded Artemis for all tests.
 */
@Configuration(proxyBeanMethods = false)
class JmsBroker {

	private static final String URL = "vm://0";

	private static @Nullable EmbeddedActiveMQ broker;

	private static synchronized void start() throws Exception {
		if (broker == null) {
			EmbeddedActiveMQ started = new EmbeddedActiveMQ();
			started.setConfiguration(new ConfigurationImpl().setPersistenceEnabled(false)
				.setSecurityEnabled(false)
				.addAcceptorConfiguration("vm", URL));
			started.start();
			broker = started;
		}
	}

	@Bean
	ConnectionFactory jms() throws Exception {
		start();
		return new ActiveMQConnectionFactory(URL);
	}

}
