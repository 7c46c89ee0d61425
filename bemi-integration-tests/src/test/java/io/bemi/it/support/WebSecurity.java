package io.bemi.it.support;

import java.util.stream.Stream;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;

/**
 * Users alice, bob and carol, who log in with each request.
 */
@Configuration(proxyBeanMethods = false)
public class WebSecurity {

	static final String PASSWORD = "secret";

	@Bean
	SecurityFilterChain security(HttpSecurity http) throws Exception {
		return http.csrf((csrf) -> csrf.disable())
			.authorizeHttpRequests((requests) -> requests.anyRequest().authenticated())
			.httpBasic(Customizer.withDefaults())
			.build();
	}

	@Bean
	UserDetailsService users() {
		return new InMemoryUserDetailsManager(
				Stream.of("alice", "bob", "carol").map(WebSecurity::user).toArray(UserDetails[]::new));
	}

	private static UserDetails user(String name) {
		return User.withUsername(name).password("{noop}" + PASSWORD).build();
	}

}
