package io.bemi.autoconfigure.entrypoint;

import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Role;
import org.springframework.scheduling.annotation.SchedulingConfigurer;

/**
 * {@link AutoConfiguration Auto-configuration} that opens a context around each run of a
 * {@code @Scheduled} method.
 */
@AutoConfiguration
@ConditionalOnClass(SchedulingConfigurer.class)
@ConditionalOnProperty(name = "bemi.enabled", matchIfMissing = true)
public final class BemiSchedulingAutoConfiguration {

	// No candidate where an application injects or looks for its own one.
	@Bean(autowireCandidate = false)
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static ScheduledEntryPoints bemiScheduledEntryPoints() {
		return new ScheduledEntryPoints();
	}

}
