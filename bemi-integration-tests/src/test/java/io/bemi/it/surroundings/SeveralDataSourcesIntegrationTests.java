package io.bemi.it.surroundings;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import io.bemi.connection.BemiDataSource;
import io.bemi.context.BemiContext;
import io.bemi.it.support.Applications;
import io.bemi.it.support.ContextMessages;
import io.bemi.it.support.Recorded;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.CustomScopeConfigurer;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application with many data sources, some of which lead to others: each commit sends
 * its context exactly once.
 */
class SeveralDataSourcesIntegrationTests {

	private static final GenerationScope generations = new GenerationScope();

	private static final ThreadLocal<@Nullable String> route = new ThreadLocal<>();

	private static TestDatabase first;

	private static TestDatabase second;

	private static ContextMessages firstMessages;

	private static ContextMessages secondMessages;

	private static ConfigurableApplicationContext application;

	private static int id;

	@BeforeAll
	static void start() {
		first = PostgresServer.shared().createDatabase();
		second = PostgresServer.shared().createDatabase();
		for (TestDatabase database : List.of(first, second)) {
			database.execute("CREATE TABLE item (id int PRIMARY KEY)");
		}
		firstMessages = new ContextMessages(first);
		secondMessages = new ContextMessages(second);
		application = Applications.startWithoutWeb(first, Application.class, "second.url=" + second.url(),
				"bemi.connection.exclude=excluded");
	}

	@AfterAll
	static void stop() {
		application.close();
		first.close();
		second.close();
	}

	@BeforeEach
	void forget() {
		firstMessages.next();
		secondMessages.next();
	}

