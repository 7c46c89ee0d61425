package io.bemi.it.surroundings;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import io.bemi.autoconfigure.ingestion.BemiIngestion;
import io.bemi.context.BemiContext;
import io.bemi.ingestion.IngestionStatus.Phase;
import io.bemi.it.support.Applications;
import io.bemi.it.support.Load;
import io.bemi.it.support.Recorded;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Applications whose connections lead to PgBouncer, which hands a few sessions of the
 * server around among them.
 */
@ExtendWith(OutputCaptureExtension.class)
class PgBouncerIntegrationTests {

	private static final int WRITES = 40;

	private TestDatabase database;

	@BeforeEach
	void createDatabase() {
		this.database = PostgresServer.shared().createDatabase();
		this.database.execute("CREATE TABLE item (id int PRIMARY KEY, pid int)");
	}

	@AfterEach
	void dropDatabase() {
		this.database.close();
	}

	@Test
	void eachRowHasTheContextOfItsWriterWhoeverUsedTheSessionBefore() throws SQLException {
		try (PgBouncer pooler = PgBouncer.start(this.database);
				ConfigurableApplicationContext application = Applications.startWithoutWeb(this.database,
						SeveralClients.class, "bemi.replication.url=" + this.database.url(),
						"web.url=" + pooler.url("transaction", "prepareThreshold=0&ApplicationName=web"),
						"reports.url=" + pooler.url("transaction", "preferQueryMode=simple&ApplicationName=reports"),
						"unpooled.url=" + pooler.url("transaction", "prepareThreshold=0"),
						"session.url=" + pooler.url("session", "ApplicationName=web"))) {
			AtomicInteger round = new AtomicInteger();
			String[] names = { "web", "reports", "unpooled", "session" };
			Map<String, String> expected = Load.run(8, WRITES * names.length, (id) -> {
				String name = names[round.getAndIncrement() % names.length];
				write(application.getBean(name, DataSource.class), id, id % 3 == 0);
			});
			String psql = pooler.url("transaction", "prepareThreshold=0&ApplicationName=psql");
			for (int id = -1; id >= -4; id--) {
				try (Connection connection = DriverManager.getConnection(psql);
						Statement statement = connection.createStatement()) {
					statement.executeUpdate("INSERT INTO item VALUES (" + id + ", pg_backend_pid())");
				}
				expected.put(String.valueOf(id), "null");
			}
			assertThat(Recorded.await(this.database, "item", WRITES * names.length + 4, "user")).isEqualTo(expected);
			assertThat(Recorded.find(this.database, "item")).filteredOn((change) -> change.key().startsWith("-"))
				.allSatisfy((change) -> assertThat(change.fact("db")).asString().contains("application=psql"));
			// The sessions really were handed around.
			assertThat(this.database.query("SELECT count(DISTINCT pid) < 20 FROM item")).containsExactly("t");
		}
	}

	@Test
	void statementModeKeepsWorkingWithAutocommitOff() {
		// Who sets it up: transactions are not possible here.
		Applications.startWithoutWeb(this.database, OneClient.class).close();
		try (PgBouncer pooler = PgBouncer.start(this.database);
				ConfigurableApplicationContext application = Applications.startWithoutWeb(this.database,
						OneClient.class, "bemi.replication.url=" + this.database.url(),
						"bemi.connection.autocommit=off",
						"spring.datasource.url=" + pooler.url("statement", "prepareThreshold=0"))) {
			JdbcClient jdbc = application.getBean(JdbcClient.class);
			Load.run(4, WRITES, (id) -> insert(jdbc, id));
			assertThat(Recorded.await(this.database, "item", WRITES)).allSatisfy((change) -> {
				assertThat(change.context()).doesNotContainKey("user");
				assertThat(change.fact("db")).asString().contains("user=" + this.database.server().username());
			});
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "options" })
	void namesThePropertyThatIsMissingAndLeavesTheSessionsAlone(String ignored, CapturedOutput output) {
		try (PgBouncer pooler = PgBouncer.start(this.database,
				ignored.isEmpty() ? new String[0] : new String[] { ignored });
				ConfigurableApplicationContext application = Applications.startWithoutWeb(this.database,
						OneClient.class, "spring.datasource.url=" + pooler.url("transaction", "prepareThreshold=0"))) {
			assertThat(application.getBean(BemiIngestion.class).status().orElseThrow().phase()).isEqualTo(Phase.FAILED);
			assertThat(output).contains("leads to a pooler").contains("'bemi.replication.url'");
			JdbcClient jdbc = application.getBean(JdbcClient.class);
			Load.run(4, WRITES, (id) -> insert(jdbc, id));
			assertThat(this.database.query("SELECT count(*) FROM item")).containsExactly(String.valueOf(WRITES));
			for (int i = 0; i < 4; i++) {
				assertThat(jdbc.sql("SHOW search_path").query(String.class).single()).isEqualTo("\"$user\", public");
			}
		}
		// Nothing is lost once it is there: the rows are the baseline.
		try (PgBouncer pooler = PgBouncer.start(this.database);
				ConfigurableApplicationContext application = Applications.startWithoutWeb(this.database,
						OneClient.class, "bemi.replication.url=" + this.database.url(),
						"spring.datasource.url=" + pooler.url("transaction", "prepareThreshold=0"))) {
			BemiContext.run(Map.of("user", "alice"),
					() -> application.getBean(JdbcClient.class).sql("UPDATE item SET pid = 0 WHERE id = 1").update());
			Awaitility.await()
				.untilAsserted(() -> assertThat(Recorded.find(this.database, "item"))
					.filteredOn((change) -> change.operation().equals("UPDATE"))
					.singleElement()
					.satisfies((change) -> assertThat(change.context()).containsEntry("user", "alice")));
		}
	}

	private static void write(DataSource dataSource, int id, boolean autocommit) {
		JdbcClient jdbc = JdbcClient.create(dataSource);
		if (autocommit) {
			insert(jdbc, id);
		}
		else {
			new TransactionTemplate(new DataSourceTransactionManager(dataSource))
				.executeWithoutResult((status) -> insert(jdbc, id));
		}
	}

	private static void insert(JdbcClient jdbc, int id) {
		jdbc.sql("INSERT INTO item VALUES (?, pg_backend_pid())").param(id).update();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class OneClient {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class SeveralClients {

		@Bean
		@Primary
		DataSource web(Environment environment) {
			return pool("web", environment);
		}

		@Bean
		DataSource reports(Environment environment) {
			return pool("reports", environment);
		}

		@Bean
		DataSource session(Environment environment) {
			return pool("session", environment);
		}

		/**
		 * Each of its transactions is the first one of a connection.
		 */
		@Bean
		DataSource unpooled(Environment environment) {
			return new DriverManagerDataSource(environment.getRequiredProperty("unpooled.url"));
		}

		private static HikariDataSource pool(String name, Environment environment) {
			HikariDataSource pool = new HikariDataSource();
			pool.setJdbcUrl(environment.getRequiredProperty(name + ".url"));
			pool.setUsername(environment.getRequiredProperty("spring.datasource.username"));
			pool.setMaximumPoolSize(4);
			return pool;
		}

	}

}
