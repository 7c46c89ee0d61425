package io.bemi.tracking;

/**
 * The error codes that are told apart.
 */
final class SqlStates {

	static final String INSUFFICIENT_PRIVILEGE = "42501";

	static final String LOCK_NOT_AVAILABLE = "55P03";

	static final String DEADLOCK_DETECTED = "40P01";

	private SqlStates() {
	}

}
