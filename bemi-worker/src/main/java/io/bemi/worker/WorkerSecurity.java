package io.bemi.worker;

import java.util.List;

import io.bemi.dashboard.autoconfigure.BemiDashboardProperties;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.AndRequestMatcher;

/**
 * Who may look: at health everybody, at the rest who has the dashboard's role. Without a
 * password in {@code spring.security.user.password} that is nobody; none is made up and
 * logged.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@EnableConfigurationProperties(BemiDashboardProperties.class)
class WorkerSecurity {

	private static final String USER = "spring.security.user.";

	@Bean
	@ConditionalOnMissingBean
	SecurityFilterChain bemiWorkerSecurity(HttpSecurity http, BemiDashboardProperties dashboard) {
		return http
			.authorizeHttpRequests((requests) -> requests
				.requestMatchers("/actuator/health", "/actuator/health/liveness", "/actuator/health/readiness")
				.permitAll()
				// The dashboard asks for the roles itself.
				.requestMatchers(dashboard.getPath(), dashboard.getPath() + "/**")
				.permitAll()
				.anyRequest()
				.hasRole(dashboard.getReadRole()))
			.httpBasic(Customizer.withDefaults())
			.csrf((csrf) -> csrf.ignoringRequestMatchers(new AndRequestMatcher(
					PathPatternRequestMatcher.withDefaults().matcher("/actuator/**"), WorkerSecurity::isFromProgram)))
			.build();
	}

	/**
	 * Browsers name the page that posts something, and send along the password that they
	 * were given, whosever page that is.
	 */
	private static boolean isFromProgram(HttpServletRequest request) {
		return request.getHeader("Origin") == null && request.getHeader("Sec-Fetch-Site") == null;
	}

	@Bean
	@ConditionalOnMissingBean
	UserDetailsService bemiWorkerUsers(Environment environment, BemiDashboardProperties dashboard) {
		InMemoryUserDetailsManager users = new InMemoryUserDetailsManager();
		String password = environment.getProperty(USER + "password");
		if (password != null && !password.isEmpty()) {
			List<String> roles = Binder.get(environment)
				.bind(USER + "roles", Bindable.listOf(String.class))
				.orElse(List.of(dashboard.getReadRole()));
			users.createUser(User.withUsername(environment.getProperty(USER + "name", "user"))
				.password(password.startsWith("{") ? password : "{noop}" + password)
				.roles(roles.toArray(String[]::new))
				.build());
		}
		return users;
	}

}
