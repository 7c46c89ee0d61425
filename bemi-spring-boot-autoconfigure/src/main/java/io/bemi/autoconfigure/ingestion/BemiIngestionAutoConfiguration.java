package io.bemi.autoconfigure.ingestion;

import java.util.Set;

import io.bemi.autoconfigure.observation.BemiObservationAutoConfiguration;
import io.bemi.autoconfigure.observation.Observations;
import io.bemi.autoconfigure.replication.SourceDetailsResolver;
import io.bemi.autoconfigure.store.BemiStoreAutoConfiguration;
import io.bemi.autoconfigure.store.StoreDetailsResolver;
import io.bemi.autoconfigure.tracking.BemiTrackingProperties;
import io.bemi.ingestion.BaselineSettings;
import io.bemi.ingestion.IngestionListener;
import io.micrometer.core.instrument.binder.MeterBinder;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Auto-configuration of ingestion inside the application.
 */
@AutoConfiguration(after = { BemiObservationAutoConfiguration.class, BemiStoreAutoConfiguration.class })
@ConditionalOnProperty(name = "bemi.ingestion.enabled", matchIfMissing = true)
@ConditionalOnBean({ SourceDetailsResolver.class, StoreDetailsResolver.class })
@EnableConfigurationProperties({ BemiIngestionProperties.class, BemiTrackingProperties.class })
public final class BemiIngestionAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	BemiIngestion bemiIngestion(SourceDetailsResolver source, StoreDetailsResolver store,
			BemiIngestionProperties properties, BemiTrackingProperties tracking,
			ObjectProvider<IngestionListener> listeners) {
		return new BemiIngestion(new ApplicationIngester(source, store,
				new BaselineSettings(properties.getBaseline().getExclude()), tracking::rules,
				Set.copyOf(tracking.getSkipRoles()), () -> listeners.orderedStream().toList()));
	}

	@Bean
	ObservedIngestion bemiObservedIngestion(ObjectProvider<Observations> observations) {
		return new ObservedIngestion(observations.getIfAvailable(() -> Observations.NONE));
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(MeterBinder.class)
	static class MetricsConfiguration {

		@Bean
		@ConditionalOnMissingBean
		IngestionMetrics bemiIngestionMetrics(BemiIngestion ingestion) {
			return new IngestionMetrics(ingestion);
		}

		@Bean
		@ConditionalOnMissingBean
		StoreMetrics bemiStoreMetrics() {
			return new StoreMetrics();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(name = "org.springframework.boot.health.contributor.HealthIndicator")
	@Conditional(HealthIndicatorEnabled.class)
	static class HealthConfiguration {

		@Bean
		@ConditionalOnMissingBean(name = "bemiHealthIndicator")
		IngestionHealthIndicator bemiHealthIndicator(BemiIngestion ingestion) {
			return new IngestionHealthIndicator(ingestion);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(name = "org.springframework.boot.actuate.health.HealthIndicator")
	@Conditional(HealthIndicatorEnabled.class)
	static class HealthBoot3Configuration {

		@Bean
		@ConditionalOnMissingBean(name = "bemiHealthIndicator")
		IngestionHealthIndicatorBoot3 bemiHealthIndicator(BemiIngestion ingestion) {
			return new IngestionHealthIndicatorBoot3(ingestion);
		}

	}

	/**
	 * What the annotation for health indicators asks for, which is in another package on
	 * each Boot line.
	 */
	static class HealthIndicatorEnabled implements Condition {

		@Override
		public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
			Environment environment = context.getEnvironment();
			boolean defaults = environment.getProperty("management.health.defaults.enabled", Boolean.class, true);
			return environment.getProperty("management.health.bemi.enabled", Boolean.class, defaults);
		}

	}

}
