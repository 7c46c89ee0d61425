package io.bemi.it.surroundings;

import java.util.Map;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import io.bemi.context.BemiContext;
import io.bemi.it.support.Applications;
import io.bemi.it.support.Recorded;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.flyway.autoconfigure.FlywayDataSource;
import org.springframework.boot.liquibase.autoconfigure.LiquibaseDataSource;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application that migrates with data sources of their own, by Flyway and by
 * Liquibase.
 */
class MigrationDataSourceIntegrationTests {

	@Test
	void tablesOfBothAreTrackedAndRecorded() {
		try (TestDatabase database = PostgresServer.shared().createDatabase()) {
			String[] properties = { "spring.flyway.enabled=true", "spring.flyway.baseline-on-migrate=true",
					"spring.flyway.baseline-version=0", "spring.flyway.locations=classpath:db/it-flyway",
					"spring.liquibase.enabled=true",
					"spring.liquibase.change-log=classpath:db/it-liquibase/changelog.sql" };
			try (ConfigurableApplicationContext application = Applications.startWithoutWeb(database, Application.class,
					properties)) {
				write(application, "alice", 1);
				assertThat(database.query("SELECT description FROM flyway_schema_history ORDER BY installed_rank"))
					.contains("item", "Bemi tracking");
			}
			// Nothing has changed that would keep it from starting again.
			try (ConfigurableApplicationContext application = Applications.startWithoutWeb(database, Application.class,
					properties)) {
				write(application, "bob", 2);
				for (String table : new String[] { "item", "note" }) {
					assertThat(Recorded.await(database, table, 2, "user")).isEqualTo(Map.of("1", "alice", "2", "bob"));
				}
			}
		}
	}

	private static void write(ConfigurableApplicationContext application, String user, int id) {
		JdbcClient jdbc = application.getBean(JdbcClient.class);
		BemiContext.run(Map.of("user", user), () -> {
			jdbc.sql("INSERT INTO item VALUES (?)").param(id).update();
			jdbc.sql("INSERT INTO note VALUES (?)").param(id).update();
		});
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		@Primary
		DataSource dataSource(Environment environment) {
			HikariDataSource pool = new HikariDataSource();
			pool.setJdbcUrl(environment.getRequiredProperty("spring.datasource.url"));
			pool.setUsername(environment.getRequiredProperty("spring.datasource.username"));
			pool.setPassword(environment.getProperty("spring.datasource.password"));
			pool.setMaximumPoolSize(2);
			return pool;
		}

		@Bean
		@FlywayDataSource
		DataSource flywayDataSource(Environment environment) {
			return direct(environment);
		}

		@Bean
		@LiquibaseDataSource
		DataSource liquibaseDataSource(Environment environment) {
			return direct(environment);
		}

		private static DataSource direct(Environment environment) {
			return new SimpleDriverDataSource(new org.postgresql.Driver(),
					environment.getRequiredProperty("spring.datasource.url"),
					environment.getRequiredProperty("spring.datasource.username"),
					environment.getProperty("spring.datasource.password", ""));
		}

	}

}
