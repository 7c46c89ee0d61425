package io.bemi.benchmarks.shop;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.jpa.repository.config.EnableJpaRepositories;

/**
 * The application: Spring Boot, Spring Data JPA and the starter.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@EntityScan(basePackageClasses = Order.class)
@EnableJpaRepositories(basePackageClasses = Orders.class)
public class ShopApplication {

	/**
	 * Starts it.
	 * @param url the JDBC URL of its database
	 * @param more further properties, such as {@code name=value}
	 * @return the running application, to be closed
	 */
	public static ConfigurableApplicationContext start(String url, String... more) {
		return new SpringApplicationBuilder(ShopApplication.class).properties("spring.main.banner-mode=off",
				"spring.main.web-application-type=none", "spring.application.name=shop", "spring.datasource.url=" + url,
				"spring.datasource.username=postgres", "spring.datasource.password=postgres", "logging.level.root=WARN")
			.properties(more)
			.run();
	}

}
