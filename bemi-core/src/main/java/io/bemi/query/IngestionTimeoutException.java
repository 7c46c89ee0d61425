package io.bemi.query;

/**
 * What was committed is not in the history yet. The message says how far behind ingestion
 * is, or that nobody ingests.
 */
public class IngestionTimeoutException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	IngestionTimeoutException(String message) {
		super(message);
	}

}
