package io.bemi.worker;

/**
 * The worker is told something that cannot be. It does not start, so that nobody believes
 * that it records.
 */
final class WorkerConfigurationException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String action;

	/**
	 * Creates one.
	 * @param message what is wrong
	 * @param action what to do
	 */
	WorkerConfigurationException(String message, String action) {
		super(message);
		this.action = action;
	}

	String action() {
		return this.action;
	}

}
