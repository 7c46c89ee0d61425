package io.bemi.dashboard.api;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

import io.bemi.dashboard.DashboardAuthorizer;
import io.bemi.dashboard.http.Access;
import io.bemi.dashboard.http.Call;
import io.bemi.dashboard.http.Parameters;
import io.bemi.dashboard.http.Problem;
import io.bemi.query.Page;
import org.jspecify.annotations.Nullable;

/**
 * The history of one record, for the application's own pages.
 */
final class EmbedApi {

	private static final int PAGE = 20;

	private final History history;

	private final Access access;

	private final Supplier<List<DashboardAuthorizer>> authorizers;

	EmbedApi(History history, Access access, Supplier<List<DashboardAuthorizer>> authorizers) {
		this.history = history;
		this.access = access;
		this.authorizers = authorizers;
	}

	void history(Call call) throws IOException {
		Parameters parameters = call.parameters();
		List<DashboardAuthorizer> asked = this.authorizers.get();
		if (asked.isEmpty()) {
			this.access.requireRead(call.request());
		}
		String schema = parameters.required("schema");
		String table = parameters.required("table");
		String record = parameters.required("record");
		String cursor = parameters.one("cursor");
		parameters.finish();
		if (!asked.stream().allMatch((authorizer) -> authorizer.mayRead(schema, table, record, call.user()))) {
			throw (call.user().principal() == null) ? new Problem(401, "Nobody is logged in")
					: new Problem(403, "You may not see the history of this record");
		}
		Masks masks = this.history.masks(call.user());
		if (masks.hidesKey(schema, table)) {
			throw new Problem(403, "The key of this table is masked: no record can be asked for by it");
		}
		Page page = this.history.query(call.user())
			.schema(schema)
			.table(table)
			.primaryKey(record)
			.limit(PAGE)
			.after(cursor)
			.page();
		Set<String> hidden = masks.of(schema, table);
		List<Map<String, @Nullable Object>> changes = new ArrayList<>();
		page.changes().forEach((change) -> {
			Map<String, @Nullable Object> shown = new LinkedHashMap<>();
			shown.put("committedAt", Shown.time(change.committedAt()));
			shown.put("operation", change.operation().name());
			shown.put("user", change.metadata().get("user"));
			shown.put("diff", Shown.diff(change, hidden));
			shown.put("masked", Shown.masked(hidden, change.values(), change.before()));
			changes.add(shown);
		});
		Map<String, @Nullable Object> answer = new LinkedHashMap<>();
		answer.put("changes", changes);
		answer.put("next", page.hasNext() ? page.cursor() : null);
		call.reply(answer);
	}

}
