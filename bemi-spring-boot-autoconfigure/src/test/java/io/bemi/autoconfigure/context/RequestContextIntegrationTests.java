package io.bemi.autoconfigure.context;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import io.bemi.context.ContextProvider;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import jakarta.servlet.http.HttpServletRequest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Requests to a real application behind Spring Security, with a pool of one connection,
 * and what they leave in the WAL.
 */
class RequestContextIntegrationTests {

	private static final List<String> asked = Collections.synchronizedList(new ArrayList<>());

	private static TestDatabase database;

	private static ConfigurableApplicationContext application;

	private static String url;

	@BeforeAll
	static void start() {
		database = PostgresServer.shared().createDatabase();
		database.execute("CREATE TABLE todo (id int PRIMARY KEY, task text)", "INSERT INTO todo VALUES (1, 'x')",
				"CREATE TABLE account (name text PRIMARY KEY, tenant text)",
				"INSERT INTO account VALUES ('alice', 'acme')");
		database.query("SELECT pg_create_logical_replication_slot('slot_" + database.name() + "', 'test_decoding')");
		application = new SpringApplicationBuilder(Application.class)
			.properties(Map.of("server.port", "0", "spring.flyway.enabled", "false", "test.url", database.url(),
					"test.username", database.server().username(), "test.password", database.server().password(),
					"bemi.ingestion.enabled", "false"))
			.run();
		url = "http://localhost:" + application.getEnvironment().getProperty("local.server.port");
	}

	@AfterAll
	static void stop() {
		application.close();
		database.close();
	}

	@BeforeEach
	void forget() {
		messages();
		asked.clear();
	}

	@Test
	void userIsKnownAlthoughTheFilterIsOutsideOfSpringSecurity() {
		assertThat(put("/todos/1?by=transaction")).isEqualTo(200);
		assertThat(messages()).singleElement()
			.asString()
			.contains("\"user\":\"alice\"", "\"endpoint\":\"PUT /todos/{id}\"", "\"requestId\":\"r-1\"",
					"\"tenant\":\"acme\"", "\"by\":\"transaction\"", "\"entryPoint\":\"http\"",
					"\"method\":\"Todos.update\"")
			.doesNotContain("error");
		assertThat(asked).containsExactly("alice");
	}

	@Test
	void autocommitWriteCarriesTheSame() {
		assertThat(put("/todos/1?by=autocommit")).isEqualTo(200);
		assertThat(messages()).singleElement()
			.asString()
			.contains("\"user\":\"alice\"", "\"endpoint\":\"PUT /todos/{id}\"", "\"tenant\":\"acme\"");
		assertThat(asked).containsExactly("alice");
	}

	@Test
	void providerIsAskedOnceForSeveralTransactions() {
		assertThat(put("/todos/1?by=both")).isEqualTo(200);
		assertThat(messages()).hasSize(2);
		assertThat(asked).containsExactly("alice");
	}

	@Test
	void providerIsNotAskedForReads() {
		assertThat(get("/todos/1?by=transaction")).isEqualTo(200);
		assertThat(get("/todos/1?by=autocommit")).isEqualTo(200);
		assertThat(messages()).isEmpty();
		assertThat(asked).isEmpty();
	}

	@Test
	void queryOfTheProviderThatFailsDoesNotTakeTheTransactionWithIt() {
		for (String by : List.of("transaction", "autocommit")) {
			assertThat(put("/todos/1?fail=true&by=" + by)).isEqualTo(200);
			assertThat(messages()).singleElement()
				.asString()
				.contains("\"user\":\"alice\"", "\"endpoint\":\"PUT /todos/{id}\"", "\"error\":\"ContextProvider");
			assertThat(database.query("SELECT task FROM todo")).containsExactly(by);
		}
	}

	private static int put(String path) {
		return send(HttpRequest.newBuilder(URI.create(url + path)).PUT(HttpRequest.BodyPublishers.noBody()));
	}

	private static int get(String path) {
		return send(HttpRequest.newBuilder(URI.create(url + path)));
	}

