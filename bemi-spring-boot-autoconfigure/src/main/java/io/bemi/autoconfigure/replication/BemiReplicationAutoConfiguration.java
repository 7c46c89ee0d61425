package io.bemi.autoconfigure.replication;

import javax.sql.DataSource;

import io.bemi.replication.ReplicationSettings;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ImportRuntimeHints;

/**
 * Auto-configuration of where the write-ahead log is read from.
 */
@AutoConfiguration(afterName = { "org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration",
		"org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration" })
@ConditionalOnProperty(name = "bemi.enabled", matchIfMissing = true)
@ConditionalOnClass({ ReplicationSettings.class, org.postgresql.Driver.class })
@EnableConfigurationProperties(BemiReplicationProperties.class)
@ImportRuntimeHints(ReplicationRuntimeHints.class)
public final class BemiReplicationAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	SourceDetailsResolver bemiSourceDetailsResolver(BemiReplicationProperties properties,
			ObjectProvider<DataSource> dataSources, ListableBeanFactory beanFactory) {
		return new SourceDetailsResolver(properties, dataSources, beanFactory);
	}

}
