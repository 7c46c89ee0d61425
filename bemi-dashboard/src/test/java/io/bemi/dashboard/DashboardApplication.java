package io.bemi.dashboard;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

import io.bemi.query.Changes;
import io.bemi.testsupport.TestDatabase;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;

/**
 * An application that lets everybody in, so that the dashboard's own checks decide; with
 * users who see all, or not all.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
class DashboardApplication {

	static ConfigurableApplicationContext run(TestDatabase database, String... properties) {
		return run(builder(database, DashboardApplication.class), properties);
	}

	/**
	 * Of other sources.
	 */
	static SpringApplicationBuilder builder(TestDatabase database, Class<?>... sources) {
		return new SpringApplicationBuilder(sources).properties(Map.of("server.port", "0", "spring.datasource.url",
				database.url(), "spring.datasource.username", database.server().username(),
				"spring.datasource.password", database.server().password(), "spring.main.banner-mode", "off",
				"bemi.query.await-timeout", "30s", "spring.application.name", "shop"));
	}

	static ConfigurableApplicationContext run(SpringApplicationBuilder builder, String... properties) {
		return builder.properties(properties).run();
	}

	static int port(ConfigurableApplicationContext application) {
		return application.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
	}

	static Changes changes(ConfigurableApplicationContext application) {
		return application.getBean(Changes.class);
	}

	@Bean
	SecurityFilterChain securityFilterChain(HttpSecurity http) throws Exception {
		return http.authorizeHttpRequests((requests) -> requests.anyRequest().permitAll())
			.httpBasic(Customizer.withDefaults())
			.build();
	}

	@Bean
	UserDetailsService users() {
		return new InMemoryUserDetailsManager(user("writer"), user("reader", "BEMI"), user("reverter", "BEMI_REVERT"),
				user("auditor", "BEMI", "BEMI_REVERT"), user("masked", "BEMI", "BEMI_REVERT"),
				user("tenant", "BEMI", "BEMI_REVERT"));
	}

	private static UserDetails user(String name, String... roles) {
		return User.withUsername(name).password("{noop}secret").roles(roles).build();
	}

	@Bean
	DashboardMask mask() {
		return (schema, table, user) -> !"masked".equals(user.name()) ? List.of()
				: table.equals("note") ? Set.of("secret") : table.equals("person") ? Set.of("ssn") : List.of();
	}

	@Bean
	DashboardRowFilter rows() {
		return (query, user) -> "tenant".equals(user.name()) ? query.context("tenant", "a") : query;
	}

	@Bean
	Seen seen() {
		return new Seen();
	}

	static class Seen implements DashboardAudit {

		final List<DashboardEvent> events = new CopyOnWriteArrayList<>();

		@Override
		public void record(DashboardEvent event) {
			this.events.add(event);
		}

	}

	/**
	 * An application that answers for everything, as some do.
	 */
	@ControllerAdvice
	static class Everything {

		@ExceptionHandler
		String everything(Exception ex) {
			throw new IllegalStateException("Not for the dashboard", ex);
		}

	}

}
