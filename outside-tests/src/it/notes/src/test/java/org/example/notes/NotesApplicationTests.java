package org.example.notes;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringBootVersion;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A user's project: its changes are recorded.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class NotesApplicationTests {

	private static final String CHANGES = """
			SELECT operation, values ->> 'body' AS body, metadata ->> 'endpoint' AS endpoint,
				metadata ->> 'tenant' AS tenant, metadata ->> 'requestId' IS NOT NULL AS request
			FROM bemi.changes WHERE "table" = 'note' ORDER BY position, ordinal
			""";

	private final HttpClient client = HttpClient.newHttpClient();

	@Autowired
	private JdbcClient jdbcClient;

	@Value("${local.server.port}")
	private int port;

	@DynamicPropertySource
	static void startDatabase(DynamicPropertyRegistry registry) throws IOException {
		EmbeddedPostgres server = EmbeddedPostgres.builder().setServerConfig("wal_level", "logical").start();
		registry.add("spring.datasource.url", () -> server.getJdbcUrl("postgres", "postgres"));
	}

	@Test
	void changesAreRecorded() throws Exception {
		assertThat(SpringBootVersion.getVersion()).isEqualTo(System.getProperty("expected.boot.version"));
		send("POST", "/notes", "first");
		send("PUT", "/notes/1", "second");
		await().atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(changes()).containsExactly(
					Map.of("operation", "CREATE", "body", "first", "endpoint", "POST /notes", "tenant", "acme",
							"request", true),
					Map.of("operation", "UPDATE", "body", "second", "endpoint", "PUT /notes/{id}", "tenant", "acme",
							"request", true)));
	}

	@Test
	void migrationsAreThoseOfTheApplicationsFlyway() {
		boolean hasHistory = this.jdbcClient.sql("SELECT to_regclass('flyway_schema_history') IS NOT NULL")
			.query(Boolean.class)
			.single();
		assertThat(hasHistory).isEqualTo(ClassUtils.isPresent("org.flywaydb.core.Flyway", null));
		if (hasHistory) {
			assertThat(this.jdbcClient.sql("SELECT script FROM flyway_schema_history WHERE success")
				.query(String.class)
				.list()).anyMatch((script) -> script.toLowerCase().contains("bemi"));
		}
	}

	private List<Map<String, Object>> changes() {
		return this.jdbcClient.sql(CHANGES).query().listOfRows();
	}

	private void send(String method, String path, String body) throws Exception {
		HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + path))
			.method(method, BodyPublishers.ofString(body))
			.header("Content-Type", "text/plain")
			.header("X-Tenant", "acme")
			.build();
		assertThat(this.client.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
	}

}
