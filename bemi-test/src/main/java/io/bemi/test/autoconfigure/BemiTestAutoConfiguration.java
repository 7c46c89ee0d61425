package io.bemi.test.autoconfigure;

import javax.sql.DataSource;

import io.bemi.test.TestStates;
import jakarta.persistence.Cache;
import jakarta.persistence.EntityManagerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Auto-configuration of test states.
 */
@AutoConfiguration(afterName = { "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration",
		"org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration" })
@ConditionalOnProperty(name = "bemi.enabled", matchIfMissing = true)
@ConditionalOnSingleCandidate(DataSource.class)
public final class BemiTestAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	TestStates bemiTestStates(DataSource dataSource) {
		return new TestStates(dataSource);
	}

	/**
	 * What is cached of the rows that are gone is no longer true.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(EntityManagerFactory.class)
	static class CacheConfiguration {

		@Bean
		SmartInitializingSingleton bemiTestStatesEvictCaches(TestStates states,
				ObjectProvider<EntityManagerFactory> factories) {
			return () -> states.afterMove(() -> factories.stream().forEach((factory) -> {
				Cache cache = factory.getCache();
				if (cache != null) {
					cache.evictAll();
				}
			}));
		}

	}

}
