package io.bemi.autoconfigure.entrypoint;

import jakarta.jms.Message;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.context.annotation.Role;
import org.springframework.jms.config.JmsListenerEndpointRegistry;

/**
 * {@link AutoConfiguration Auto-configuration} for the context of JMS messages.
 */
@AutoConfiguration
@ConditionalOnClass({ Message.class, JmsListenerEndpointRegistry.class })
@ConditionalOnProperty(name = "bemi.enabled", matchIfMissing = true)
@ImportRuntimeHints(JmsRuntimeHints.class)
public final class BemiJmsAutoConfiguration {

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static JmsListenerPostProcessor bemiJmsListenerPostProcessor(ApplicationContext context) {
		return new JmsListenerPostProcessor(context);
	}

}
