package io.bemi.dashboard;

import java.io.IOException;
import java.net.CookieManager;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.bemi.query.Json;
import org.jspecify.annotations.Nullable;

/**
 * One who uses a dashboard by HTTP.
 */
final class Dashboard {

	static final String API = "/bemi/api/v1";

	private final HttpClient client = HttpClient.newBuilder().cookieHandler(new CookieManager()).build();

	private final String root;

	private final @Nullable String user;

	Dashboard(int port, @Nullable String user) {
		this(port, "", user);
	}

	/**
	 * Of an application that has a path of its own.
	 */
	Dashboard(int port, String contextPath, @Nullable String user) {
		this.root = "http://localhost:" + port + contextPath;
		this.user = user;
	}

	static String encoded(String text) {
		return URLEncoder.encode(text, StandardCharsets.UTF_8);
	}

	HttpRequest.Builder request(String path) {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(this.root + path));
		if (this.user != null) {
			request.header("Authorization",
					"Basic " + Base64.getEncoder().encodeToString((this.user + ":secret").getBytes()));
		}
		return request;
	}

	HttpClient client() {
		return this.client;
	}

	HttpResponse<String> send(HttpRequest.Builder request) {
		try {
			return this.client.send(request.build(), BodyHandlers.ofString());
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	HttpResponse<String> get(String path) {
		return send(request(path));
	}

	int status(String path) {
		return get(path).statusCode();
	}

	/**
	 * The answer of the API, which must be one.
	 */
	Map<String, Object> object(String path) {
		return asObject(ok(get(API + path)));
	}

	List<Map<String, Object>> list(String path) {
		return asList(Json.parse(ok(get(API + path)).body()));
	}

	List<Map<String, Object>> changes(String query) {
		return asList(object("/changes?" + query).get("changes"));
	}

	private static HttpResponse<String> ok(HttpResponse<String> response) {
		if (response.statusCode() != 200) {
			throw new AssertionError(response.statusCode() + " " + response.body());
		}
		return response;
	}

	HttpRequest.Builder post(String path, String body) {
		return request(API + path).header("Content-Type", "application/json").POST(BodyPublishers.ofString(body));
	}

	/**
	 * With the token that the application asks for.
	 */
	HttpResponse<String> postWithToken(String path, String body) {
		return send(withToken(post(path, body)));
	}

	HttpRequest.Builder withToken(HttpRequest.Builder request) {
		Map<String, Object> csrf = asObject(object("/me").get("csrf"));
		return request.header(String.valueOf(csrf.get("header")), String.valueOf(csrf.get("token")));
	}

	/**
	 * What a server answers to a path that no client would send.
	 */
	static String raw(int port, String path, String... headers) throws IOException {
		try (Socket socket = new Socket("localhost", port)) {
			String more = Stream.of(headers).map((header) -> header + "\r\n").collect(Collectors.joining());
			socket.getOutputStream()
				.write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + more + "\r\n")
					.getBytes(StandardCharsets.ISO_8859_1));
			return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		}
	}

	static Map<String, Object> asObject(HttpResponse<String> response) {
		return asObject(Json.parse(response.body()));
	}

	@SuppressWarnings("unchecked")
	static Map<String, Object> asObject(@Nullable Object value) {
		return (Map<String, Object>) Objects.requireNonNull(value);
	}

	@SuppressWarnings("unchecked")
	static List<Map<String, Object>> asList(@Nullable Object value) {
		return (List<Map<String, Object>>) Objects.requireNonNull(value);
	}

}
