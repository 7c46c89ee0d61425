package io.bemi.autoconfigure.observation;

import io.micrometer.observation.ObservationRegistry;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of observations.
 */
@AutoConfiguration
@ConditionalOnProperty(name = "bemi.enabled", matchIfMissing = true)
@ConditionalOnClass(ObservationRegistry.class)
public final class BemiObservationAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(Observations.class)
	MicrometerObservations bemiObservations(ObjectProvider<ObservationRegistry> registry) {
		return new MicrometerObservations(registry);
	}

}
