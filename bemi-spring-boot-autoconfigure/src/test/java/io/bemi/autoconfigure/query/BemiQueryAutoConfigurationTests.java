package io.bemi.autoconfigure.query;

import java.time.Duration;
import java.util.Optional;

import javax.sql.DataSource;

import io.bemi.autoconfigure.replication.BemiReplicationAutoConfiguration;
import io.bemi.autoconfigure.store.BemiStoreAutoConfiguration;
import io.bemi.change.Change;
import io.bemi.query.ChangeQuery;
import io.bemi.query.Changes;
import io.bemi.query.EntityTables;
import io.bemi.query.QuerySettings;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link BemiQueryAutoConfiguration}.
 */
class BemiQueryAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(BemiReplicationAutoConfiguration.class,
				BemiStoreAutoConfiguration.class, BemiQueryAutoConfiguration.class));

	@Test
	void contributesTheEntryToTheHistory() {
		this.contextRunner.withBean(DataSource.class, PGSimpleDataSource::new)
			.run((context) -> assertThat(context).hasSingleBean(Changes.class));
	}

	@Test
	void backsOffForTheUsersBean() {
		Changes own = new Changes() {

			@Override
			public ChangeQuery query() {
				throw new IllegalStateException();
			}

			@Override
			public Optional<Change> find(String id) {
				return Optional.empty();
			}

		};
		this.contextRunner.withBean(DataSource.class, PGSimpleDataSource::new)
			.withBean(Changes.class, () -> own)
			.run((context) -> assertThat(context.getBean(Changes.class)).isSameAs(own));
	}

	@Test
	void takesItsProperties() {
		this.contextRunner.withBean(DataSource.class, PGSimpleDataSource::new)
			.withPropertyValues("bemi.query.timeout=1500ms", "bemi.query.await-timeout=1m")
			.run((context) -> {
				BemiQueryProperties properties = context.getBean(BemiQueryProperties.class);
				assertThat(properties.settings("audit"))
					.isEqualTo(new QuerySettings("audit", Duration.ofMillis(1500), Duration.ofMinutes(1)));
			});
	}

	@Test
	void knowsNoEntitiesWithoutHibernate() {
		this.contextRunner.withBean(DataSource.class, PGSimpleDataSource::new)
			.withClassLoader(new FilteredClassLoader("org.hibernate"))
			.run((context) -> assertThat(context).hasSingleBean(Changes.class).doesNotHaveBean(EntityTables.class));
	}

	@Test
	void knowsNoEntitiesWithoutJpa() {
		this.contextRunner.withBean(DataSource.class, PGSimpleDataSource::new)
			.withClassLoader(new FilteredClassLoader("jakarta.persistence"))
			.run((context) -> assertThat(context).hasSingleBean(Changes.class).doesNotHaveBean(EntityTables.class));
	}

	@Test
	void backsOffForTheUsersEntityTables() {
		this.contextRunner.withBean(DataSource.class, PGSimpleDataSource::new)
			.withBean(EntityTables.class, () -> EntityTables.NONE)
			.run((context) -> assertThat(context.getBean(EntityTables.class)).isSameAs(EntityTables.NONE));
	}

	@Test
	void backsOffWithoutDataSource() {
		this.contextRunner.run((context) -> assertThat(context).doesNotHaveBean(Changes.class));
	}

	@Test
	void backsOffWhenDisabled() {
		this.contextRunner.withBean(DataSource.class, PGSimpleDataSource::new)
			.withPropertyValues("bemi.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(Changes.class));
	}

}
