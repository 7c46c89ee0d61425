package io.bemi.autoconfigure.tracking;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.util.List;

import javax.sql.DataSource;

import io.bemi.autoconfigure.ingestion.BemiIngestion;
import io.bemi.tracking.Tracking;
import io.bemi.tracking.TrackingSettings;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.migration.JavaMigration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.atLeastOnce;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;

/**
 * Tests for {@link BemiTrackingAutoConfiguration}.
 */
@ExtendWith(OutputCaptureExtension.class)
class BemiTrackingAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(BemiTrackingAutoConfiguration.class));

	private final ApplicationContextRunner withDataSource = this.contextRunner.withBean("dataSource", DataSource.class,
			BemiTrackingAutoConfigurationTests::unreachable);

	@Test
	void tracksByDefault() {
		this.withDataSource.run((context) -> {
			assertThat(context).hasSingleBean(Tracking.class).hasSingleBean(BemiTrackingInstaller.class);
			assertThat(context).hasSingleBean(JavaMigration.class).hasSingleBean(Callback.class);
			BemiTrackingProperties properties = context.getBean(BemiTrackingProperties.class);
			assertThat(properties.getInclude()).containsExactly("*");
			assertThat(properties.getExclude()).isEmpty();
			assertThat(properties.isSqlComments()).isFalse();
			assertThat(properties.getMode()).isEqualTo(BemiTrackingProperties.Mode.AUTO);
		});
	}

	@Test
	void backsOffWhenDisabled() {
		this.withDataSource.withPropertyValues("bemi.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(Tracking.class)
				.doesNotHaveBean(BemiTrackingInstaller.class)
				.doesNotHaveBean(JavaMigration.class));
	}

	@Test
	void backsOffWithoutDataSource() {
		this.contextRunner.run((context) -> assertThat(context).doesNotHaveBean(BemiTrackingInstaller.class));
	}

	@Test
	void backsOffWithoutPrimaryAmongSeveralDataSources() {
		this.withDataSource.withBean("other", DataSource.class, BemiTrackingAutoConfigurationTests::unreachable)
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(BemiTrackingInstaller.class));
	}

	@Test
	void takesThePrimaryOfSeveralDataSources() {
		this.contextRunner.withUserConfiguration(TwoDataSources.class).run((context) -> {
			assertThat(context).hasNotFailed().hasSingleBean(BemiTrackingInstaller.class);
			then(context.getBean("first", DataSource.class)).should(atLeastOnce()).getConnection();
			then(context.getBean("second", DataSource.class)).should(never()).getConnection();
		});
	}

	@Test
	void contributesNothingToFlywayWithoutFlyway() {
		this.withDataSource.withClassLoader(new FilteredClassLoader(Flyway.class))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(BemiTrackingInstaller.class)
				.doesNotHaveBean(BemiTrackingMigration.class)
				.doesNotHaveBean(Callback.class));
	}

	@Test
	void contributesNothingToFlywayInManualMode() {
		this.withDataSource.withPropertyValues("bemi.tracking.mode=manual")
			.run((context) -> assertThat(context).hasSingleBean(BemiTrackingInstaller.class)
				.doesNotHaveBean(BemiTrackingMigration.class)
				.doesNotHaveBean(Callback.class));
	}

	@Test
	void usersTrackingWins() {
		Tracking own = new Tracking(TrackingSettings.everything("own"));
		this.withDataSource.withBean("own", Tracking.class, () -> own)
			.run((context) -> assertThat(context).getBean(Tracking.class).isSameAs(own));
	}

	@Test
	void bindsProperties() {
		this.withDataSource
			.withPropertyValues("bemi.tracking.include=shop.*,orders", "bemi.tracking.exclude=secrets",
					"bemi.tracking.sql-comments=true", "bemi.tracking.mode=manual")
			.run((context) -> {
				BemiTrackingProperties properties = context.getBean(BemiTrackingProperties.class);
				assertThat(properties.getInclude()).isEqualTo(List.of("shop.*", "orders"));
				assertThat(properties.getExclude()).isEqualTo(List.of("secrets"));
				assertThat(properties.isSqlComments()).isTrue();
				assertThat(properties.getMode()).isEqualTo(BemiTrackingProperties.Mode.MANUAL);
			});
	}

	@Test
	void applicationStartsWhenTheDatabaseIsAway(CapturedOutput output) {
		this.withDataSource.run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(context.getBean(BemiTrackingInstaller.class).report()).isEmpty();
			assertThat(output).containsOnlyOnce("the database cannot be reached (nobody listens)");
		});
	}

	@Test
	void leavesOtherDatabasesAlone(CapturedOutput output) throws SQLException {
		DataSource other = mock(DataSource.class);
		Connection connection = mock(Connection.class);
		DatabaseMetaData metaData = mock(DatabaseMetaData.class);
		given(other.getConnection()).willReturn(connection);
		given(connection.getMetaData()).willReturn(metaData);
		given(metaData.getDatabaseProductName()).willReturn("H2");
		this.contextRunner.withBean(DataSource.class, () -> other).run((context) -> {
			assertThat(context).hasNotFailed();
			then(connection).should(never()).createStatement();
			assertThat(output).doesNotContain("not tracked");
		});
	}

	@Test
	void startsBeforeIngestion() {
		assertThat(BemiTrackingInstaller.PHASE).isLessThan(BemiIngestion.PHASE);
	}

	private static DataSource unreachable() {
		try {
			DataSource dataSource = mock(DataSource.class);
			given(dataSource.getConnection()).willThrow(new SQLException("nobody listens"));
			return dataSource;
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class TwoDataSources {

		@Bean
		@Primary
		DataSource first() {
			return unreachable();
		}

		@Bean
		DataSource second() {
			return unreachable();
		}

	}

}
