package io.bemi.it.surroundings;

import java.util.Map;

import io.bemi.it.support.Applications;
import io.bemi.it.support.Http;
import io.bemi.it.support.Recorded;
import io.bemi.it.support.WebSecurity;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The starter in an ordinary application.
 */
class SmokeIntegrationTests {

	@Test
	void recordsWhoWritesEachRow() {
		try (TestDatabase database = PostgresServer.shared().createDatabase()) {
			database.execute("CREATE TABLE item (id int PRIMARY KEY)");
			try (ConfigurableApplicationContext application = Applications.start(database, Application.class)) {
				assertThat(Http.to(application).post("alice", "/items/1").statusCode()).isEqualTo(200);
				assertThat(Http.to(application).post("bob", "/items/2").statusCode()).isEqualTo(200);
				assertThat(Recorded.await(database, "item", 2, "user")).isEqualTo(Map.of("1", "alice", "2", "bob"));
			}
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ WebSecurity.class, Items.class })
	static class Application {

	}

	@RestController
	static class Items {

		private final JdbcClient jdbc;

		Items(JdbcClient jdbc) {
			this.jdbc = jdbc;
		}

		@PostMapping("/items/{id}")
		void add(@PathVariable int id) {
			this.jdbc.sql("INSERT INTO item VALUES (?)").param(id).update();
		}

	}

}
