package io.bemi.store;

import java.sql.SQLException;

import io.bemi.ingestion.SinkException;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.jdbc.support.SQLExceptionSubclassTranslator;

/**
 * Turns what the store's database says into what is wrong and what to do about it.
 */
public final class StoreProblems {

	private StoreProblems() {
	}

	/**
	 * What is wrong, and what to do.
	 * @param ex what the driver has thrown
	 * @return the same, for people
	 */
	public static SinkException translate(SQLException ex) {
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
	 * What whoever works with the store himself is told.
	 * @param task what was being done
	 * @param ex what the driver has thrown
	 * @return the same, as Spring names it
	 */
	public static DataAccessException dataAccess(String task, SQLException ex) {
		DataAccessException translated = new SQLExceptionSubclassTranslator().translate(task, null, ex);
		return (translated != null) ? translated : new UncategorizedSQLException(task, null, ex);
	}

	/**
	 * What the server says, without its details and context: those quote values.
	 * @param ex what the driver has thrown
	 * @return the first line of its message
	 */
	public static String summary(SQLException ex) {
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
