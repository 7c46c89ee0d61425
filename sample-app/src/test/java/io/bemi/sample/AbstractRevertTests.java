package io.bemi.sample;

import java.util.List;

import io.bemi.testsupport.TestDatabase;
import org.junit.jupiter.api.Test;

import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A request of the sample is undone by its id: however the sample is started.
 */
abstract class AbstractRevertTests {

	/**
	 * Where the sample listens.
	 */
	abstract int port();

	/**
	 * The sample's database, without any todos.
	 */
	abstract TestDatabase database();

	private ResponseEntity<String> send(String user, String requestId, HttpMethod method, String uri, String body) {
		return RestClient.create().method(method).uri("http://localhost:" + port() + uri).headers((headers) -> {
			headers.setBasicAuth(user, "secret");
			headers.set("X-Request-Id", requestId);
		})
			.contentType(MediaType.APPLICATION_JSON)
			.body(body)
			.exchange((request, response) -> ResponseEntity.status(response.getStatusCode())
				.body(new String(response.getBody().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8)));
	}

	private List<String> todos() {
		return database().query("SELECT task, \"isCompleted\" FROM todo ORDER BY id");
	}

	@Test
	void aRequestIsUndone() {
		send("writer", "r-1", HttpMethod.POST, "/todos", "{\"task\": \"Sleep\"}");
		send("writer", "r-2", HttpMethod.POST, "/todos", "{\"task\": \"Eat\", \"isCompleted\": true}");
		send("writer", "r-3", HttpMethod.POST, "/todos", "{\"task\": \"Repeat\"}");
		assertThat(send("writer", "r-bad", HttpMethod.POST, "/todos/complete", "").getBody())
			.isEqualTo("{\"completed\":2}");
		String uri = "/admin/requests/r-bad/revert";
		assertThat(send("writer", "w", HttpMethod.GET, uri, "").getStatusCode().value()).isEqualTo(403);
		assertThat(send("writer", "w", HttpMethod.POST, uri, "{}").getStatusCode().value()).isEqualTo(403);
		assertThat(send("auditor", "a", HttpMethod.GET, "/admin/requests/none/revert", "").getStatusCode().value())
			.isEqualTo(404);
		ResponseEntity<String> plan = send("auditor", "a", HttpMethod.GET, uri, "");
		assertThat(plan.getStatusCode().value()).isEqualTo(200);
		assertThat(plan.getBody()).contains("\"changes\": 2", "\"to\": {\"isCompleted\": false}", "\"conflicts\": []");
		assertThat(todos()).containsExactly("Sleep|t", "Eat|t", "Repeat|t");
		ResponseEntity<String> report = send("auditor", "r-revert", HttpMethod.POST, uri,
				"{\"reason\": \"too early\"}");
		assertThat(report.getStatusCode().value()).isEqualTo(200);
		assertThat(report.getBody()).contains("\"updated\":2");
		assertThat(todos()).containsExactly("Sleep|f", "Eat|t", "Repeat|f");
		send("auditor", "a", HttpMethod.GET, "/admin/requests/r-revert/revert", "");
		assertThat(database().query(
				"SELECT DISTINCT metadata ->> 'user', metadata -> 'bemi.revert' ->> 'by', metadata -> 'bemi.revert' ->> 'reason'"
						+ " FROM bemi.changes WHERE metadata @> '{\"requestId\": \"r-revert\"}'"))
			.containsExactly("auditor|auditor|too early");
		send("writer", "r-4", HttpMethod.PUT, "/todos/" + database().query("SELECT min(id) FROM todo").get(0),
				"{\"task\": \"Sleep well\"}");
		ResponseEntity<String> refused = send("auditor", "a", HttpMethod.POST, "/admin/requests/r-1/revert", "{}");
		assertThat(refused.getStatusCode().value()).isEqualTo(409);
		assertThat(refused.getBody()).contains("\"kind\":\"LATER_CHANGE\"");
		assertThat(todos()).hasSize(3);
	}

}
