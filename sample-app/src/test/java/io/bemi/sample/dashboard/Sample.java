package io.bemi.sample.dashboard;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

import io.bemi.query.Json;
import io.bemi.sample.SampleApplication;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The sample application on a database of its own, and its users by HTTP.
 */
final class Sample implements AutoCloseable {

	/** Where its traces are said to be shown. */
	static final String TRACES = "https://traces.example/trace/";

	private final HttpClient client = HttpClient.newHttpClient();

	private final TestDatabase database;

	private final ConfigurableApplicationContext application;

	private Sample(TestDatabase database, ConfigurableApplicationContext application) {
		this.database = database;
		this.application = application;
	}

	/**
	 * Starts it.
	 * @param more configuration beside the sample's own
	 */
	static Sample start(Class<?>... more) {
		PostgresServer server = PostgresServer.shared();
		TestDatabase database = server.createDatabase();
		if (System.getProperty("bemi.pictures") != null) {
			// Its name is seen.
			database.execute("CREATE DATABASE sample");
			database.close();
			database = new TestDatabase(server, "sample");
		}
		List<Class<?>> sources = new ArrayList<>(List.of(more));
		sources.add(SampleApplication.class);
		return new Sample(database,
				new SpringApplicationBuilder(sources.toArray(Class<?>[]::new)).run("--server.port=0",
						"--spring.datasource.url=" + database.url(),
						"--spring.datasource.username=" + database.server().username(),
						"--spring.datasource.password=" + database.server().password(), "--spring.main.banner-mode=off",
						"--bemi.dashboard.trace-url=" + TRACES + "{traceId}"));
	}

	int port() {
		return this.application.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
	}

	ConfigurableApplicationContext application() {
		return this.application;
	}

	TestDatabase database() {
		return this.database;
	}

	/**
	 * Creates a todo as the user {@code writer}, and waits until that is recorded.
	 * @return its id
	 */
	long todo(String task) {
		long id = new Request("writer").create(task);
		awaitChanges(id, 1);
		return id;
	}

	/**
	 * Changes a todo as the user {@code writer}, and waits until that is recorded.
	 */
	void change(long id, String json) {
		long changes = changes(id);
		new Request("writer").send("PUT", "/todos/" + id, json);
		awaitChanges(id, changes + 1);
	}

	/**
	 * What the application says a todo is; {@code null} where there is none.
	 */
	@Nullable Map<String, Object> read(long id) {
		Response response = new Request("writer").exchange("GET", "/todos/" + id, "");
		return (response.status() != 404) ? response.object() : null;
	}

	void awaitChanges(long id, long count) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(20))
			.pollInterval(Duration.ofMillis(20))
			.untilAsserted(() -> assertThat(changes(id)).isEqualTo(count));
	}

	void awaitChangesOf(String requestId, long count) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(20))
			.pollInterval(Duration.ofMillis(20))
			.untilAsserted(() -> assertThat(count("metadata ->> 'requestId' = '" + requestId + "'")).isEqualTo(count));
	}

	void awaitChangesOfTable(String table, long count) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(20))
			.pollInterval(Duration.ofMillis(20))
			.untilAsserted(() -> assertThat(count("\"table\" = '" + table.replace("'", "''") + "'")).isEqualTo(count));
	}

	private long changes(long id) {
		return count("\"table\" = 'todo' AND primary_key = '" + id + "'");
	}

	private long count(String condition) {
		return Long.parseLong(this.database.query("SELECT count(*) FROM bemi.changes WHERE " + condition).get(0));
	}

	@Override
	public void close() {
		this.application.close();
		this.database.close();
	}

	/**
	 * A request to the application that somebody makes.
	 */
	final class Request {

		private final HttpRequest.Builder builder = HttpRequest.newBuilder()
			.timeout(Duration.ofSeconds(30))
			.header("Content-Type", "application/json");

		Request(String user) {
			this.builder.header("Authorization",
					"Basic " + Base64.getEncoder().encodeToString((user + ":secret").getBytes(StandardCharsets.UTF_8)));
		}

		Request id(String requestId) {
			this.builder.header("X-Request-Id", requestId);
			return this;
		}

		Request trace(String traceId) {
			this.builder.header("traceparent", "00-" + traceId + "-00f067aa0ba902b7-01");
			return this;
		}

		long create(String task) {
			StringBuilder json = new StringBuilder();
			Json.append(json, Map.of("task", task));
			return Long.parseLong(String.valueOf(send("POST", "/todos", json.toString()).object().get("id")));
		}

		Response send(String method, String path, String body) {
			Response response = exchange(method, path, body);
			assertThat(response.status()).as(response.body()).isBetween(200, 299);
			return response;
		}

		Response exchange(String method, String path, String body) {
			try {
				var response = Sample.this.client.send(this.builder.copy()
					.uri(URI.create("http://localhost:" + port() + path))
					.method(method, BodyPublishers.ofString(body))
					.build(), BodyHandlers.ofString());
				return new Response(response.statusCode(), response.body());
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				throw new IllegalStateException(ex);
			}
		}

	}

	/**
	 * What the application answered.
	 *
	 * @param status the HTTP status
	 * @param body the content
	 */
	record Response(int status, String body) {

		@SuppressWarnings("unchecked")
		Map<String, Object> object() {
			return (Map<String, Object>) Json.parse(this.body);
		}

	}

}
