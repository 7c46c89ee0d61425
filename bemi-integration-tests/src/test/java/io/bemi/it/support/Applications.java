package io.bemi.it.support;

import io.bemi.testsupport.TestDatabase;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Starts applications.
 */
public final class Applications {

	private Applications() {
	}

	/**
	 * Starts an application whose primary database is the given one, on a free port,
	 * without Flyway and Liquibase.
	 * @param database the database
	 * @param source the application's configuration
	 * @param properties more properties, as {@code name=value}; they win
	 */
	public static ConfigurableApplicationContext start(TestDatabase database, Class<?> source, String... properties) {
		return new SpringApplicationBuilder(source).properties("server.port=0", "spring.main.banner-mode=off",
				"spring.application.name=it", "spring.datasource.url=" + database.url(),
				"spring.datasource.username=" + database.server().username(),
				"spring.datasource.password=" + database.server().password(), "spring.flyway.enabled=false",
				"spring.liquibase.enabled=false", "spring.jpa.open-in-view=false",
				"management.prometheus.metrics.export.enabled=false",
				// On Spring Boot 3.5 the actuator brings traces, on 4 another module
				// does.
				"spring.autoconfigure.exclude=org.springframework.boot.actuate.autoconfigure.tracing.BraveAutoConfiguration")
			.properties(properties)
			.run();
	}

	/**
	 * Starts such an application without a web server.
	 * @param database the database
	 * @param source the application's configuration
	 * @param properties more properties, as {@code name=value}; they win
	 */
	public static ConfigurableApplicationContext startWithoutWeb(TestDatabase database, Class<?> source,
			String... properties) {
		String[] all = new String[properties.length + 1];
		all[0] = "spring.main.web-application-type=none";
		System.arraycopy(properties, 0, all, 1, properties.length);
		return start(database, source, all);
	}

}
