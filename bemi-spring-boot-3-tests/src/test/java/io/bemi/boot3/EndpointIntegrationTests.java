package io.bemi.boot3;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringBootVersion;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The actuator's endpoint and the health of the same jar.
 */
class EndpointIntegrationTests {

	private final HttpClient client = HttpClient.newHttpClient();

	@Test
	void tellsPausesAndResumes() throws Exception {
		assertThat(SpringBootVersion.getVersion()).startsWith("3.5");
		try (TestDatabase database = PostgresServer.shared().createDatabase()) {
			database.execute("CREATE TABLE todo (id integer PRIMARY KEY)");
			try (ConfigurableApplicationContext application = start(database)) {
				String actuator = "http://localhost:" + application.getEnvironment().getProperty("local.server.port")
						+ "/actuator/";
				Awaitility.await()
					.atMost(Duration.ofSeconds(30))
					.untilAsserted(
							() -> assertThat(get(actuator + "bemi").at("/phase").asText()).isEqualTo("STREAMING"));
				assertThat(get(actuator + "bemi").at("/tables/tracked").toString()).isEqualTo("[\"public.todo\"]");
				assertThat(get(actuator + "health/bemi").at("/status").asText()).isEqualTo("UP");
				assertThat(post(actuator + "bemi/pause").at("/phase").asText()).isEqualTo("PAUSED");
				assertThat(get(actuator + "health/bemi").at("/status").asText()).isEqualTo("OUT_OF_SERVICE");
				assertThat(post(actuator + "bemi/resume").at("/paused").asBoolean(true)).isFalse();
				Awaitility.await()
					.atMost(Duration.ofSeconds(30))
					.untilAsserted(
							() -> assertThat(get(actuator + "health/bemi").at("/status").asText()).isEqualTo("UP"));
			}
		}
	}

	private static ConfigurableApplicationContext start(TestDatabase database) {
		return new SpringApplicationBuilder(Application.class)
			.properties("server.port=0", "spring.main.banner-mode=off", "spring.application.name=boot3",
					"spring.datasource.url=" + database.url(),
					"spring.datasource.username=" + database.server().username(),
					"spring.datasource.password=" + database.server().password(), "spring.flyway.enabled=false",
					"spring.batch.job.enabled=false", "spring.jpa.open-in-view=false",
					"management.endpoints.web.exposure.include=health,bemi",
					"management.endpoint.health.show-components=always")
			.run();
	}

	private JsonNode get(String url) throws IOException, InterruptedException {
		return send(HttpRequest.newBuilder(URI.create(url)));
	}

	private JsonNode post(String url) throws IOException, InterruptedException {
		return send(HttpRequest.newBuilder(URI.create(url)).POST(HttpRequest.BodyPublishers.noBody()));
	}

	private JsonNode send(HttpRequest.Builder request) throws IOException, InterruptedException {
		return new ObjectMapper()
			.readTree(this.client.send(request.build(), HttpResponse.BodyHandlers.ofString()).body());
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		SecurityFilterChain security(HttpSecurity http) throws Exception {
			return http.csrf((csrf) -> csrf.disable())
				.authorizeHttpRequests((requests) -> requests.anyRequest().permitAll())
				.build();
		}

	}

}
