package io.bemi.it.support;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

import org.springframework.context.ApplicationContext;

/**
 * Requests to an application, each as one of the users of {@link WebSecurity}.
 *
 * @param url where the application listens
 */
public record Http(String url) {

	private static final HttpClient CLIENT = HttpClient.newHttpClient();

	/**
	 * Requests to a started application.
	 */
	public static Http to(ApplicationContext application) {
		return new Http("http://localhost:" + application.getEnvironment().getProperty("local.server.port"));
	}

	/**
	 * Sends a POST request.
	 * @param user who sends it
	 * @param path the path, with a leading slash
	 * @param headers names and values of more headers
	 * @return status and body
	 */
	public HttpResponse<String> post(String user, String path, String... headers) {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(this.url + path))
			.POST(HttpRequest.BodyPublishers.noBody());
		return send(user, (headers.length > 0) ? request.headers(headers) : request);
	}

	/**
	 * Sends a GET request.
	 * @param user who sends it
	 * @param path the path, with a leading slash
	 * @return status and body
	 */
	public HttpResponse<String> get(String user, String path) {
		return send(user, HttpRequest.newBuilder(URI.create(this.url + path)));
	}

	private static HttpResponse<String> send(String user, HttpRequest.Builder request) {
		String credentials = Base64.getEncoder()
			.encodeToString((user + ":" + WebSecurity.PASSWORD).getBytes(StandardCharsets.UTF_8));
		try {
			return CLIENT.send(request.header("Authorization", "Basic " + credentials).build(),
					HttpResponse.BodyHandlers.ofString());
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
