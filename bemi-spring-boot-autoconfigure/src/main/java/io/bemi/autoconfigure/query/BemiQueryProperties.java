package io.bemi.autoconfigure.query;

import java.time.Duration;

import io.bemi.query.QuerySettings;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Properties of reading the history.
 */
@ConfigurationProperties("bemi.query")
public class BemiQueryProperties {

	/**
	 * Time after which a question about the history is given up. Zero for never.
	 */
	private Duration timeout = Duration.ofSeconds(10);

	/**
	 * Time after which Changes.awaitIngested() is given up, unless the call says another.
	 */
	private Duration awaitTimeout = Duration.ofSeconds(10);

	public Duration getTimeout() {
		return this.timeout;
	}

	public void setTimeout(Duration timeout) {
		this.timeout = timeout;
	}

	public Duration getAwaitTimeout() {
		return this.awaitTimeout;
	}

	public void setAwaitTimeout(Duration awaitTimeout) {
		this.awaitTimeout = awaitTimeout;
	}

	QuerySettings settings(String schema) {
		return new QuerySettings(schema, this.timeout, this.awaitTimeout);
	}

}
