package io.bemi.ingestion;

/**
 * Another instance has stored changes of the source in the meantime: this one must not
 * write, and starts again from what is stored.
 */
public class FencedException extends SinkException {

	private static final long serialVersionUID = 1L;

	public FencedException(String message) {
		super(message, null);
	}

}
