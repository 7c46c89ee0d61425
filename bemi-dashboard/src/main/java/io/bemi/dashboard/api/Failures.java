package io.bemi.dashboard.api;

import java.sql.SQLException;

import io.bemi.dashboard.http.Problem;
import io.bemi.query.BroadQueryException;
import io.bemi.query.IngestionTimeoutException;
import io.bemi.query.SlowQueryException;
import io.bemi.revert.RevertException;
import io.bemi.revert.RevertOutcomeUnknownException;
import io.bemi.timetravel.TimeTravelException;
import org.postgresql.util.PSQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;

/**
 * What people are told when something has failed: what they can do something about in
 * full, anything else in the log.
 */
public final class Failures {

	private static final Logger logger = LoggerFactory.getLogger(Failures.class);

	/** By name: it is there with Spring Security only. */
	private static final String ACCESS_DENIED = "org.springframework.security.access.AccessDeniedException";

	private static final String DATA_EXCEPTION = "22";

	private Failures() {
	}

	/**
	 * Says what is wrong.
	 * @param ex what was thrown
	 * @return the problem
	 */
	public static Problem problem(Exception ex) {
		if (ex instanceof RevertOutcomeUnknownException) {
			logger.error("It is not known whether a revert was committed", ex);
			return new Problem(500, String.valueOf(ex.getMessage()));
		}
		if (ex instanceof BroadQueryException || ex instanceof TimeTravelException || ex instanceof RevertException
				|| ex instanceof IllegalArgumentException) {
			return Problem.badRequest(String.valueOf(ex.getMessage()));
		}
		if (ex instanceof SlowQueryException || ex instanceof IngestionTimeoutException) {
			return new Problem(503, String.valueOf(ex.getMessage()));
		}
		if (ex instanceof DataAccessException access) {
			return database(access);
		}
		if (ex instanceof SecurityException || isAccessDenied(ex)) {
			return new Problem(403, String.valueOf(ex.getMessage()));
		}
		logger.error("The dashboard could not answer", ex);
		return new Problem(500, "The dashboard could not answer; the application's log says why");
	}

	private static Problem database(DataAccessException ex) {
		if (ex.getMostSpecificCause() instanceof SQLException cause
				&& String.valueOf(cause.getSQLState()).startsWith(DATA_EXCEPTION)) {
			String said = (cause instanceof PSQLException server && server.getServerErrorMessage() != null)
					? server.getServerErrorMessage().getMessage() : cause.getMessage();
			return Problem.badRequest("A value is none that the database can look for: " + said);
		}
		logger.warn("The history could not be read for the dashboard", ex);
		return new Problem(503, "The history cannot be read now; the application's log says why");
	}

	private static boolean isAccessDenied(Exception ex) {
		for (Class<?> type = ex.getClass(); type != null; type = type.getSuperclass()) {
			if (type.getName().equals(ACCESS_DENIED)) {
				return true;
			}
		}
		return false;
	}

}
