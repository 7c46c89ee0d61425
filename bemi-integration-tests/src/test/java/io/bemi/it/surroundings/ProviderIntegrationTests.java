package io.bemi.it.surroundings;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.bemi.context.ContextProvider;
import io.bemi.it.support.Applications;
import io.bemi.it.support.Http;
import io.bemi.it.support.Recorded;
import io.bemi.it.support.WebSecurity;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.jpa.repository.config.EnableJpaRepositories;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Providers that ask the database, or only the request who its user is, in an application
 * behind Spring Security whose pool has one connection.
 */
class ProviderIntegrationTests {

	private static final List<String> asked = Collections.synchronizedList(new ArrayList<>());

	private static TestDatabase database;

	private static ConfigurableApplicationContext application;

	private static int id;

	@BeforeAll
	static void start() {
		database = PostgresServer.shared().createDatabase();
		database.execute("CREATE TABLE item (id int PRIMARY KEY, name text)",
				"CREATE TABLE account (name text PRIMARY KEY, tenant text)",
				"INSERT INTO account VALUES ('alice', 'acme'), ('bob', 'umbrella')");
		application = Applications.start(database, Application.class, "spring.datasource.hikari.maximum-pool-size=1",
				"spring.datasource.hikari.connection-timeout=20000");
	}

	@AfterAll
	static void stop() {
		application.close();
		database.close();
	}

	@BeforeEach
	void forget() {
		asked.clear();
	}

	@ParameterizedTest
	@CsvSource({ "jdbc, transaction", "jdbc, autocommit", "jdbc, repository", "jdbc, jpa", "repository, transaction",
			"repository, autocommit", "repository, repository", "repository, jpa", "query, transaction",
			"query, autocommit", "query, repository", "query, jpa" })
	void providerQueriesTheDatabaseWithAPoolOfOne(String provider, String way) {
		write("alice", provider, way);
		write("bob", provider, way);
		assertThat(recorded("tenant")).isEqualTo(Map.of(id - 1, "acme", id, "umbrella"));
		assertThat(recorded("user")).isEqualTo(Map.of(id - 1, "alice", id, "bob"));
		assertThat(asked).containsExactly("alice", "bob");
	}

	@ParameterizedTest
	@CsvSource({ "transaction", "autocommit", "repository", "jpa" })
	void providerThatOnlyAsksTheRequestKnowsItsUser(String way) {
		write("alice", "principal", way);
		write("bob", "principal", way);
		assertThat(recorded("tenant")).isEqualTo(Map.of(id - 1, "of alice", id, "of bob"));
		assertThat(asked).containsExactly("alice", "bob");
	}

	@ParameterizedTest
	@CsvSource({ "jdbc, transaction", "jdbc, autocommit", "query, transaction", "query, jpa" })
	void providerWhoseQueryFailsLosesNothingButItsOwnKeys(String provider, String way) {
		assertThat(Http.to(application)
			.post("alice", "/items/" + ++id + "/" + way + "?fail=true&provider=" + provider)
			.statusCode()).isEqualTo(200);
		Recorded change = changes(id).get(0);
		assertThat(change.context()).containsEntry("user", "alice").doesNotContainKey("tenant");
		assertThat(change.fact("error")).asString().contains("ContextProvider");
	}

	private static void write(String user, String provider, String way) {
		assertThat(Http.to(application).post(user, "/items/" + ++id + "/" + way + "?provider=" + provider).statusCode())
			.isEqualTo(200);
	}

	private static Map<Integer, Object> recorded(String contextKey) {
		return Map.of(id - 1, String.valueOf(changes(id - 1).get(0).context().get(contextKey)), id,
				String.valueOf(changes(id).get(0).context().get(contextKey)));
	}

	private static List<Recorded> changes(int id) {
		org.awaitility.Awaitility.await().untilAsserted(() -> assertThat(find(id)).hasSize(1));
		return find(id);
	}

	private static List<Recorded> find(int id) {
		return Recorded.find(database, "item")
			.stream()
			.filter((change) -> change.key().equals(String.valueOf(id)))
			.toList();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EntityScan(basePackageClasses = ProviderIntegrationTests.class)
	@EnableJpaRepositories(considerNestedRepositories = true, basePackageClasses = ProviderIntegrationTests.class)
	@Import({ WebSecurity.class, ItemController.class })
	static class Application {

		@Bean
		ContextProvider contextProvider(JdbcClient jdbc, AccountRepository accounts) {
			return (request) -> {
				String user = Objects.requireNonNull(request.getUserPrincipal()).getName();
				asked.add(user);
				return Map.of("tenant", tenant(user, request, jdbc, accounts));
			};
		}

		private static String tenant(String user, HttpServletRequest request, JdbcClient jdbc,
				AccountRepository accounts) {
			boolean fail = request.getParameter("fail") != null;
			return switch (request.getParameter("provider")) {
				case "jdbc" -> jdbc.sql("SELECT tenant FROM account WHERE name = ?" + (fail ? " AND 1 / 0 = 1" : ""))
					.param(user)
					.query(String.class)
					.single();
				case "repository" -> Objects.requireNonNull(accounts.findById(user).orElseThrow().tenant);
				case "query" -> fail ? accounts.failing(user) : accounts.tenantOf(user);
				default -> "of " + user;
			};
		}

	}

	@RestController
	static class ItemController {

		private final JdbcClient jdbc;

		private final ItemRepository items;

		ItemController(JdbcClient jdbc, ItemRepository items) {
			this.jdbc = jdbc;
			this.items = items;
		}

		@PostMapping("/items/{id}/transaction")
		@Transactional
		public void inTransaction(@PathVariable int id, @RequestParam String provider) {
			insert(id, provider);
		}

		@PostMapping("/items/{id}/autocommit")
		public void inAutocommit(@PathVariable int id, @RequestParam String provider) {
			insert(id, provider);
		}

		@PostMapping("/items/{id}/repository")
		public void byRepository(@PathVariable int id, @RequestParam String provider) {
			this.items.save(new Item(id, provider));
		}

		@PostMapping("/items/{id}/jpa")
		@Transactional
		public void byRepositoryInTransaction(@PathVariable int id, @RequestParam String provider) {
			this.items.save(new Item(id, provider));
		}

		private void insert(int id, String provider) {
			this.jdbc.sql("INSERT INTO item VALUES (?, ?)").params(id, provider).update();
		}

	}

	interface ItemRepository extends JpaRepository<Item, Integer> {

	}

	interface AccountRepository extends JpaRepository<Account, String> {

		@Query("select a.tenant from Account a where a.name = ?1")
		String tenantOf(String name);

		@Query(value = "select tenant from account where name = ?1 and 1 / 0 = 1", nativeQuery = true)
		String failing(String name);

	}

	/**
	 * What is written.
	 */
	@Entity(name = "Item")
	static class Item {

		@Id
		@SuppressWarnings("unused")
		private int id;

		@SuppressWarnings("unused")
		private @Nullable String name;

		protected Item() {
		}

		Item(int id, String name) {
			this.id = id;
			this.name = name;
		}

	}

	/**
	 * Whose tenant the provider looks up.
	 */
	@Entity(name = "Account")
	static class Account {

		@Id
		@SuppressWarnings({ "unused", "NullAway.Init" })
		private String name;

		private @Nullable String tenant;

	}

}
