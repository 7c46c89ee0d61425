package io.bemi.autoconfigure.timetravel;

import java.util.LinkedHashSet;

import javax.sql.DataSource;

import io.bemi.autoconfigure.query.BemiQueryAutoConfiguration;
import io.bemi.autoconfigure.replication.SourceDetailsResolver;
import io.bemi.autoconfigure.store.BemiStoreProperties;
import io.bemi.autoconfigure.store.StoreDetailsResolver;
import io.bemi.query.Changes;
import io.bemi.query.EntityTables;
import io.bemi.store.StoreSettings;
import io.bemi.timetravel.EntityReader;
import io.bemi.timetravel.JdbcTimeTravel;
import io.bemi.timetravel.TimeTravel;
import io.bemi.timetravel.TravelParticipant;
import io.bemi.timetravel.TravellingApplication;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.context.annotation.Role;
import org.springframework.orm.jpa.EntityManagerHolder;

/**
 * Auto-configuration of time travel.
 */
@AutoConfiguration(after = BemiQueryAutoConfiguration.class)
@ConditionalOnBean(BemiStoreProperties.class)
@ConditionalOnSingleCandidate(DataSource.class)
@EnableConfigurationProperties(BemiTimeTravelProperties.class)
public final class BemiTimeTravelAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBean(Changes.class)
	TimeTravel bemiTimeTravel(BemiTimeTravelProperties properties, BemiStoreProperties storeProperties,
			StoreDetailsResolver store, ObjectProvider<SourceDetailsResolver> source, DataSource dataSource,
			Changes changes, ObjectProvider<TravelParticipant> participants, ObjectProvider<EntityReader> entities,
			ObjectProvider<EntityTables> tables) {
		DataSource stored = (storeProperties.getUrl() != null) ? separate(store.settings().orElseThrow()) : dataSource;
		TravellingApplication application = new TravellingApplication(dataSource,
				new LinkedHashSet<>(properties.getRowSecurity()), () -> participants.orderedStream().toList(),
				entities::getIfAvailable, tables.getIfUnique(() -> EntityTables.NONE));
		return new JdbcTimeTravel(application, stored, storeProperties.getSchema(), changes,
				BemiQueryAutoConfiguration.barrier(source.getIfAvailable(), dataSource));
	}

	private static DataSource separate(StoreSettings settings) {
		PGSimpleDataSource separate = new PGSimpleDataSource();
		separate.setUrl(settings.url());
		separate.setUser(settings.username());
		separate.setPassword(settings.password());
		return separate;
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ EntityManager.class, EntityManagerHolder.class })
	@ImportRuntimeHints(TimeTravelRuntimeHints.class)
	static class JpaConfiguration {

		@Bean
		@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
		static CacheBypassPostProcessor bemiCacheBypassPostProcessor() {
			return new CacheBypassPostProcessor();
		}

		@Bean
		PersistenceContextSwitch bemiPersistenceContextSwitch() {
			return new PersistenceContextSwitch();
		}

		@Bean
		@ConditionalOnMissingBean
		EntityReader bemiEntityReader(ObjectProvider<EntityManagerFactory> factories) {
			return new JpaEntityReader(factories);
		}

	}

}
