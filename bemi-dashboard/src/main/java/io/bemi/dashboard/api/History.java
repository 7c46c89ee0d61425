package io.bemi.dashboard.api;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

import io.bemi.change.Change;
import io.bemi.dashboard.DashboardMask;
import io.bemi.dashboard.DashboardRowFilter;
import io.bemi.dashboard.DashboardUser;
import io.bemi.dashboard.http.Call;
import io.bemi.dashboard.http.Parameters;
import io.bemi.query.ChangeQuery;
import io.bemi.query.Changes;

/**
 * The history as one user may see it: the one way from a request to a question.
 */
public final class History {

	private final Changes changes;

	private final Supplier<List<DashboardMask>> masks;

	private final Supplier<List<DashboardRowFilter>> rows;

	/**
	 * Creates one.
	 * @param changes the recorded changes
	 * @param masks hide columns
	 * @param rows hide rows
	 */
	public History(Changes changes, Supplier<List<DashboardMask>> masks, Supplier<List<DashboardRowFilter>> rows) {
		this.changes = changes;
		this.masks = masks;
		this.rows = rows;
	}

	/**
	 * The whole history, for what tells nothing of rows.
	 */
	Changes whole() {
		return this.changes;
	}

	Masks masks(DashboardUser user) {
		return new Masks(this.masks.get(), user, this.changes);
	}

	/**
	 * Everything that a user may see.
	 */
	ChangeQuery query(DashboardUser user) {
		ChangeQuery query = this.changes.query();
		for (DashboardRowFilter filter : this.rows.get()) {
			query = filter.restrict(query, user);
		}
		return query;
	}

	/**
	 * What a request asks for, of what its user may see.
	 */
	ChangeQuery query(Call call, Masks masks) {
		return query(call.user(), call.parameters(), masks);
	}

	ChangeQuery query(DashboardUser user, Parameters parameters, Masks masks) {
		return Filters.apply(query(user), parameters, masks);
	}

	/**
	 * Whether there is anything that a user may not see: not, when every filter gives the
	 * question back as it is.
	 */
	boolean hidesRows(DashboardUser user) {
		ChangeQuery all = this.changes.query();
		return this.rows.get().stream().anyMatch((filter) -> filter.restrict(all, user) != all);
	}

	/**
	 * Whether a user may see the record that some changes are of: its newest change must
	 * be one that the user may see.
	 * @param narrowed what makes a question one about the record, at a moment
	 */
	boolean shows(DashboardUser user, java.util.function.UnaryOperator<ChangeQuery> narrowed) {
		if (!hidesRows(user)) {
			return true;
		}
		Optional<Change> newest = narrowed.apply(this.changes.query()).first();
		Optional<Change> seen = narrowed.apply(query(user)).first();
		return newest.isPresent() && newest.map(Change::id).equals(seen.map(Change::id));
	}

}