	@ParameterizedTest
	@ValueSource(strings = { "dataSource", "lazy", "aware", "routing", "routingToNoBeans", "lazyRouting",
			"awareLazyRouting", "routingToLazy", "scoped", "lazyScoped" })
	void eachCommitSendsItsContextOnce(String name) throws SQLException {
		DataSource dataSource = application.getBean(name, DataSource.class);
		route("first", () -> {
			write("alice", dataSource);
			writeInTransaction("bob", dataSource);
			writeWithoutSpring("carol", dataSource);
		});
		assertThat(firstMessages.next()).satisfiesExactly((message) -> assertThat(message).contains("alice"),
				(message) -> assertThat(message).contains("bob"), (message) -> assertThat(message).contains("carol"));
		assertThat(secondMessages.next()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "dataSource", "lazy", "aware", "routing", "routingToNoBeans", "lazyRouting",
			"awareLazyRouting", "routingToLazy", "scoped", "lazyScoped" })
	void eachContextOfATransactionIsSentOnce(String name) {
		DataSource dataSource = application.getBean(name, DataSource.class);
		TransactionTemplate transaction = new TransactionTemplate(new DataSourceTransactionManager(dataSource));
		route("first", () -> transaction.executeWithoutResult((status) -> {
			write("alice", dataSource);
			write("bob", dataSource);
		}));
		assertThat(firstMessages.next()).satisfiesExactly((message) -> assertThat(message).contains("alice"),
				(message) -> assertThat(message).contains("bob"));
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "second", "routing", "routingToNoBeans", "lazyRouting", "awareLazyRouting", "routingToLazy" })
	void soDoesEachCommitInTheOtherDatabase(String name) {
		DataSource dataSource = application.getBean(name, DataSource.class);
		route("second", () -> {
			write("alice", dataSource);
			writeInTransaction("bob", dataSource);
			writeWithoutSpring("carol", dataSource);
		});
		assertThat(secondMessages.next()).satisfiesExactly((message) -> assertThat(message).contains("alice"),
				(message) -> assertThat(message).contains("bob"), (message) -> assertThat(message).contains("carol"));
		assertThat(firstMessages.next()).isEmpty();
	}

	@Test
	void excludedDataSourceIsLeftAlone() {
		DataSource dataSource = application.getBean("excluded", DataSource.class);
		assertThat(dataSource).isInstanceOf(HikariDataSource.class);
		write("alice", dataSource);
		writeInTransaction("bob", dataSource);
		assertThat(firstMessages.next()).isEmpty();
	}

	@Test
	void otherDatabaseProductIsLeftAlone() throws SQLException {
		DataSource dataSource = application.getBean("h2", DataSource.class);
		JdbcClient.create(dataSource).sql("CREATE TABLE item (id int PRIMARY KEY)").update();
		write("alice", dataSource);
		writeInTransaction("bob", dataSource);
		assertThat(JdbcClient.create(dataSource).sql("SELECT count(*) FROM item").query(Integer.class).single())
			.isEqualTo(2);
		try (Connection connection = dataSource.getConnection()) {
			assertThat(connection.getMetaData().getDatabaseProductName()).isEqualTo("H2");
		}
	}

	@Test
	void scopedDataSourceIsReplacedWithItsPool() throws SQLException {
		DataSource dataSource = application.getBean("scoped", DataSource.class);
		HikariDataSource before = dataSource.unwrap(HikariDataSource.class);
		write("alice", dataSource);
		generations.refresh();
		write("bob", dataSource);
		assertThat(before.isClosed()).isTrue();
		assertThat(dataSource.unwrap(HikariDataSource.class)).isNotSameAs(before);
		assertThat(firstMessages.next()).satisfiesExactly((message) -> assertThat(message).contains("alice"),
				(message) -> assertThat(message).contains("bob"));
	}

	@Test
	void onlyTheDataSourcesAtTheEndOfEachWayAreWrapped() {
		assertThat(application.getBeansOfType(DataSource.class)
			.entrySet()
			.stream()
			.filter((entry) -> entry.getValue() instanceof BemiDataSource)
			.map(Map.Entry::getKey)).contains("dataSource", "second", "h2", "scoped", "routingToNoBeans")
			.doesNotContain("excluded", "lazy", "aware");
	}

	@Test
	void primaryDatabaseIsRecordedWhateverTheWay() {
		int from = id;
		for (String name : List.of("dataSource", "lazy", "aware", "routing", "routingToNoBeans", "scoped")) {
			route("first", () -> writeInTransaction(name, application.getBean(name, DataSource.class)));
		}
		List<String> keys = java.util.stream.IntStream.rangeClosed(from + 1, id).mapToObj(String::valueOf).toList();
		org.awaitility.Awaitility.await()
			.untilAsserted(() -> assertThat(Recorded.find(first, "item")
				.stream()
				.filter((change) -> keys.contains(change.key()))
				.map((change) -> String.valueOf(change.context().get("user"))))
				.containsExactly("dataSource", "lazy", "aware", "routing", "routingToNoBeans", "scoped"));
	}

	private static void route(String key, Runnable work) {
		route.set(key);
		try {
			work.run();
		}
		finally {
			route.remove();
		}
	}

	private static void write(String user, DataSource dataSource) {
		BemiContext.run(Map.of("user", user), () -> insert(dataSource));
	}

	private static void writeInTransaction(String user, DataSource dataSource) {
		TransactionTemplate transaction = new TransactionTemplate(new DataSourceTransactionManager(dataSource));
		BemiContext.run(Map.of("user", user), () -> transaction.executeWithoutResult((status) -> insert(dataSource)));
	}

	private static void writeWithoutSpring(String user, DataSource dataSource) {
		BemiContext.run(Map.of("user", user), () -> {
			try (Connection connection = dataSource.getConnection();
					Statement statement = connection.createStatement()) {
				connection.setAutoCommit(false);
				statement.executeUpdate("INSERT INTO item VALUES (" + ++id + ")");
				connection.commit();
			}
			catch (SQLException ex) {
				throw new IllegalStateException(ex);
			}
		});
	}

	private static void insert(DataSource dataSource) {
		JdbcClient.create(dataSource).sql("INSERT INTO item VALUES (?)").param(++id).update();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		@Primary
		DataSource dataSource(Environment environment) {
			return pool(environment.getRequiredProperty("spring.datasource.url"), environment);
		}

		@Bean
		DataSource second(Environment environment) {
			return pool(environment.getRequiredProperty("second.url"), environment);
		}

		@Bean
		DataSource excluded(Environment environment) {
			return pool(environment.getRequiredProperty("spring.datasource.url"), environment);
		}

		@Bean
		DataSource h2() {
			HikariDataSource pool = new HikariDataSource();
			pool.setJdbcUrl("jdbc:h2:mem:several");
			pool.setMaximumPoolSize(2);
			return pool;
		}

		@Bean
		DataSource lazy(DataSource dataSource) {
			return new LazyConnectionDataSourceProxy(dataSource);
		}

		@Bean
		DataSource aware(DataSource dataSource) {
			return new TransactionAwareDataSourceProxy(dataSource);
		}

		@Bean
		DataSource routing(DataSource dataSource, @Qualifier("second") DataSource second) {
			return new Routing(dataSource, second);
		}

		@Bean
		DataSource routingToNoBeans(Environment environment) {
			return new Routing(pool(environment.getRequiredProperty("spring.datasource.url"), environment),
					pool(environment.getRequiredProperty("second.url"), environment));
		}

		@Bean
		DataSource lazyRouting(@Qualifier("routing") DataSource routing) {
			LazyConnectionDataSourceProxy lazy = new LazyConnectionDataSourceProxy();
			lazy.setTargetDataSource(routing);
			lazy.setDefaultAutoCommit(true);
			lazy.setDefaultTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
			return lazy;
		}

		@Bean
		DataSource awareLazyRouting(@Qualifier("lazyRouting") DataSource lazyRouting) {
			return new TransactionAwareDataSourceProxy(lazyRouting);
		}

		@Bean
		DataSource routingToLazy(@Qualifier("lazy") DataSource lazy, @Qualifier("second") DataSource second) {
			return new Routing(lazy, new TransactionAwareDataSourceProxy(new LazyConnectionDataSourceProxy(second)));
		}

		@Bean
		static CustomScopeConfigurer scopes() {
			CustomScopeConfigurer configurer = new CustomScopeConfigurer();
			configurer.addScope("generation", generations);
			return configurer;
		}

		@Bean
		@Scope(scopeName = "generation", proxyMode = ScopedProxyMode.TARGET_CLASS)
		DataSource scoped(Environment environment) {
			return pool(environment.getRequiredProperty("spring.datasource.url"), environment);
		}

		@Bean
		DataSource lazyScoped(@Qualifier("scoped") DataSource scoped) {
			return new LazyConnectionDataSourceProxy(scoped);
		}

		private static HikariDataSource pool(String url, Environment environment) {
			HikariDataSource pool = new HikariDataSource();
			pool.setJdbcUrl(url);
			pool.setUsername(environment.getRequiredProperty("spring.datasource.username"));
			pool.setPassword(environment.getProperty("spring.datasource.password"));
			pool.setMaximumPoolSize(2);
			pool.setMinimumIdle(0);
			return pool;
		}

	}

	/**
	 * Knows no way unless the thread says one, also while the application starts.
	 */
	private static final class Routing extends AbstractRoutingDataSource {

		Routing(DataSource first, DataSource second) {
			setTargetDataSources(Map.of("first", first, "second", second));
			setLenientFallback(false);
		}

		@Override
		protected @Nullable Object determineCurrentLookupKey() {
			return route.get();
		}

	}

}
