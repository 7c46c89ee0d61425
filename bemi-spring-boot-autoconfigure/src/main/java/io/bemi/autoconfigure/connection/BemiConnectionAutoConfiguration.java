package io.bemi.autoconfigure.connection;

import javax.sql.DataSource;

import io.bemi.context.ContextWriter;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.context.annotation.Role;

/**
 * {@link AutoConfiguration Auto-configuration} that makes the application's connections
 * carry the context.
 */
@AutoConfiguration
@ConditionalOnClass(value = DataSource.class, name = "org.postgresql.core.BaseConnection")
@ConditionalOnProperty(name = "bemi.enabled", matchIfMissing = true)
@EnableConfigurationProperties(BemiConnectionProperties.class)
@ImportRuntimeHints(ConnectionRuntimeHints.class)
public final class BemiConnectionAutoConfiguration {

	// Made before all other beans: it asks for what it needs when it meets a DataSource.
	@Bean
	@ConditionalOnMissingBean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static ContextDataSourcePostProcessor bemiDataSourcePostProcessor(
			ObjectProvider<BemiConnectionProperties> properties, ObjectProvider<ContextWriter> writer) {
		return new ContextDataSourcePostProcessor(properties, writer);
	}

}
