package io.bemi.autoconfigure.replication;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import io.bemi.replication.ReplicationSettings;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link BemiReplicationAutoConfiguration}.
 */
class BemiReplicationAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(BemiReplicationAutoConfiguration.class));

	private static DataSource hikari(String url) {
		HikariDataSource dataSource = new HikariDataSource();
		dataSource.setJdbcUrl(url);
		dataSource.setUsername("app");
		dataSource.setPassword("secret");
		return dataSource;
	}

	private static ReplicationSettings settings(org.springframework.context.ApplicationContext context) {
		return context.getBean(SourceDetailsResolver.class).settings().orElseThrow();
	}

	@Test
	void takesTheDetailsOfThePool() {
		this.contextRunner.withBean(DataSource.class, () -> hikari("jdbc:postgresql://db:5433/shop")).run((context) -> {
			ReplicationSettings settings = settings(context);
			assertThat(settings.url()).isEqualTo("jdbc:postgresql://db:5433/shop");
			assertThat(settings.username()).isEqualTo("app");
			assertThat(settings.password()).isEqualTo("secret");
			assertThat(settings.slot()).isEqualTo("bemi_shop");
			assertThat(settings.publication()).isEqualTo("bemi");
		});
	}

	@Test
	void isEncryptedLikeThePool() {
		this.contextRunner.withBean(DataSource.class, () -> {
			HikariDataSource pool = (HikariDataSource) hikari("jdbc:postgresql://db/shop?sslmode=verify-full");
			pool.addDataSourceProperty("sslmode", "disable");
			pool.addDataSourceProperty("sslrootcert", "/etc/ssl/our ca.pem");
			pool.addDataSourceProperty("prepareThreshold", "1");
			return pool;
		})
			.run((context) -> assertThat(settings(context).url())
				.isEqualTo("jdbc:postgresql://db/shop?sslmode=verify-full&sslrootcert=%2Fetc%2Fssl%2Four+ca.pem"));
		this.contextRunner.withBean(DataSource.class, () -> {
			HikariDataSource pool = (HikariDataSource) hikari("jdbc:postgresql://db/shop");
			pool.addDataSourceProperty("sslmode", "verify-full");
			return pool;
		})
			.run((context) -> assertThat(settings(context).url())
				.isEqualTo("jdbc:postgresql://db/shop?sslmode=verify-full"));
	}

	@Test
	void looksThroughWrappers() {
		this.contextRunner
			.withBean(DataSource.class,
					() -> new LazyConnectionDataSourceProxy(
							new DelegatingDataSource(hikari("jdbc:postgresql://db/shop"))))
			.run((context) -> assertThat(settings(context).username()).isEqualTo("app"));
	}

	@Test
	void takesTheDetailsOfTheDriversDataSource() {
		this.contextRunner.withBean(DataSource.class, () -> {
			PGSimpleDataSource dataSource = new PGSimpleDataSource();
			dataSource.setServerNames(new String[] { "db" });
			dataSource.setDatabaseName("Shop-1");
			dataSource.setUser("app");
			return dataSource;
		}).run((context) -> {
			assertThat(settings(context).username()).isEqualTo("app");
			assertThat(settings(context).slot()).startsWith("bemi_shop_1_");
		});
	}

	@Test
	void propertiesWin() {
		this.contextRunner.withBean(DataSource.class, () -> hikari("jdbc:postgresql://db/shop"))
			.withPropertyValues("bemi.replication.url=jdbc:postgresql://primary/shop",
					"bemi.replication.username=replicator", "bemi.replication.password=other",
					"bemi.replication.slot=mine", "bemi.replication.publication=ours")
			.run((context) -> assertThat(settings(context)).isEqualTo(
					new ReplicationSettings("jdbc:postgresql://primary/shop", "replicator", "other", "mine", "ours")));
	}

	@Test
	void knowsNothingWithoutADataSource() {
		this.contextRunner
			.run((context) -> assertThat(context.getBean(SourceDetailsResolver.class).settings()).isEmpty());
	}

	@Test
	void knowsNothingOfAnotherDatabase() {
		this.contextRunner.withBean(DataSource.class, () -> hikari("jdbc:h2:mem:test"))
			.run((context) -> assertThat(context.getBean(SourceDetailsResolver.class).settings()).isEmpty());
	}

	@Test
	void backsOffWhenDisabled() {
		this.contextRunner.withPropertyValues("bemi.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(SourceDetailsResolver.class));
	}

	@Test
	void neverPrintsASecret() {
		this.contextRunner.withBean(DataSource.class, () -> hikari("jdbc:postgresql://db/shop?password=secret"))
			.run((context) -> {
				assertThat(settings(context).toString()).doesNotContain("secret");
				assertThat(context.getBean(SourceDetailsResolver.class).source().orElseThrow().toString())
					.doesNotContain("secret");
			});
	}

}
