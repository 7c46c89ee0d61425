package io.bemi.ingestion;

import org.jspecify.annotations.Nullable;

/**
 * What an ingester does, for people and for health checks.
 *
 * @param phase the state
 * @param message what is going on; for a failure what is wrong and what to do
 * @param cause the failure, else {@code null}
 */
public record IngestionStatus(Phase phase, String message, @Nullable Throwable cause) {

	/**
	 * The states of an ingester.
	 */
	public enum Phase {

		/** Not connected yet. */
		STARTING,

		/** Changes flow. */
		STREAMING,

		/** Another instance streams. */
		STANDBY,

		/** Something is wrong; it is tried again. */
		FAILED,

		/** Not read until somebody says so; the server keeps the log meanwhile. */
		PAUSED,

		/** Closed. */
		STOPPED

	}

}