	private static int send(HttpRequest.Builder request) {
		String credentials = Base64.getEncoder().encodeToString("alice:secret".getBytes(StandardCharsets.UTF_8));
		try {
			return HttpClient.newHttpClient()
				.send(request.header("Authorization", "Basic " + credentials).header("X-Request-Id", "r-1").build(),
						HttpResponse.BodyHandlers.ofString())
				.statusCode();
		}
		catch (IOException | InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static List<String> messages() {
		database.execute("SET synchronous_commit = on; SELECT pg_logical_emit_message(true, 'flush', 'x'); COMMIT");
		return database
			.query("SELECT data FROM pg_logical_slot_get_changes('slot_" + database.name() + "', NULL, NULL)")
			.stream()
			.filter((line) -> line.contains("prefix: _bemi,"))
			.toList();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableWebSecurity
	@EnableTransactionManagement
	@Import(Todos.class)
	static class Application {

		@Bean
		DataSource dataSource(org.springframework.core.env.Environment environment) {
			HikariDataSource dataSource = new HikariDataSource();
			dataSource.setJdbcUrl(environment.getRequiredProperty("test.url"));
			dataSource.setUsername(environment.getRequiredProperty("test.username"));
			dataSource.setPassword(environment.getRequiredProperty("test.password"));
			dataSource.setMaximumPoolSize(1);
			dataSource.setConnectionTimeout(20_000);
			return dataSource;
		}

		@Bean
		JdbcClient jdbcClient(DataSource dataSource) {
			return JdbcClient.create(dataSource);
		}

		@Bean
		PlatformTransactionManager transactionManager(DataSource dataSource) {
			return new JdbcTransactionManager(dataSource);
		}

		@Bean
		SecurityFilterChain security(HttpSecurity http) throws Exception {
			return http.csrf((csrf) -> csrf.disable())
				.authorizeHttpRequests((requests) -> requests.anyRequest().authenticated())
				.httpBasic(Customizer.withDefaults())
				.build();
		}

		@Bean
		UserDetailsService users() {
			return new InMemoryUserDetailsManager(User.withUsername("alice").password("{noop}secret").build());
		}

		@Bean
		FilterRegistrationBean<jakarta.servlet.Filter> securityFilter(
				@Qualifier("springSecurityFilterChain") jakarta.servlet.Filter chain) {
			FilterRegistrationBean<jakarta.servlet.Filter> registration = new FilterRegistrationBean<>(chain);
			registration.setOrder(-100);
			return registration;
		}

		@Bean
		ContextProvider contextProvider(JdbcClient jdbc) {
			return (request) -> context(request, jdbc);
		}

		private static Map<String, ?> context(HttpServletRequest request, JdbcClient jdbc) {
			String user = Objects.requireNonNull(request.getUserPrincipal()).getName();
			asked.add(user);
			if (request.getParameter("fail") != null) {
				jdbc.sql("SELECT 1 / 0").query(Integer.class).single();
			}
			String tenant = jdbc.sql("SELECT tenant FROM account WHERE name = ?")
				.param(user)
				.query(String.class)
				.single();
			return Map.of("tenant", tenant, "by", request.getParameter("by"));
		}

	}

	@RestController
	static class Todos {

		private final JdbcClient jdbc;

		private final TransactionTemplate transaction;

		Todos(JdbcClient jdbc, PlatformTransactionManager transactionManager) {
			this.jdbc = jdbc;
			this.transaction = new TransactionTemplate(transactionManager);
		}

		@PutMapping("/todos/{id}")
		void update(@PathVariable int id, HttpServletRequest request) {
			String by = request.getParameter("by");
			if (!"autocommit".equals(by)) {
				this.transaction.executeWithoutResult((status) -> write(id, by));
			}
			if (!"transaction".equals(by)) {
				write(id, by);
			}
		}

		private void write(int id, String by) {
			this.jdbc.sql("UPDATE todo SET task = ? WHERE id = ?").params(by, id).update();
		}

		@GetMapping("/todos/{id}")
		String get(@PathVariable int id, HttpServletRequest request) {
			if ("transaction".equals(request.getParameter("by"))) {
				TransactionTemplate readOnly = new TransactionTemplate(
						Objects.requireNonNull(this.transaction.getTransactionManager()));
				readOnly.setReadOnly(true);
				return Objects.requireNonNull(readOnly.execute((status) -> read(id)));
			}
			return read(id);
		}

		private String read(int id) {
			return this.jdbc.sql("SELECT task FROM todo WHERE id = ?").param(id).query(String.class).single();
		}

	}

}
