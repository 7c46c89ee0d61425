package io.bemi.it.surroundings;

import java.lang.management.ManagementFactory;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;

import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.sql.DataSource;

import com.zaxxer.hikari.HikariConfigMXBean;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import io.bemi.context.BemiContext;
import io.bemi.it.support.Applications;
import io.bemi.it.support.Recorded;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import io.micrometer.core.instrument.MeterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What people use of HikariCP besides its connections.
 */
@ExtendWith(OutputCaptureExtension.class)
class HikariIntegrationTests {

	private TestDatabase database;

	private ConfigurableApplicationContext application;

	private JdbcClient jdbc;

	@BeforeEach
	void start() {
		this.database = PostgresServer.shared().createDatabase();
		this.database.execute("CREATE TABLE item (id int PRIMARY KEY, pid int)");
		this.application = Applications.startWithoutWeb(this.database, Application.class,
				"spring.datasource.hikari.maximum-pool-size=1", "spring.datasource.hikari.pool-name=it-pool",
				"spring.datasource.hikari.register-mbeans=true",
				"spring.datasource.hikari.leak-detection-threshold=2000",
				"logging.level.com.zaxxer.hikari.pool.ProxyLeakTask=info");
		this.jdbc = this.application.getBean(JdbcClient.class);
	}

	@AfterEach
	void stop() {
		this.application.close();
		this.database.close();
	}

	@Test
	void metersAreThere() {
		MeterRegistry registry = this.application.getBean(MeterRegistry.class);
		assertThat(registry.get("hikaricp.connections.max").tag("pool", "it-pool").gauge().value()).isEqualTo(1);
		assertThat(registry.get("jdbc.connections.max").gauge().value()).isEqualTo(1);
		long before = registry.get("hikaricp.connections.usage").timer().count();
		insert("alice", 1);
		assertThat(registry.get("hikaricp.connections.usage").timer().count()).isGreaterThan(before);
	}

	@Test
	void managementBeansEvictConnectionsAndTheNextOneCarriesTheContext() throws Exception {
		DataSource dataSource = this.application.getBean(DataSource.class);
		insert("alice", 1);
		MBeanServer server = ManagementFactory.getPlatformMBeanServer();
		ObjectName name = new ObjectName("com.zaxxer.hikari:type=Pool (it-pool)");
		assertThat(server.getAttribute(name, "TotalConnections")).isEqualTo(1);
		server.invoke(name, "softEvictConnections", null, null);
		insert("bob", 2);
		HikariPoolMXBean pool = dataSource.unwrap(HikariDataSource.class).getHikariPoolMXBean();
		pool.softEvictConnections();
		insert("carol", 3);
		assertThat(dataSource.unwrap(HikariConfigMXBean.class).getMaximumPoolSize()).isEqualTo(1);
		assertThat(Recorded.await(this.database, "item", 3, "user"))
			.isEqualTo(Map.of("1", "alice", "2", "bob", "3", "carol"));
		assertThat(this.database.query("SELECT count(DISTINCT pid) FROM item")).containsExactly("3");
	}

	@Test
	void connectionThatTheServerEndedIsReplaced() {
		insert("alice", 1);
		assertThatExceptionOfType(DataAccessException.class)
			.isThrownBy(() -> this.jdbc.sql("SELECT pg_terminate_backend(pg_backend_pid())").query().listOfRows());
		insert("bob", 2);
		assertThat(Recorded.await(this.database, "item", 2, "user")).isEqualTo(Map.of("1", "alice", "2", "bob"));
		assertThat(this.database.query("SELECT count(DISTINCT pid) FROM item")).containsExactly("2");
	}

	@Test
	void leakIsDetected(CapturedOutput output) throws SQLException {
		DataSource dataSource = this.application.getBean(DataSource.class);
		try (Connection leaked = dataSource.getConnection()) {
			assertThat(leaked.isValid(1)).isTrue();
			Awaitility.await()
				.untilAsserted(() -> assertThat(output).contains("Connection leak detection triggered")
					.contains(HikariIntegrationTests.class.getSimpleName() + ".leakIsDetected"));
		}
		Awaitility.await().untilAsserted(() -> assertThat(output).contains("was returned to the pool (unleaked)"));
		insert("alice", 1);
		assertThat(Recorded.await(this.database, "item", 1, "user")).isEqualTo(Map.of("1", "alice"));
	}

	private void insert(String user, int id) {
		BemiContext.run(Map.of("user", user),
				() -> this.jdbc.sql("INSERT INTO item VALUES (?, pg_backend_pid())").param(id).update());
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
