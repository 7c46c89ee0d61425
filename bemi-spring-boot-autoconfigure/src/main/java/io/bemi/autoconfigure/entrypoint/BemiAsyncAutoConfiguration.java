package io.bemi.autoconfigure.entrypoint;

import org.springframework.aop.framework.Advised;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Role;
import org.springframework.scheduling.annotation.AsyncAnnotationAdvisor;

/**
 * {@link AutoConfiguration Auto-configuration} that gives {@code @Async} methods the
 * context of their callers, whichever executor runs them.
 */
@AutoConfiguration
@ConditionalOnClass({ Advised.class, AsyncAnnotationAdvisor.class })
@ConditionalOnProperty(name = "bemi.enabled", matchIfMissing = true)
public final class BemiAsyncAutoConfiguration {

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static AsyncEntryPointPostProcessor bemiAsyncPostProcessor() {
		return new AsyncEntryPointPostProcessor();
	}

}
