package io.bemi.autoconfigure.entrypoint;

import org.springframework.amqp.rabbit.config.AbstractRabbitListenerContainerFactory;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.context.annotation.Role;

/**
 * {@link AutoConfiguration Auto-configuration} for the context of RabbitMQ messages.
 */
@AutoConfiguration
@ConditionalOnClass(AbstractRabbitListenerContainerFactory.class)
@ConditionalOnProperty(name = "bemi.enabled", matchIfMissing = true)
@ImportRuntimeHints(RabbitRuntimeHints.class)
public final class BemiRabbitAutoConfiguration {

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static RabbitListenerPostProcessor bemiRabbitListenerPostProcessor() {
		return new RabbitListenerPostProcessor();
	}

}
