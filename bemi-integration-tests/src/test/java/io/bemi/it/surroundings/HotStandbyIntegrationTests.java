package io.bemi.it.surroundings;

import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import io.bemi.autoconfigure.ingestion.BemiIngestion;
import io.bemi.connection.BemiDataSource;
import io.bemi.context.BemiContext;
import io.bemi.ingestion.IngestionStatus.Phase;
import io.bemi.it.support.Applications;
import io.bemi.it.support.Recorded;
import io.bemi.testsupport.TestDatabase;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.core.BaseConnection;
import org.postgresql.ds.PGSimpleDataSource;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.core.env.Environment;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;
import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Applications that read from a hot standby.
 */
@ExtendWith(OutputCaptureExtension.class)
class HotStandbyIntegrationTests {

	private static HotStandby servers;

	@BeforeAll
	static void start() {
		servers = HotStandby.start("CREATE TABLE item (id int PRIMARY KEY)", "INSERT INTO item VALUES (0)");
		// Tracking and the store are on both.
		Applications.startWithoutWeb(servers.primary(), Plain.class).close();
		// The table, too, has to come there first.
		Awaitility.await()
			.ignoreException(IllegalStateException.class)
			.untilAsserted(
					() -> assertThat(servers.standby().query("SELECT count(*) FROM bemi.source")).containsExactly("1"));
	}

