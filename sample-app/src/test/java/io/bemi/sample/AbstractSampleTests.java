package io.bemi.sample;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.bemi.change.Operation;
import io.bemi.query.Changes;
import io.bemi.test.TestStates;
import io.bemi.testsupport.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClient;

import static io.bemi.test.BemiAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The sample by HTTP and by SQL, and what is recorded of both: however it is started.
 */
abstract class AbstractSampleTests {

	private static final Duration AT_MOST = Duration.ofSeconds(10);

	private static final String LAST = """
			SELECT operation, values FROM bemi.changes WHERE "table" = 'todo' AND primary_key = '%d'
			ORDER BY id DESC LIMIT 1
			""";

	private RestClient writer;

	/**
	 * Where the sample listens.
	 */
	abstract int port();

	/**
	 * The sample's database, in which nobody else writes.
	 */
	abstract TestDatabase database();

	@BeforeEach
	void authenticate() {
		this.writer = RestClient.builder()
			.baseUrl("http://localhost:" + port())
			.defaultHeaders((headers) -> headers.setBasicAuth("writer", "secret"))
			.build();
	}

	@Test
	void everyChangeIsRecordedWithinASecond() {
		long sleep = create("Sleep");
		awaitWithinASecond("CREATE", "{\"id\": %d, \"task\": \"Sleep\", \"isCompleted\": false}", sleep);
		long eat = create("Eat");
		awaitWithinASecond("CREATE", "{\"id\": %d, \"task\": \"Eat\", \"isCompleted\": false}", eat);
		long repeat = create("Repeat");
		awaitWithinASecond("CREATE", "{\"id\": %d, \"task\": \"Repeat\", \"isCompleted\": false}", repeat);
		send(HttpMethod.PUT, "/todos/" + sleep, "{\"isCompleted\": true}", HttpStatus.OK);
		awaitWithinASecond("UPDATE", "{\"id\": %d, \"task\": \"Sleep\", \"isCompleted\": true}", sleep);
		send(HttpMethod.DELETE, "/todos/" + sleep, "", HttpStatus.NO_CONTENT);
		awaitWithinASecond("DELETE", "{}", sleep);
	}

	@Test
	void metadataNamesUserEndpointRequestAndItsParameters() {
		long id = create("Sleep", "?via=test");
		awaitLast("CREATE", "{\"id\": %d, \"task\": \"Sleep\", \"isCompleted\": false}", id);
		assertThat(database()
			.query("""
					SELECT metadata ->> 'user', metadata ->> 'endpoint', metadata ->> 'requestId' <> '', metadata -> 'params'
					FROM bemi.changes WHERE primary_key = '%d' AND "table" = 'todo'
					"""
				.formatted(id)))
			.containsExactly("writer|POST /todos|t|{\"via\": [\"test\"]}");
	}

	@Test
	void writeInAutocommitIsRecordedWithItsContext(Changes changes, TestStates states) {
		long id = create("Sleep");
		create("Eat");
		states.mark("open");
		assertThat(send(HttpMethod.POST, "/todos/complete", "", HttpStatus.OK)).isEqualTo(Map.of("completed", 2));
		assertThat(changes).since(states, "open")
			.touchedOnly("todo")
			.hasCount(Operation.UPDATE, 2)
			.hasCount(2)
			.hasContext(Map.of("user", "writer", "endpoint", "POST /todos/complete"))
			.ofRecord("todo", id)
			.hasDiff("isCompleted", false, true);
	}

	@Test
	void historyIsNewestFirstWithDifferences() {
		long id = create("Sleep");
		send(HttpMethod.PUT, "/todos/" + id, "{\"task\": \"Sleep well\"}", HttpStatus.OK);
		send(HttpMethod.DELETE, "/todos/" + id, "", HttpStatus.NO_CONTENT);
		awaitLast("DELETE", "{}", id);
		List<Map<String, Object>> history = Objects.requireNonNull(this.writer.get()
			.uri("/todos/{id}/history", id)
			.retrieve()
			.body(new ParameterizedTypeReference<List<Map<String, Object>>>() {
			}));
		assertThat(history).extracting((change) -> change.get("operation"))
			.containsExactly("DELETE", "UPDATE", "CREATE");
		assertThat(history.get(1).get("diff")).isEqualTo(Map.of("task", Map.of("old", "Sleep", "new", "Sleep well")));
		assertThat(history.get(1).get("values"))
			.isEqualTo(Map.of("id", (int) id, "task", "Sleep well", "isCompleted", false));
		assertThat(history).allSatisfy((change) -> assertThat(change).containsKeys("id", "committedAt", "metadata"));
	}

