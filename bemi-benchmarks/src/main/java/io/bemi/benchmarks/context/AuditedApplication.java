package io.bemi.benchmarks.context;

import java.util.ArrayList;
import java.util.List;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.jpa.repository.config.EnableJpaRepositories;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The application: Spring Boot, Spring Data JPA and one way to audit.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@EntityScan(basePackageClasses = Item.class)
@EnableJpaRepositories(basePackageClasses = Items.class)
class AuditedApplication {

	/**
	 * Starts it, with all that its way to audit needs in the database.
	 */
	static ConfigurableApplicationContext start(Audit audit, String url) {
		List<String> properties = new ArrayList<>(
				List.of("spring.main.banner-mode=off", "spring.main.web-application-type=none",
						"spring.application.name=items", "logging.level.root=WARN", "spring.datasource.url=" + url,
						"spring.datasource.username=postgres", "spring.datasource.password=postgres",
						"spring.datasource.hikari.maximum-pool-size=1", "spring.datasource.hikari.max-lifetime=0",
						"spring.jpa.hibernate.ddl-auto=update", "spring.jpa.properties.hibernate.jdbc.batch_size=50",
						"spring.jpa.properties.hibernate.integration.envers.enabled=false", "bemi.enabled=false"));
		properties.addAll(audit.properties());
		SpringApplicationBuilder builder = new SpringApplicationBuilder(AuditedApplication.class);
		if (audit == Audit.JAVERS) {
			builder.sources(JaversConfiguration.class);
		}
		ConfigurableApplicationContext application = builder.properties(properties.toArray(String[]::new)).run();
		if (audit == Audit.COMMENT) {
			application.getBean(JdbcTemplate.class).execute(ContextComment.TRIGGER);
		}
		return application;
	}

}
