package io.bemi.autoconfigure.entrypoint;

import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.context.annotation.Role;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

/**
 * {@link AutoConfiguration Auto-configuration} that makes the executors of the
 * application context take the context along to their threads.
 */
@AutoConfiguration
@ConditionalOnClass(ThreadPoolTaskExecutor.class)
@ConditionalOnProperty(name = "bemi.enabled", matchIfMissing = true)
@ImportRuntimeHints(ExecutorRuntimeHints.class)
public final class BemiExecutorAutoConfiguration {

	// No bean of type TaskDecorator: it would compete with the application's own.
	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static ContextExecutorPostProcessor bemiExecutorPostProcessor() {
		return new ContextExecutorPostProcessor();
	}

}
