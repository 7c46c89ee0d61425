package io.bemi.autoconfigure.query;

import javax.sql.DataSource;

import io.bemi.autoconfigure.store.BemiStoreAutoConfiguration;
import io.bemi.autoconfigure.store.BemiStoreProperties;
import io.bemi.autoconfigure.store.StoreDetailsResolver;
import io.bemi.query.Changes;
import io.bemi.query.JdbcChanges;
import io.bemi.store.StoreSettings;
import org.postgresql.ds.PGSimpleDataSource;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of the entry to the history.
 */
@AutoConfiguration(after = BemiStoreAutoConfiguration.class)
@ConditionalOnBean(BemiStoreProperties.class)
@ConditionalOnSingleCandidate(DataSource.class)
public final class BemiQueryAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	Changes bemiChanges(BemiStoreProperties properties, StoreDetailsResolver store,
			ObjectProvider<DataSource> dataSource) {
		boolean separate = properties.getUrl() != null;
		return new JdbcChanges(separate ? separate(store.settings().orElseThrow()) : dataSource.getObject(),
				properties.getSchema());
	}

	private static DataSource separate(StoreSettings settings) {
		PGSimpleDataSource separate = new PGSimpleDataSource();
		separate.setUrl(settings.url());
		separate.setUser(settings.username());
		separate.setPassword(settings.password());
		return separate;
	}

}
