package io.bemi.sample.security;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;

@Configuration(proxyBeanMethods = false)
class SecurityConfiguration {

	@Bean
	SecurityFilterChain securityFilterChain(HttpSecurity http) {
		return http
			.authorizeHttpRequests((requests) -> requests.requestMatchers("/admin/requests/*/revert")
				.hasRole("BEMI_REVERT")
				// The dashboard asks for the roles itself.
				.requestMatchers("/bemi", "/bemi/**")
				.permitAll()
				.anyRequest()
				.authenticated())
			.httpBasic(Customizer.withDefaults())
			.csrf((csrf) -> csrf.ignoringRequestMatchers("/todos/**", "/admin/requests/*/revert"))
			.build();
	}

	// A password in plain text is for a sample only.
	@Bean
	UserDetailsService users() {
		return new InMemoryUserDetailsManager(User.withUsername("writer").password("{noop}secret").roles().build(),
				User.withUsername("auditor").password("{noop}secret").roles("BEMI", "BEMI_REVERT").build());
	}

}
