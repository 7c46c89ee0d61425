package io.bemi.connection;

/**
 * What happens to a write outside of any transaction.
 */
public enum Autocommit {

	/**
	 * It runs in a transaction of its own, which carries the context: one round trip
	 * more.
	 */
	WRAP,

	/** It runs as it is, without a context. */
	OFF

}
