package io.bemi.autoconfigure.entrypoint;

import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Role;
import org.springframework.transaction.event.TransactionalApplicationListener;

/**
 * {@link AutoConfiguration Auto-configuration} that makes entry points of
 * {@code @TransactionalEventListener} methods.
 */
@AutoConfiguration
@ConditionalOnClass(TransactionalApplicationListener.class)
@ConditionalOnProperty(name = "bemi.enabled", matchIfMissing = true)
public final class BemiTransactionalEventAutoConfiguration {

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	TransactionalEventEntryPoints bemiTransactionalEventEntryPoints(ConfigurableApplicationContext context) {
		return new TransactionalEventEntryPoints(context);
	}

}
