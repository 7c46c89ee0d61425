package io.bemi.context;

/**
 * Counts what becomes of contexts. Methods are called by any thread, and must be quick.
 */
public interface ContextMeter {

	/** Counts nothing. */
	ContextMeter NONE = new ContextMeter() {
	};

	/**
	 * A context was sent to the server.
	 */
	default void sent() {
	}

	/**
	 * The server has kept a context that was sent, because its transaction has written.
	 */
	default void kept() {
	}

	/**
	 * A context exceeded its size and lost its largest keys.
	 */
	default void tooLarge() {
	}

	/**
	 * A context, or a part of it, could not be built or sent.
	 */
	default void failed() {
	}

}
