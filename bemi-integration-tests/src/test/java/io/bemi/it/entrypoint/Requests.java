package io.bemi.it.entrypoint;

import io.bemi.it.support.Http;

import org.springframework.context.ApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Requests to the application itself, for entry points that are reached by one.
 */
class Requests {

	private final ApplicationContext application;

	Requests(ApplicationContext application) {
		this.application = application;
	}

	/**
	 * Sends a request, as alice, and waits for the response.
	 * @param endpoint the path, without {@link Entry#PATH}
	 * @param entry what the controller has to write
	 */
	void post(String endpoint, Entry entry) {
		assertThat(postForStatus(endpoint, entry)).isEqualTo(200);
	}

	int postForStatus(String endpoint, Entry entry) {
		return Http.to(this.application)
			.post("alice", endpoint + entry.path(), "X-Request-Id", entry.requestId())
			.statusCode();
	}

}
