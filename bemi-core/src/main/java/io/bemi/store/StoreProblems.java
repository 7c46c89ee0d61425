package io.bemi.store;

import java.sql.SQLException;

import io.bemi.ingestion.SinkException;

/**
 * Turns what the store's database says into what is wrong and what to do about it.
 */
final class StoreProblems {

	private StoreProblems() {
	}

	static SinkException translate(SQLException ex) {
		String state = (ex.getSQLState() != null) ? ex.getSQLState() : "";
		String advice = switch (state) {
			case "42501" -> ". Grant the role of 'bemi.store.username' (by default the application's) the right to"
					+ " create and use the schema of 'bemi.store.schema'";
			case "28000", "28P01" -> ". Check 'bemi.store.username' and 'bemi.store.password'";
			case "08001", "08006" -> ". Check 'bemi.store.url', and whether the server runs";
			case "55P03" ->
				". Another session (application_name 'bemi-store') writes the history of the same source and"
						+ " could not be ended: end it by pg_terminate_backend";
			default -> "";
		};
		return new SinkException("The store cannot be used: " + summary(ex) + advice, ex);
	}

	/**
	 * What the server says, without its details and context: those quote values.
	 */
	static String summary(SQLException ex) {
		return String.valueOf(ex.getMessage()).lines().findFirst().orElse("");
	}

	/**
	 * Whether the statement failed because of what a value holds, so that the same value
	 * would fail again: data exceptions and exceeded limits. One of the limits has no
	 * code of its own, and its message is never translated.
	 */
	static boolean isPoison(SQLException ex) {
		String state = ex.getSQLState();
		return state != null && (state.startsWith("22") || state.startsWith("54")
				|| ("XX000".equals(state) && summary(ex).contains("invalid memory alloc request size")));
	}

}