	@Test
	void todosAreListedAsTheyWere() {
		// A moment before all rows that were there have been copied is not known.
		Awaitility.await()
			.untilAsserted(() -> assertThat(database()
				.query("SELECT count(*) > 0, count(*) FILTER (WHERE completed_at IS NULL) FROM bemi.baseline"))
				.containsExactly("t|0"));
		long id = create("Sleep");
		send(HttpMethod.PUT, "/todos/" + id, "{\"task\": \"Sleep well\"}", HttpStatus.OK);
		send(HttpMethod.DELETE, "/todos/" + id, "", HttpStatus.NO_CONTENT);
		awaitLast("DELETE", "{}", id);
		List<String> moments = database().query(
				"SELECT to_char(committed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') FROM bemi.changes WHERE primary_key = '"
						+ id + "' ORDER BY id");
		assertThat(listed(moments.get(0)))
			.containsExactly(Map.of("id", (int) id, "task", "Sleep", "isCompleted", false));
		assertThat(listed(moments.get(1)))
			.containsExactly(Map.of("id", (int) id, "task", "Sleep well", "isCompleted", false));
		assertThat(listed(moments.get(2))).isEmpty();
	}

	/**
	 * All of them: no other test's are there.
	 */
	private List<Map<String, Object>> listed(String asOf) {
		return Objects.requireNonNull(this.writer.get()
			.uri("/todos?asOf={moment}", asOf)
			.retrieve()
			.body(new ParameterizedTypeReference<List<Map<String, Object>>>() {
			}));
	}

	@Test
	void sqlTypedByHandIsRecordedWithTheDatabaseUserAndTheTicket() {
		long id = create("Sleep");
		database().execute("UPDATE todo SET task = 'by hand' WHERE id = " + id,
				"SET bemi.context = '{\"ticket\": \"OPS-1\"}'", "UPDATE todo SET task = 'by ticket' WHERE id = " + id);
		awaitLast("UPDATE", "{\"id\": %d, \"task\": \"by ticket\", \"isCompleted\": false}", id);
		assertThat(database().query("""
				SELECT metadata #>> '{_bemi,db,user}', metadata ->> 'ticket' FROM bemi.changes
				WHERE primary_key = '%d' AND "table" = 'todo' AND operation = 'UPDATE' ORDER BY id
				""".formatted(id))).containsExactly(database().server().username() + "|null",
				database().server().username() + "|OPS-1");
	}

	@Test
	void tableCreatedLaterIsRecorded() {
		database().execute("CREATE TABLE later (id int PRIMARY KEY)", "INSERT INTO later VALUES (7)");
		await(AT_MOST, "SELECT operation, values FROM bemi.changes WHERE \"table\" = 'later'", "CREATE|{\"id\": 7}");
		database().execute("DROP TABLE later");
	}

	@Test
	void unknownUserIsRefused() {
		assertThatExceptionOfType(HttpClientErrorException.Unauthorized.class).isThrownBy(() -> RestClient.create()
			.get()
			.uri("http://localhost:" + port() + "/todos")
			.retrieve()
			.toBodilessEntity());
	}

	@Test
	void theDashboardIsForTheAuditor() {
		long id = create("Audited");
		awaitLast("CREATE", "{\"id\": %d, \"task\": \"Audited\", \"isCompleted\": false}", id);
		String changes = "/bemi/api/v1/changes?table=todo&record=" + id;
		assertThat(dashboard(RestClient.create("http://localhost:" + port()), changes)).startsWith("401 ");
		assertThat(dashboard(this.writer, changes)).startsWith("403 ");
		RestClient auditor = this.writer.mutate()
			.defaultHeaders((headers) -> headers.setBasicAuth("auditor", "secret"))
			.build();
		assertThat(dashboard(auditor, changes)).startsWith("200 ").contains("\"task\": \"Audited\"");
	}

	private static String dashboard(RestClient client, String uri) {
		return client.get()
			.uri(uri)
			.exchange((request, response) -> response.getStatusCode().value() + " " + response.bodyTo(String.class));
	}

	private long create(String task) {
		return create(task, "");
	}

	private long create(String task, String query) {
		Map<String, Object> todo = send(HttpMethod.POST, "/todos" + query, "{\"task\": \"" + task + "\"}",
				HttpStatus.CREATED);
		assertThat(todo).containsEntry("task", task).containsEntry("isCompleted", false);
		return Long.parseLong(String.valueOf(todo.get("id")));
	}

	private Map<String, Object> send(HttpMethod method, String uri, String body, HttpStatus expected) {
		return this.writer.method(method)
			.uri(uri)
			.contentType(MediaType.APPLICATION_JSON)
			.body(body)
			.exchange((request, response) -> {
				assertThat(response.getStatusCode()).isEqualTo(expected);
				Map<String, Object> content = response.bodyTo(new ParameterizedTypeReference<>() {
				});
				return (content != null) ? content : Map.of();
			});
	}

	private void awaitWithinASecond(String operation, String values, long id) {
		await(Duration.ofSeconds(1), LAST.formatted(id), operation + "|" + values.formatted(id));
	}

	private void awaitLast(String operation, String values, long id) {
		await(AT_MOST, LAST.formatted(id), operation + "|" + values.formatted(id));
	}

	private void await(Duration atMost, String sql, String expected) {
		Awaitility.await()
			.atMost(atMost)
			.pollInterval(Duration.ofMillis(20))
			.untilAsserted(() -> assertThat(database().query(sql)).containsExactly(expected));
	}

}
