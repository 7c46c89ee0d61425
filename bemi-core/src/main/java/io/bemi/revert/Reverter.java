package io.bemi.revert;

import java.time.Instant;

import io.bemi.query.ChangeQuery;
import io.bemi.timetravel.Moment;

/**
 * Undoes changes. <pre>{@code
 * RevertPlan plan = reverter.plan(changes.query().context("user", "mallory").since(yesterday));
 * RevertReport report = reverter.execute(plan);
 * }</pre>
 * <p>
 * Every method throws an {@link io.bemi.query.IngestionTimeoutException} when the history
 * lags behind, an {@link IllegalStateException} within a transaction, and a
 * {@link org.springframework.dao.DataAccessException} when a database cannot be asked.
 */
public interface Reverter {

	/**
	 * Plans to undo changes, so that the records are as if these had never happened, and
	 * all others had. Waits for ingestion first; writes nothing.
	 * @param changes which ones; all of them, unless the question has a limit
	 * @return the plan; with conflicts, perhaps
	 * @throws RevertException when the changes are of more than one source, or too many
	 */
	RevertPlan plan(ChangeQuery changes);

	/**
	 * Plans to undo what a request did.
	 * @param requestId the {@code requestId} of its context
	 */
	RevertPlan planRequest(String requestId);

	/**
	 * Plans to undo what a transaction did.
	 * @param transactionId its id with epoch
	 */
	RevertPlan planTransaction(long transactionId);

	/**
	 * Plans to undo what a user did in a range of time.
	 * @param user the {@code user} of the context
	 * @param since the beginning, inclusive, by the source's clock
	 * @param until the end, exclusive
	 */
	RevertPlan planUser(String user, Instant since, Instant until);

	/**
	 * Plans to undo whatever was done to a record after a moment.
	 * @param table the name of its table, perhaps with its schema and a dot
	 * @param key its key, as in {@link ChangeQuery#primaryKey(Object)}
	 * @param moment the moment
	 */
	RevertPlan planRecord(String table, Object key, Moment moment);

	/**
	 * Executes a plan in one transaction, all or nothing.
	 * @param plan the plan
	 * @return what was done
	 * @throws RevertConflictException when there are conflicts; those of the plan, or new
	 * ones
	 */
	default RevertReport execute(RevertPlan plan) {
		return execute(plan, RevertOptions.defaults());
	}

	/**
	 * Executes a plan in one transaction. Records are locked and checked again before
	 * anything is written: what somebody else has done since the plan was made is a
	 * conflict, too.
	 * @param plan the plan
	 * @param options what becomes of conflicts, and what the history is told
	 * @return what was done
	 * @throws RevertConflictException when there are conflicts that are to abort
	 * @throws RevertException when the database cannot be written
	 */
	RevertReport execute(RevertPlan plan, RevertOptions options);

}
