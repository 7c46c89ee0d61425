package io.bemi.autoconfigure.entrypoint;

import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Role;

/**
 * {@link AutoConfiguration Auto-configuration} that opens a context around what an
 * application runs when it has started.
 */
@AutoConfiguration
@ConditionalOnProperty(name = "bemi.enabled", matchIfMissing = true)
public final class BemiRunnerAutoConfiguration {

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	RunnerEntryPoint bemiRunnerEntryPoint(ApplicationContext context) {
		return new RunnerEntryPoint(context);
	}

}
