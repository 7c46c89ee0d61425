package io.bemi.autoconfigure.store;

import io.bemi.autoconfigure.replication.BemiReplicationAutoConfiguration;
import io.bemi.autoconfigure.replication.SourceDetailsResolver;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ImportRuntimeHints;

/**
 * Auto-configuration of where changes are stored.
 */
@AutoConfiguration(after = BemiReplicationAutoConfiguration.class)
@ConditionalOnBean(SourceDetailsResolver.class)
@EnableConfigurationProperties(BemiStoreProperties.class)
@ImportRuntimeHints(StoreRuntimeHints.class)
public final class BemiStoreAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	StoreDetailsResolver bemiStoreDetailsResolver(BemiStoreProperties properties, SourceDetailsResolver source) {
		return new StoreDetailsResolver(properties, source);
	}

}
