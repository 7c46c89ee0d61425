package io.bemi.it.surroundings;

import java.sql.Connection;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import javax.sql.DataSource;

import io.bemi.connection.BemiDataSource;
import io.bemi.it.support.Applications;
import io.bemi.it.support.Load;
import io.bemi.it.support.Recorded;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.jdbc.metadata.CompositeDataSourcePoolMetadataProvider;
import org.springframework.boot.jdbc.metadata.DataSourcePoolMetadata;
import org.springframework.boot.jdbc.metadata.DataSourcePoolMetadataProvider;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Pools of every make: contexts are right in the first transaction of a connection and in
 * each later one, and Spring Boot still sees the pool.
 */
class PoolIntegrationTests {

	private static final int SIZE = 4;

	private static final int WRITES = 60;

	@ParameterizedTest
	@CsvSource({ "com.zaxxer.hikari.HikariDataSource, hikari.maximum-pool-size, hikari.minimum-idle",
			"org.apache.tomcat.jdbc.pool.DataSource, tomcat.max-active, tomcat.min-idle",
			"org.apache.commons.dbcp2.BasicDataSource, dbcp2.max-total, dbcp2.min-idle" })
	void everyConnectionOfAPoolCarriesTheContextOfItsUser(String type, String size, String minimum) throws Exception {
		try (TestDatabase database = PostgresServer.shared().createDatabase()) {
			database.execute("CREATE TABLE item (id int PRIMARY KEY, pid int)");
			try (ConfigurableApplicationContext application = Applications.startWithoutWeb(database, Application.class,
					"spring.datasource.type=" + type, "spring.datasource." + size + "=" + SIZE,
					"spring.datasource." + minimum + "=1", "spring.datasource.tomcat.initial-size=1",
					"spring.datasource.url=" + database.url() + "?ApplicationName=pool")) {
				DataSource dataSource = application.getBean(DataSource.class);
				assertThat(dataSource).isInstanceOf(BemiDataSource.class);
				assertThat(dataSource.isWrapperFor(Class.forName(type))).isTrue();
				List<String> before = pids(database);
				int idle = Objects.requireNonNull(metadata(application, dataSource).getIdle());
				assertThat(idle).isBetween(1, SIZE - 1);
				// Whoever writes next needs a connection that does not exist yet.
				List<Connection> held = new ArrayList<>();
				try {
					for (int i = 0; i < idle; i++) {
						held.add(dataSource.getConnection());
					}
					Map<String, String> expected = write(application);
					assertThat(Recorded.await(database, "item", WRITES, "user")).isEqualTo(expected);
				}
				finally {
					for (Connection connection : held) {
						connection.close();
					}
				}
				Set<String> used = new HashSet<>(database.query("SELECT DISTINCT pid FROM item"));
				assertThat(used).hasSizeBetween(1, SIZE - 1);
				assertThat(used.stream().filter((pid) -> !before.contains(pid))).as("new connections").isNotEmpty();
				assertThat(metadata(application, dataSource).getMax()).isEqualTo(SIZE);
				assertThat(metadata(application, dataSource).getActive()).isZero();
			}
		}
	}

	private static List<String> pids(TestDatabase database) {
		return database.query("SELECT pid FROM pg_stat_activity WHERE application_name = 'pool' AND datname = '"
				+ database.name() + "'");
	}

	/**
	 * Half of the rows in transactions, half in autocommit.
	 */
	private static Map<String, String> write(ConfigurableApplicationContext application) {
		JdbcClient jdbc = application.getBean(JdbcClient.class);
		TransactionTemplate transaction = new TransactionTemplate(
				application.getBean(PlatformTransactionManager.class));
		return Load.run(SIZE * 2, WRITES, (id) -> {
			if (id % 2 == 0) {
				insert(jdbc, id);
			}
			else {
				transaction.executeWithoutResult((status) -> insert(jdbc, id));
			}
		});
	}

	private static void insert(JdbcClient jdbc, int id) {
		jdbc.sql("INSERT INTO item VALUES (?, pg_backend_pid())").param(id).update();
	}

	private static DataSourcePoolMetadata metadata(ConfigurableApplicationContext application, DataSource dataSource) {
		DataSourcePoolMetadata metadata = new CompositeDataSourcePoolMetadataProvider(
				application.getBeanProvider(DataSourcePoolMetadataProvider.class).stream().toList())
			.getDataSourcePoolMetadata(dataSource);
		return Objects.requireNonNull(metadata);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
