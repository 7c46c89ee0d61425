package io.bemi.benchmarks;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;

/**
 * One who uses the dashboard by HTTP, as a browser does.
 */
final class DashboardClient {

	private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	private final String root;

	DashboardClient(int port) {
		this.root = "http://localhost:" + port;
	}

	/**
	 * Asks for something that there must be.
	 * @param path the path, encoded
	 */
	Answer get(String path) {
		try {
			HttpResponse<byte[]> response = this.client.send(
					HttpRequest.newBuilder(URI.create(this.root + path)).header("Accept-Encoding", "gzip").build(),
					HttpResponse.BodyHandlers.ofByteArray());
			Answer answer = new Answer(response.body(),
					response.headers().firstValue("Content-Encoding").orElse("").equals("gzip"));
			if (response.statusCode() != 200) {
				throw new IllegalStateException(path + " gave " + response.statusCode() + ": " + answer.text());
			}
			return answer;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * What was sent.
	 *
	 * @param sent the bytes of the body
	 * @param isCompressed whether they are compressed
	 */
	@SuppressWarnings("ArrayRecordComponent")
	record Answer(byte[] sent, boolean isCompressed) {

		String text() {
			if (!this.isCompressed) {
				return new String(this.sent, StandardCharsets.UTF_8);
			}
			try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(this.sent))) {
				return new String(in.readAllBytes(), StandardCharsets.UTF_8);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

	}

}
