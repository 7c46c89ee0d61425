package io.bemi.it.entrypoint;

import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.test.EmbeddedKafkaKraftBroker;

/**
 * The application's Kafka: one embedded broker for all tests.
 */
@Configuration(proxyBeanMethods = false)
class KafkaBroker {

	private static @Nullable EmbeddedKafkaKraftBroker broker;

	private static synchronized EmbeddedKafkaKraftBroker shared() {
		if (broker == null) {
			EmbeddedKafkaKraftBroker started = new EmbeddedKafkaKraftBroker(1, 1);
			started.afterPropertiesSet();
			Runtime.getRuntime().addShutdownHook(new Thread(started::destroy));
			broker = started;
		}
		return broker;
	}

	@Bean
	KafkaConnectionDetails kafka() {
		List<String> servers = List.of(shared().getBrokersAsString().split(","));
		return () -> servers;
	}

}
