package io.bemi.it.surroundings.tenancy;

import java.util.List;
import java.util.Map;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import io.bemi.context.BemiContext;
import io.bemi.it.support.Applications;
import io.bemi.it.support.ContextMessages;
import io.bemi.it.support.Recorded;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import jakarta.persistence.EntityManager;
import org.hibernate.cfg.MultiTenancySettings;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.hibernate.autoconfigure.HibernatePropertiesCustomizer;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.core.env.Environment;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tenants with a schema of their own, one of them in a database of its own.
 */
class MultiTenancyIntegrationTests {

	@Test
	void eachTenantsChangesCarryTheirContextOnce() {
		try (TestDatabase shared = PostgresServer.shared().createDatabase();
				TestDatabase own = PostgresServer.shared().createDatabase()) {
			shared.execute("CREATE SCHEMA acme", "CREATE TABLE acme.room (id int PRIMARY KEY)",
					"CREATE SCHEMA umbrella", "CREATE TABLE umbrella.room (id int PRIMARY KEY)");
			own.execute("CREATE SCHEMA tyrell", "CREATE TABLE tyrell.room (id int PRIMARY KEY)");
			ContextMessages sharedMessages = new ContextMessages(shared);
			ContextMessages ownMessages = new ContextMessages(own);
			try (ConfigurableApplicationContext application = Applications.startWithoutWeb(shared, Application.class,
					"own.url=" + own.url())) {
				sharedMessages.next();
				for (int id = 1; id <= 3; id++) {
					write(application, "acme", "alice", id);
					write(application, "umbrella", "bob", id);
					write(application, "tyrell", "carol", id);
				}
				List<Recorded> changes = Recorded.await(shared, "room", 6);
				assertThat(changes).extracting((change) -> change.schema() + " " + change.context().get("user"))
					.containsExactly("acme alice", "umbrella bob", "acme alice", "umbrella bob", "acme alice",
							"umbrella bob");
				assertThat(sharedMessages.next()).hasSize(6);
				assertThat(ownMessages.next()).hasSize(3).allMatch((message) -> message.contains("carol"));
				assertThat(own.query("SELECT id FROM tyrell.room ORDER BY 1")).containsExactly("1", "2", "3");
			}
		}
	}

	private static void write(ConfigurableApplicationContext application, String tenant, String user, int id) {
		EntityManager entities = application.getBean(EntityManager.class);
		TransactionTemplate transaction = new TransactionTemplate(
				application.getBean(PlatformTransactionManager.class));
		Tenants.run(tenant, () -> BemiContext.run(Map.of("user", user),
				() -> transaction.executeWithoutResult((status) -> entities.persist(new Room(id)))));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EntityScan(basePackageClasses = Room.class)
	static class Application {

		@Bean
		@Primary
		DataSource dataSource(Environment environment) {
			return pool(environment.getRequiredProperty("spring.datasource.url"), environment);
		}

		@Bean
		DataSource own(Environment environment) {
			return pool(environment.getRequiredProperty("own.url"), environment);
		}

		private static DataSource pool(String url, Environment environment) {
			HikariDataSource pool = new HikariDataSource();
			pool.setJdbcUrl(url);
			pool.setUsername(environment.getRequiredProperty("spring.datasource.username"));
			pool.setPassword(environment.getProperty("spring.datasource.password"));
			pool.setMaximumPoolSize(1);
			return pool;
		}

		@Bean
		HibernatePropertiesCustomizer tenants(DataSource dataSource, @Qualifier("own") DataSource own) {
			Tenants tenants = new Tenants(dataSource, Map.of("tyrell", own));
			return (properties) -> {
				properties.put(MultiTenancySettings.MULTI_TENANT_CONNECTION_PROVIDER, tenants);
				properties.put(MultiTenancySettings.MULTI_TENANT_IDENTIFIER_RESOLVER, tenants);
			};
		}

	}

}
