package io.bemi.autoconfigure.ingestion;

/**
 * Rules about columns are not understood. Nothing is recorded then, rather than what they
 * might exclude.
 */
final class RefusedRulesException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	RefusedRulesException(IllegalArgumentException cause) {
		super(cause.getMessage(), cause);
	}

}
