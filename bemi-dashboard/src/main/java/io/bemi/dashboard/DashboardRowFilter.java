package io.bemi.dashboard;

import io.bemi.query.ChangeQuery;

/**
 * Hides rows. Every bean of the type narrows every question that the dashboard asks:
 * lists, counts, exports, the live stream, states of the past and reverts. A record's
 * state is shown when the newest change of it at that moment is. <pre>{@code
 * (query, user) -> query.context("tenant", tenantOf(user))
 * }</pre>
 */
@FunctionalInterface
public interface DashboardRowFilter {

	/**
	 * Narrows a question to what a user may see.
	 * @param query the question; all changes
	 * @param user who asks
	 * @return the same question with conditions more; the question itself for who may see
	 * all. Those conditions are quick that an index answers, see
	 * {@link io.bemi.query.BroadQueryException}
	 */
	ChangeQuery restrict(ChangeQuery query, DashboardUser user);

}
