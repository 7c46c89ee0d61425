package io.bemi.sample;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;

import io.bemi.testsupport.Ports;
import io.bemi.testsupport.TcpProxy;
import io.bemi.testsupport.TestDatabase;
import org.jspecify.annotations.Nullable;

/**
 * The sample in a JVM of its own, so that it can be killed.
 */
final class SampleProcess {

	static final int HEAP_MEGABYTES = 192;

	private static final String WRITER = "Basic "
			+ Base64.getEncoder().encodeToString("writer:secret".getBytes(StandardCharsets.UTF_8));

	private final HttpClient client = HttpClient.newHttpClient();

	private final TestDatabase database;

	private final int port;

	private @Nullable Process process;

	private final String url;

	private final List<String> program;

	private final Path log;

	private SampleProcess(TestDatabase database, String url, int port, List<String> program, Path log) {
		this.database = database;
		this.url = url;
		this.port = port;
		this.program = program;
		this.log = log;
	}

	/**
	 * A process that is not started yet.
	 */
	static SampleProcess on(TestDatabase database) throws IOException {
		return on(database, database.url());
	}

	/**
	 * A process that is not started yet and reaches the database by a wire.
	 */
	static SampleProcess on(TestDatabase database, TcpProxy wire) throws IOException {
		return on(database, "jdbc:postgresql://localhost:" + wire.port() + "/" + database.name());
	}

	private static SampleProcess on(TestDatabase database, String url) throws IOException {
		return new SampleProcess(database, url, Ports.free(),
				List.of("-cp", System.getProperty("java.class.path"), SampleApplication.class.getName()),
				Path.of("target/sample-process.log"));
	}

	/**
	 * A process of the packaged sample that was processed ahead of time, not started yet.
	 */
	static SampleProcess packaged(TestDatabase database, Path log) throws IOException {
		return new SampleProcess(database, database.url(), Ports.free(), List.of("-Dspring.aot.enabled=true", "-jar",
				Objects.requireNonNull(System.getProperty("bemi.sample.jar"), "run by './mvnw verify'")), log);
	}

	/**
	 * Starts it.
	 * @param properties more properties, as {@code name=value}
	 */
	void start(String... properties) throws IOException {
		List<String> command = new ArrayList<>(List.of(
				Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx" + HEAP_MEGABYTES + "m",
				"-XX:+ExitOnOutOfMemoryError", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
		command.addAll(this.program);
		command.addAll(List.of("--server.port=" + this.port, "--spring.datasource.url=" + this.url,
				"--spring.datasource.username=" + this.database.server().username(),
				"--spring.datasource.password=" + this.database.server().password()));
		for (String property : properties) {
			command.add("--" + property);
		}
		this.process = new ProcessBuilder(command).redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.appendTo(this.log.toFile()))
			.start();
	}

	/**
	 * Ends the process at once, as {@code kill -9} does.
	 */
	void kill() throws InterruptedException {
		if (this.process != null) {
			this.process.destroyForcibly().waitFor();
		}
	}

	int port() {
		return this.port;
	}

	boolean isAlive() {
		return this.process != null && this.process.isAlive();
	}

	boolean isUp() {
		return send("GET", "/todos/1", "").statusCode() != 0;
	}

	/**
	 * Sends a request as the user {@code writer}.
	 */
	Response send(String method, String path, String body) {
		HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + path))
			.method(method, HttpRequest.BodyPublishers.ofString(body))
			.timeout(Duration.ofSeconds(10))
			.header("Authorization", WRITER)
			.header("Content-Type", "application/json")
			.build();
		try {
			HttpResponse<String> response = this.client.send(request, HttpResponse.BodyHandlers.ofString());
			return new Response(response.statusCode(), response.body());
		}
		catch (IOException ex) {
			return new Response(0, "");
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return new Response(0, "");
		}
	}

	/**
	 * The answer to a request.
	 *
	 * @param statusCode 0 when there was none
	 * @param body its content
	 */
	record Response(int statusCode, String body) {
	}

}
