package io.bemi.kafka;

/**
 * A record is not what the connector writes as it is to be configured; the message says
 * what is expected.
 */
final class EventException extends RuntimeException {

	EventException(String message) {
		super(message);
	}

}
