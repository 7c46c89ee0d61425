package io.bemi.autoconfigure.tracking;

import javax.sql.DataSource;

import io.bemi.autoconfigure.replication.BemiReplicationProperties;
import io.bemi.tracking.Tracking;
import io.bemi.tracking.TrackingSettings;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.migration.JavaMigration;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.env.Environment;

/**
 * {@link AutoConfiguration Auto-configuration} that makes the database record who changes
 * which rows.
 */
@AutoConfiguration(afterName = { "org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration",
		"org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration" })
@ConditionalOnProperty(name = "bemi.enabled", matchIfMissing = true)
@ConditionalOnClass(Tracking.class)
@ConditionalOnSingleCandidate(DataSource.class)
@EnableConfigurationProperties({ BemiTrackingProperties.class, BemiReplicationProperties.class })
@ImportRuntimeHints(TrackingRuntimeHints.class)
public final class BemiTrackingAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	Tracking bemiTracking(BemiTrackingProperties properties, BemiReplicationProperties replication,
			Environment environment) {
		String owner = environment.getProperty("spring.application.name", "");
		return new Tracking(new TrackingSettings(owner.isBlank() ? "application" : owner, properties.getInclude(),
				properties.getExclude(), replication.getPublication(), properties.isSqlComments(),
				properties.getSkipRoles()));
	}

	// Created by Flyway, before most other beans: it asks for the DataSource later.
	@Bean
	@ConditionalOnMissingBean
	BemiTrackingInstaller bemiTrackingInstaller(Tracking tracking, BemiTrackingProperties properties,
			ObjectProvider<DataSource> dataSource) {
		return new BemiTrackingInstaller(tracking, properties.getMode(), dataSource);
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(Flyway.class)
	@ConditionalOnProperty(name = "bemi.tracking.mode", havingValue = "auto", matchIfMissing = true)
	@ImportRuntimeHints(FlywayRuntimeHints.class)
	static class FlywayConfiguration {

		@Bean
		JavaMigration bemiTrackingMigration() {
			return new BemiTrackingMigration();
		}

		@Bean
		Callback bemiTrackingCallback(BemiTrackingInstaller installer) {
			return BemiTrackingCallback.create(installer);
		}

	}

}
