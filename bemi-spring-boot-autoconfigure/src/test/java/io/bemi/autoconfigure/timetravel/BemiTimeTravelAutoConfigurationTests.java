package io.bemi.autoconfigure.timetravel;

import java.util.function.Supplier;

import javax.sql.DataSource;

import io.bemi.autoconfigure.query.BemiQueryAutoConfiguration;
import io.bemi.autoconfigure.replication.BemiReplicationAutoConfiguration;
import io.bemi.autoconfigure.store.BemiStoreAutoConfiguration;
import io.bemi.timetravel.EntityReader;
import io.bemi.timetravel.Moment;
import io.bemi.timetravel.Past;
import io.bemi.timetravel.TimeTravel;
import jakarta.persistence.EntityManager;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

class BemiTimeTravelAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner().withConfiguration(
			AutoConfigurations.of(BemiReplicationAutoConfiguration.class, BemiStoreAutoConfiguration.class,
					BemiQueryAutoConfiguration.class, BemiTimeTravelAutoConfiguration.class));

	@Test
	void contributesThePast() {
		this.contextRunner.withBean(DataSource.class, PGSimpleDataSource::new)
			.run((context) -> assertThat(context).hasSingleBean(TimeTravel.class).hasSingleBean(EntityReader.class));
	}

	@Test
	void needsNoJpa() {
		this.contextRunner.withBean(DataSource.class, PGSimpleDataSource::new)
			.withClassLoader(new FilteredClassLoader(EntityManager.class))
			.run((context) -> assertThat(context).hasSingleBean(TimeTravel.class).doesNotHaveBean(EntityReader.class));
	}

	@Test
	void backsOffForTheUsersBean() {
		TimeTravel own = new TimeTravel() {

			@Override
			public Past asOf(Moment moment) {
				throw new IllegalStateException();
			}

			@Override
			public <T> T at(Moment moment, Supplier<T> work) {
				return work.get();
			}

			@Override
			public void prepare() {
				throw new IllegalStateException();
			}

		};
		this.contextRunner.withBean(DataSource.class, PGSimpleDataSource::new)
			.withBean(TimeTravel.class, () -> own)
			.run((context) -> assertThat(context.getBean(TimeTravel.class)).isSameAs(own));
	}

	@Test
	void backsOffWithoutDataSource() {
		this.contextRunner.run((context) -> assertThat(context).doesNotHaveBean(TimeTravel.class));
	}

	@Test
	void backsOffWhenDisabled() {
		this.contextRunner.withBean(DataSource.class, PGSimpleDataSource::new)
			.withPropertyValues("bemi.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(TimeTravel.class));
	}

}
