package io.bemi.autoconfigure.entrypoint;

import org.springframework.batch.core.job.AbstractJob;
import org.springframework.batch.core.step.AbstractStep;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.context.annotation.Role;

/**
 * {@link AutoConfiguration Auto-configuration} for the context of Spring Batch's jobs and
 * steps.
 */
@AutoConfiguration
@ConditionalOnClass({ AbstractJob.class, AbstractStep.class })
@ConditionalOnProperty(name = "bemi.enabled", matchIfMissing = true)
@ImportRuntimeHints(BatchRuntimeHints.class)
public final class BemiBatchAutoConfiguration {

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static BatchPostProcessor bemiBatchPostProcessor() {
		return new BatchPostProcessor();
	}

}
