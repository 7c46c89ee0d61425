package org.example.documents;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.bemi.context.BemiContext;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A user's project with Jackson 3 only: its JSON is mapped, and recorded, as without the
 * starter.
 */
@SpringBootTest(properties = "spring.jpa.hibernate.ddl-auto=update")
class DocumentsApplicationTests {

	@Autowired
	private Documents documents;

	@Autowired
	private JsonMapper jsonMapper;

	@Autowired
	private JdbcClient jdbcClient;

	@DynamicPropertySource
	static void startDatabase(DynamicPropertyRegistry registry) throws IOException {
		EmbeddedPostgres server = EmbeddedPostgres.builder().setServerConfig("wal_level", "logical").start();
		registry.add("spring.datasource.url", () -> server.getJdbcUrl("postgres", "postgres"));
	}

	@Test
	void starterBringsNoJackson2() {
		assertThat(ClassUtils.isPresent("com.fasterxml.jackson.databind.ObjectMapper", null)).isFalse();
		assertThat(ClassUtils.isPresent("com.fasterxml.jackson.core.JsonFactory", null)).isFalse();
		assertThat(ClassUtils.isPresent("com.fasterxml.jackson.annotation.JsonProperty", null)).isTrue();
	}

	@Test
	void jsonColumnHoldsTreesOfJackson3() {
		JsonNode content = this.jsonMapper.readTree("{\"title\": \"One\", \"pages\": [1, 2.5]}");
		BemiContext.run(Map.of("filter", content), () -> {
			Long id = this.documents.save(new Document(content)).getId();
			assertThat(this.documents.findById(id).orElseThrow().getContent()).isEqualTo(content);
		});
		await().atMost(Duration.ofSeconds(30))
			.ignoreExceptions()
			.untilAsserted(() -> assertThat(this.jdbcClient.sql("""
					SELECT values #>> '{content,title}' AS title, metadata #>> '{filter,pages,1}' AS page
					FROM bemi.changes
					""").query().listOfRows()).isEqualTo(List.of(Map.of("title", "One", "page", "2.5"))));
	}

}
