package io.bemi.autoconfigure.query;

import javax.sql.DataSource;

import io.bemi.autoconfigure.observation.BemiObservationAutoConfiguration;
import io.bemi.autoconfigure.observation.Observations;
import io.bemi.autoconfigure.replication.SourceDetailsResolver;
import io.bemi.autoconfigure.store.BemiStoreAutoConfiguration;
import io.bemi.autoconfigure.store.BemiStoreProperties;
import io.bemi.autoconfigure.store.StoreDetailsResolver;
import io.bemi.query.Changes;
import io.bemi.query.EntityTables;
import io.bemi.query.IngestionBarrier;
import io.bemi.query.JdbcChanges;
import io.bemi.replication.ReplicationSettings;
import io.bemi.store.chain.ChainVerifier;
import io.bemi.store.erasure.HistoryEraser;
import io.bemi.store.StoreSettings;
import jakarta.persistence.EntityManagerFactory;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Auto-configuration of the entry to the history.
 */
@AutoConfiguration(after = { BemiObservationAutoConfiguration.class, BemiStoreAutoConfiguration.class })
@ConditionalOnBean(BemiStoreProperties.class)
@ConditionalOnSingleCandidate(DataSource.class)
@EnableConfigurationProperties(BemiQueryProperties.class)
public final class BemiQueryAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	Changes bemiChanges(BemiQueryProperties query, BemiStoreProperties properties, StoreDetailsResolver store,
			ObjectProvider<SourceDetailsResolver> source, ObjectProvider<DataSource> dataSource,
			ObjectProvider<EntityTables> entities, ObjectProvider<Observations> observations) {
		return new JdbcChanges(stored(properties, store, dataSource), query.settings(properties.getSchema()),
				entities.getIfUnique(() -> EntityTables.NONE), barrier(source.getIfAvailable(), dataSource.getObject()),
				new ObservedQuestions(observations.getIfAvailable(() -> Observations.NONE)));
	}

	@Bean
	@ConditionalOnMissingBean
	ChainVerifier bemiChainVerifier(BemiStoreProperties properties, StoreDetailsResolver store,
			ObjectProvider<DataSource> dataSource) {
		return new ChainVerifier(stored(properties, store, dataSource), properties.getSchema());
	}

	@Bean
	@ConditionalOnMissingBean
	HistoryEraser bemiHistoryEraser(BemiStoreProperties properties, StoreDetailsResolver store,
			ObjectProvider<DataSource> dataSource) {
		return new HistoryEraser(stored(properties, store, dataSource), properties.getSchema());
	}

	private static DataSource stored(BemiStoreProperties properties, StoreDetailsResolver store,
			ObjectProvider<DataSource> dataSource) {
		return (properties.getUrl() != null) ? separate(store.settings().orElseThrow()) : dataSource.getObject();
	}

	/**
	 * Waits for ingestion.
	 * @param source what is recorded, if that is known
	 * @param dataSource the application's data source: that is where it commits
	 * @return the barrier; {@code null} when nothing tells what is recorded
	 */
	public static @Nullable IngestionBarrier barrier(@Nullable SourceDetailsResolver source, DataSource dataSource) {
		return (source != null) ? source.settings()
			.map(ReplicationSettings::slot)
			.map((slot) -> new IngestionBarrier(dataSource, slot))
			.orElse(null) : null;
	}

	private static DataSource separate(StoreSettings settings) {
		PGSimpleDataSource separate = new PGSimpleDataSource();
		separate.setUrl(settings.url());
		separate.setUser(settings.username());
		separate.setPassword(settings.password());
		return separate;
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(
			name = { "jakarta.persistence.EntityManagerFactory", "org.hibernate.engine.spi.SessionFactoryImplementor" })
	static class EntityConfiguration {

		@Bean
		@ConditionalOnMissingBean(EntityTables.class)
		HibernateEntityTables bemiEntityTables(ObjectProvider<EntityManagerFactory> entityManagerFactory) {
			return new HibernateEntityTables(entityManagerFactory);
		}

	}

}
