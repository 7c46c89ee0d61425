package io.bemi.autoconfigure.entrypoint;

import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.context.annotation.Role;
import org.springframework.kafka.config.AbstractKafkaListenerContainerFactory;

/**
 * {@link AutoConfiguration Auto-configuration} for the context of Kafka messages.
 */
@AutoConfiguration
@ConditionalOnClass(AbstractKafkaListenerContainerFactory.class)
@ConditionalOnProperty(name = "bemi.enabled", matchIfMissing = true)
@ImportRuntimeHints(KafkaRuntimeHints.class)
public final class BemiKafkaAutoConfiguration {

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static KafkaListenerPostProcessor bemiKafkaListenerPostProcessor() {
		return new KafkaListenerPostProcessor();
	}

}
