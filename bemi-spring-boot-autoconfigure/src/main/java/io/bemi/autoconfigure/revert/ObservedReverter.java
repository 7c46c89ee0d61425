package io.bemi.autoconfigure.revert;

import java.time.Instant;

import io.bemi.autoconfigure.observation.Observations;
import io.bemi.query.ChangeQuery;
import io.bemi.revert.RevertOptions;
import io.bemi.revert.RevertPlan;
import io.bemi.revert.RevertReport;
import io.bemi.revert.Reverter;
import io.bemi.timetravel.Moment;

/**
 * Observes each revert that another reverter executes.
 */
final class ObservedReverter implements Reverter {

	private final Reverter reverter;

	private final Observations observations;

	ObservedReverter(Reverter reverter, Observations observations) {
		this.reverter = reverter;
		this.observations = observations;
	}

	@Override
	public RevertReport execute(RevertPlan plan, RevertOptions options) {
		return this.observations.observe("bemi.revert", null, () -> this.reverter.execute(plan, options));
	}

	@Override
	public RevertPlan plan(ChangeQuery changes) {
		return this.reverter.plan(changes);
	}

	@Override
	public RevertPlan planRequest(String requestId) {
		return this.reverter.planRequest(requestId);
	}

	@Override
	public RevertPlan planTransaction(long transactionId) {
		return this.reverter.planTransaction(transactionId);
	}

	@Override
	public RevertPlan planUser(String user, Instant since, Instant until) {
		return this.reverter.planUser(user, since, until);
	}

	@Override
	public RevertPlan planRecord(String table, Object key, Moment moment) {
		return this.reverter.planRecord(table, key, moment);
	}

}