	@AfterAll
	static void stop() throws IOException {
		servers.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "prepareThreshold=0", "prepareThreshold=1", "prepareThreshold=5", "preferQueryMode=simple",
			"autosave=always", "autosave=conservative", "autosave=always&preferQueryMode=simple",
			"autosave=always&prepareThreshold=1" })
	void standbyBehavesAsWithoutTheProxy(String driver) throws Exception {
		PGSimpleDataSource plain = new PGSimpleDataSource();
		plain.setUrl(servers.standby().url() + "?" + driver);
		plain.setUser("postgres");
		List<String> expected;
		try (Connection connection = plain.getConnection()) {
			expected = converse(connection);
		}
		try (Connection connection = new BemiDataSource(plain).getConnection()) {
			List<String> actual = BemiContext.call(Map.of("user", "alice"), () -> converse(connection));
			assertThat(actual).isEqualTo(expected);
		}
		assertThat(expected.get(1)).contains("25006");
	}

	@Test
	void readOnlyTransactionsGoToTheStandbyAndWritesCarryTheirContext() {
		TestDatabase primary = servers.primary();
		try (ConfigurableApplicationContext application = Applications.startWithoutWeb(primary, Routed.class,
				"standby.url=" + servers.standby().url())) {
			JdbcClient jdbc = application.getBean(JdbcClient.class);
			TransactionTemplate transaction = new TransactionTemplate(
					application.getBean(PlatformTransactionManager.class));
			TransactionTemplate readOnly = new TransactionTemplate(
					application.getBean(PlatformTransactionManager.class));
			readOnly.setReadOnly(true);
			BemiContext.run(Map.of("user", "alice"), () -> {
				transaction.executeWithoutResult((status) -> insert(jdbc, 1));
				Boolean standby = readOnly
					.execute((status) -> jdbc.sql("SELECT pg_is_in_recovery()").query(Boolean.class).single());
				assertThat(standby).isTrue();
				assertThatExceptionOfType(DataAccessException.class)
					.isThrownBy(() -> readOnly.executeWithoutResult((status) -> insert(jdbc, 2)))
					.withMessageContaining("read-only transaction");
				insert(jdbc, 3);
			});
			assertThat(Recorded.await(primary, "item", 2, "user")).isEqualTo(Map.of("1", "alice", "3", "alice"));
			Awaitility.await()
				.untilAsserted(() -> assertThat(servers.standby().query("SELECT id FROM item ORDER BY 1"))
					.containsExactly("0", "1", "3"));
		}
	}

	@Test
	void applicationOnAStandbyStartsAndSaysWhatItCannotDo(CapturedOutput output) {
		try (ConfigurableApplicationContext application = Applications.startWithoutWeb(servers.standby(),
				Plain.class)) {
			JdbcClient jdbc = application.getBean(JdbcClient.class);
			BemiContext.run(Map.of("user", "alice"), () -> {
				assertThat(jdbc.sql("SELECT count(*) FROM item").query(Integer.class).single()).isPositive();
				assertThatExceptionOfType(DataAccessException.class).isThrownBy(() -> insert(jdbc, 9))
					.withMessageContaining("read-only transaction");
			});
			assertThat(application.getBean(BemiIngestion.class).status().orElseThrow().phase()).isEqualTo(Phase.FAILED);
			assertThat(output).contains("Changes are not tracked: the server is a hot standby")
				.contains("The store cannot be used: its server is a hot standby")
				.contains("'bemi.store.url'");
			assertThat(servers.standby().query("SELECT slot_name FROM pg_replication_slots")).isEmpty();
		}
	}

	private static void insert(JdbcClient jdbc, int id) {
		jdbc.sql("INSERT INTO item VALUES (?)").param(id).update();
	}

	/**
	 * Everything that an application does with a connection, several times, so that
	 * statements become prepared ones.
	 */
	private static List<String> converse(Connection connection) throws SQLException {
		List<String> trace = new ArrayList<>();
		for (int round = 0; round < 7; round++) {
			trace.add(run(connection, "SELECT count(*) >= 1 FROM item"));
			trace.add(run(connection, "INSERT INTO item VALUES (-1)"));
			connection.setAutoCommit(false);
			trace.add(run(connection, "SELECT count(*) >= 1 FROM item"));
			trace.add(end(connection, true));
			trace.add(run(connection, "SELECT count(*) >= 1 FROM item"));
			trace.add(run(connection, "INSERT INTO item VALUES (-1)"));
			trace.add(end(connection, true));
			trace.add(run(connection, "INSERT INTO item VALUES (-1)"));
			trace.add(end(connection, false));
			Savepoint savepoint = connection.setSavepoint();
			trace.add(run(connection, "UPDATE item SET id = 5"));
			connection.rollback(savepoint);
			trace.add(run(connection, "SELECT count(*) >= 1 FROM item"));
			trace.add(end(connection, true));
			connection.setReadOnly(true);
			trace.add(run(connection, "SELECT count(*) >= 1 FROM item"));
			connection.setAutoCommit(true);
			connection.setReadOnly(false);
			trace.add(state(connection));
		}
		return trace;
	}

	private static String run(Connection connection, String sql) throws SQLException {
		try (Statement statement = connection.prepareStatement(sql)) {
			boolean rows = ((java.sql.PreparedStatement) statement).execute();
			try (ResultSet result = statement.getResultSet()) {
				return (rows && result.next()) ? result.getString(1) + state(connection) : "done" + state(connection);
			}
		}
		catch (SQLException ex) {
			return ex.getSQLState() + " " + ex.getMessage() + state(connection);
		}
	}

	private static String end(Connection connection, boolean commit) throws SQLException {
		try {
			if (commit) {
				connection.commit();
			}
			else {
				connection.rollback();
			}
			return "ended" + state(connection);
		}
		catch (SQLException ex) {
			return ex.getSQLState() + " " + ex.getMessage() + state(connection);
		}
	}

	private static String state(Connection connection) throws SQLException {
		return " " + connection.unwrap(BaseConnection.class).getTransactionState() + " " + connection.getAutoCommit()
				+ " " + connection.isReadOnly() + " " + connection.getWarnings();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Plain {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Routed {

		@Bean
		DataSource writable(Environment environment) {
			return pool(environment.getRequiredProperty("spring.datasource.url"));
		}

		@Bean
		DataSource readable(Environment environment) {
			return pool(environment.getRequiredProperty("standby.url"));
		}

		@Bean
		@Primary
		DataSource dataSource(@Qualifier("writable") DataSource writable, @Qualifier("readable") DataSource readable) {
			AbstractRoutingDataSource routing = new AbstractRoutingDataSource() {
				@Override
				protected @Nullable Object determineCurrentLookupKey() {
					return TransactionSynchronizationManager.isCurrentTransactionReadOnly();
				}
			};
			routing.setTargetDataSources(Map.of(true, readable, false, writable));
			routing.afterPropertiesSet();
			return new LazyConnectionDataSourceProxy(routing);
		}

		private static HikariDataSource pool(String url) {
			HikariDataSource pool = new HikariDataSource();
			pool.setJdbcUrl(url);
			pool.setUsername("postgres");
			pool.setMaximumPoolSize(2);
			return pool;
		}

	}

}
