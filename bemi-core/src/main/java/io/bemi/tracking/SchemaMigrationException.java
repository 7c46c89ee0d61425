package io.bemi.tracking;

/**
 * Bemi's schema could not be created or brought up to date. The message says what is
 * wrong and what to type.
 */
public final class SchemaMigrationException extends RuntimeException {

	SchemaMigrationException(String message, Throwable cause) {
		super(message, cause);
	}

}
