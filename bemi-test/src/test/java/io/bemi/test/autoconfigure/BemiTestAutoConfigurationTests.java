package io.bemi.test.autoconfigure;

import javax.sql.DataSource;

import io.bemi.test.TestStates;
import jakarta.persistence.EntityManagerFactory;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static org.assertj.core.api.Assertions.assertThat;

class BemiTestAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(BemiTestAutoConfiguration.class));

	@Test
	void contributesStatesOfTheDataSource() {
		this.runner.withBean(DataSource.class, DriverManagerDataSource::new)
			.run((context) -> assertThat(context).hasSingleBean(TestStates.class).hasBean("bemiTestStatesEvictCaches"));
	}

	@Test
	void backsOffWithoutDataSource() {
		this.runner.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(TestStates.class));
	}

	@Test
	void backsOffWithSeveralDataSources() {
		this.runner.withBean("one", DataSource.class, DriverManagerDataSource::new)
			.withBean("two", DataSource.class, DriverManagerDataSource::new)
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(TestStates.class));
	}

	@Test
	void backsOffWhenDisabled() {
		this.runner.withBean(DataSource.class, DriverManagerDataSource::new)
			.withPropertyValues("bemi.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(TestStates.class));
	}

	@Test
	void statesOfTheUsersOwnWin() {
		TestStates own = new TestStates(new DriverManagerDataSource());
		this.runner.withBean(DataSource.class, DriverManagerDataSource::new)
			.withBean("own", TestStates.class, () -> own)
			.run((context) -> assertThat(context).getBean(TestStates.class).isSameAs(own));
	}

	@Test
	void needsNoJpa() {
		this.runner.withBean(DataSource.class, DriverManagerDataSource::new)
			.withClassLoader(new FilteredClassLoader(EntityManagerFactory.class))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(TestStates.class)
				.doesNotHaveBean("bemiTestStatesEvictCaches"));
	}

}
