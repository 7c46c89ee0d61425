package io.bemi.query;

import java.time.Duration;

import org.springframework.util.Assert;

/**
 * How the history is read.
 *
 * @param schema the store's schema
 * @param timeout how long a question may take; zero for as long as it likes
 * @param awaitTimeout how long {@link Changes#awaitIngested()} waits
 */
public record QuerySettings(String schema, Duration timeout, Duration awaitTimeout) {

	/** How long a question may take unless something else is said. */
	public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);

	/** How long ingestion is waited for unless something else is said. */
	public static final Duration DEFAULT_AWAIT_TIMEOUT = Duration.ofSeconds(10);

	public QuerySettings {
		Assert.hasText(schema, "'schema' must not be empty");
		Assert.isTrue(!timeout.isNegative(), "'timeout' must not be negative");
		Assert.isTrue(!awaitTimeout.isNegative(), "'awaitTimeout' must not be negative");
	}

	/**
	 * The defaults.
	 * @param schema the store's schema
	 */
	public static QuerySettings of(String schema) {
		return new QuerySettings(schema, DEFAULT_TIMEOUT, DEFAULT_AWAIT_TIMEOUT);
	}

	String quotedSchema() {
		return '"' + this.schema.replace("\"", "\"\"") + '"';
	}

	/**
	 * As JDBC takes it.
	 */
	int timeoutSeconds() {
		return (int) Math.min(Integer.MAX_VALUE, this.timeout.plusMillis(999).toSeconds());
	}

}
