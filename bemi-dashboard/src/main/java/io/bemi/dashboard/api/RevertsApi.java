package io.bemi.dashboard.api;

import java.io.IOException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.bemi.dashboard.DashboardUser;
import io.bemi.dashboard.http.Call;
import io.bemi.dashboard.http.Parameters;
import io.bemi.dashboard.http.Problem;
import io.bemi.query.ChangeQuery;
import io.bemi.revert.ConflictKind;
import io.bemi.revert.Resolution;
import io.bemi.revert.RevertConflict;
import io.bemi.revert.RevertConflictException;
import io.bemi.revert.RevertOptions;
import io.bemi.revert.RevertPlan;
import io.bemi.revert.RevertReport;
import io.bemi.revert.RevertStep;
import io.bemi.revert.Reverter;
import org.jspecify.annotations.Nullable;

/**
 * Plans and executes reverts of what a user may see.
 */
final class RevertsApi {

	private static final int MOST_SHOWN = 1_000;

	private static final int MOST_IDS = 1_000;

	private static final int LONGEST_REASON = 1_000;

	private static final String KINDS = "transaction, request, changes, filters, record";

	private final History history;

	private final @Nullable Reverter reverter;

	RevertsApi(History history, @Nullable Reverter reverter) {
		this.history = history;
		this.reverter = reverter;
	}

	void plan(Call call) throws IOException {
		call.parameters().finish();
		Map<String, @Nullable Object> body = call.body();
		refuseOthers("the body", body, Set.of("selection"));
		RevertPlan plan = plan(call.user(), body.get("selection"));
		Masks masks = this.history.masks(call.user());
		List<RevertStep> steps = plan.steps().stream().limit(MOST_SHOWN).toList();
		Map<String, @Nullable Object> answer = new LinkedHashMap<>();
		answer.put("steps", steps.stream().map((step) -> step(step, masks)).toList());
		answer.put("conflicts", conflicts(call.user(), plan.conflicts(), masks));
		answer.put("sql", sql(plan, masks));
		answer.put("changes", plan.changes());
		answer.put("more", plan.steps().size() > MOST_SHOWN || plan.conflicts().size() > MOST_SHOWN);
		call.reply(answer);
	}

	private static String sql(RevertPlan plan, Masks masks) {
		if (plan.steps().size() > MOST_SHOWN) {
			return "-- " + plan.steps().size() + " steps: too many to be shown\n";
		}
		boolean masked = plan.steps().stream().anyMatch((step) -> !masks.of(step.schema(), step.table()).isEmpty())
				|| plan.conflicts()
					.stream()
					.anyMatch((conflict) -> !masks.of(conflict.schema(), conflict.table()).isEmpty());
		return masked ? "-- Not shown: columns of these tables are masked\n" : plan.toSql();
	}

	private static Map<String, @Nullable Object> step(RevertStep step, Masks masks) {
		Set<String> hidden = masks.of(step.schema(), step.table());
		List<String> names = new ArrayList<>(step.from().keySet());
		step.to().keySet().stream().filter((column) -> !step.from().containsKey(column)).forEach(names::add);
		Map<String, @Nullable Object> columns = new LinkedHashMap<>();
		names.forEach((column) -> columns.put(column, Shown.difference("now", step.from().get(column), "then",
				step.to().get(column), hidden.contains(column))));
		Map<String, @Nullable Object> shown = new LinkedHashMap<>();
		shown.put("schema", step.schema());
		shown.put("table", step.table());
		shown.put("primaryKey", key(step.key(), hidden));
		shown.put("action", step.action().name());
		shown.put("columns", columns);
		shown.put("masked", Shown.masked(hidden, step.from(), step.to()));
		return shown;
	}

	private static @Nullable String key(Map<String, @Nullable Object> key, Set<String> hidden) {
		return key.keySet().stream().anyMatch(hidden::contains) ? null : Shown.key(key);
	}

	/**
	 * What a conflict says of other records is not for who does not see all rows.
	 */
	private List<Map<String, @Nullable Object>> conflicts(DashboardUser user, List<RevertConflict> conflicts,
			Masks masks) {
		List<Map<String, @Nullable Object>> shown = new ArrayList<>();
		boolean all = !this.history.hidesRows(user) && masks.ofAny(null, null).isEmpty();
		for (RevertConflict conflict : conflicts.subList(0, Math.min(MOST_SHOWN, conflicts.size()))) {
			Set<String> hidden = masks.of(conflict.schema(), conflict.table());
			Map<String, @Nullable Object> one = new LinkedHashMap<>();
			one.put("kind", conflict.kind().name());
			one.put("schema", conflict.schema());
			one.put("table", conflict.table());
			one.put("primaryKey", key(conflict.key(), hidden));
			one.put("columns", conflict.columns());
			one.put("detail", (all && hidden.isEmpty()) ? conflict.message()
					: "Not shown: it may name rows or values that are hidden");
			shown.add(one);
		}
		return shown;
	}

	void execute(Call call) throws IOException {
		call.parameters().finish();
		Map<String, @Nullable Object> body = call.body();
		refuseOthers("the body", body, Set.of("selection", "reason", "resolutions"));
		RevertOptions options = options(body).by(call.user().name());
		RevertPlan plan = plan(call.user(), body.get("selection"));
		if (plan.changes() == 0) {
			throw Problem.notFound("The selection has no change that you may see: nothing was reverted");
		}
		Masks masks = this.history.masks(call.user());
		try {
			RevertReport report = reverter().execute(plan, options);
			Map<String, @Nullable Object> answer = new LinkedHashMap<>();
			answer.put("transactionId", (report.transactionId() != null) ? report.transactionId().toString() : null);
			answer.put("written", report.inserted() + report.updated() + report.deleted());
			answer.put("skipped", report.skipped().size());
			answer.put("conflicts", conflicts(call.user(), report.skipped(), masks));
			call.reply(answer);
		}
		catch (RevertConflictException ex) {
			Map<String, @Nullable Object> more = new LinkedHashMap<>();
			more.put("conflicts", conflicts(call.user(), ex.conflicts(), masks));
			throw new Problem(409, "Nothing was reverted, because of " + ex.conflicts().size()
					+ " conflict(s): say what becomes of them in 'resolutions'", more);
		}
	}

	private static RevertOptions options(Map<String, @Nullable Object> body) {
		if (!(body.get("reason") instanceof String reason) || reason.isBlank() || reason.length() > LONGEST_REASON) {
			throw Problem.badRequest("'reason' must say why, in at most " + LONGEST_REASON + " characters");
		}
		RevertOptions options = RevertOptions.defaults().reason(reason);
		Object resolutions = body.get("resolutions");
		if (resolutions == null) {
			return options;
		}
		if (!(resolutions instanceof Map<?, ?> map)) {
			throw Problem.badRequest("'resolutions' must be an object such as {\"LATER_CHANGE\": \"SKIP\"}");
		}
		for (Map.Entry<?, ?> entry : map.entrySet()) {
			options = options.on(Parameters.constant("resolutions", ConflictKind.class, String.valueOf(entry.getKey())),
					Parameters.constant("resolutions", Resolution.class, String.valueOf(entry.getValue())));
		}
		return options;
	}

	private Reverter reverter() {
		if (this.reverter == null) {
			throw new Problem(503, "Nothing can be reverted: there is no Reverter in this application");
		}
		return this.reverter;
	}

	private RevertPlan plan(DashboardUser user, @Nullable Object selection) {
		RevertPlan plan = reverter().plan(selected(user, selection));
		if (this.history.hidesRows(user)) {
			if (plan.steps().size() > MOST_SHOWN) {
				throw Problem.badRequest("The revert has " + plan.steps().size()
						+ " steps: where rows are hidden, at most " + MOST_SHOWN + " may be");
			}
			plan.steps().forEach((step) -> requireShown(user, step));
		}
		return plan;
	}

	/**
	 * A record may have gone to where the user does not see it since.
	 */
	private void requireShown(DashboardUser user, RevertStep step) {
		String key = Shown.key(step.key());
		if (key == null || !this.history.shows(user,
				(query) -> query.schema(step.schema()).table(step.table()).primaryKey(key))) {
			throw new Problem(403, "A record of table " + step.schema() + "." + step.table()
					+ " was changed since in a way that you may not see: it cannot be reverted");
		}
	}

	private ChangeQuery selected(DashboardUser user, @Nullable Object selection) {
		if (!(selection instanceof Map<?, ?> map) || map.size() != 1) {
			throw Problem.badRequest("'selection' must have one of " + KINDS);
		}
		Map.Entry<?, ?> entry = map.entrySet().iterator().next();
		String kind = String.valueOf(entry.getKey());
		Object value = entry.getValue();
		ChangeQuery query = this.history.query(user);
		return switch (kind) {
			case "transaction" -> query.transaction(Filters.transaction(text(kind, value)));
			case "request" -> query.context("requestId", text(kind, value));
			case "changes" -> chosen(query, value);
			case "filters" -> filtered(user, value);
			case "record" -> record(user, query, value);
			default -> throw Problem.badRequest("'selection' must have one of " + KINDS + ", but has '" + kind + "'");
		};
	}

	private static String text(String name, @Nullable Object value) {
		String text = (value instanceof java.math.BigDecimal number) ? number.toPlainString()
				: (value instanceof String string) ? string : "";
		if (text.isEmpty() || text.indexOf('\0') >= 0) {
			throw Problem.badRequest("'" + name + "' must be a text");
		}
		return text;
	}

	/**
	 * Whoever has chosen changes one by one wants all of them, or none.
	 */
	private static ChangeQuery chosen(ChangeQuery query, @Nullable Object value) {
		if (!(value instanceof List<?> list) || list.isEmpty() || list.size() > MOST_IDS) {
			throw Problem.badRequest("'changes' must be a list of the ids of 1 to " + MOST_IDS + " changes");
		}
		Set<String> ids = new LinkedHashSet<>();
		list.forEach((id) -> ids.add(text("changes", id)));
		ChangeQuery chosen = query.changeIn(ids);
		long found = chosen.count();
		if (found < ids.size()) {
			throw Problem.notFound("Of the " + ids.size() + " changes there are " + found
					+ " that you may see: choose among those that are shown");
		}
		return chosen;
	}

	private ChangeQuery filtered(DashboardUser user, @Nullable Object value) {
		if (!(value instanceof Map<?, ?> filters) || filters.isEmpty()) {
			throw Problem.badRequest("'filters' must be an object with at least one filter");
		}
		Parameters parameters = Parameters.ofJson(filters);
		ChangeQuery query = this.history.query(user, parameters, this.history.masks(user));
		parameters.finish();
		return query;
	}

	private ChangeQuery record(DashboardUser user, ChangeQuery query, @Nullable Object value) {
		if (!(value instanceof Map<?, ?> record)) {
			throw Problem.badRequest("'record' must have schema, table, key and at");
		}
		refuseOthers("'record'", record, Set.of("schema", "table", "key", "at"));
		String schema = text("schema", record.get("schema"));
		String table = text("table", record.get("table"));
		if (this.history.masks(user).hidesKey(schema, table)) {
			throw new Problem(403, "The key of table " + schema + "." + table + " is masked");
		}
		return query.schema(schema)
			.table(table)
			.primaryKey(text("key", record.get("key")))
			.since(Parameters.instant("at", text("at", record.get("at")))
				.truncatedTo(ChronoUnit.MICROS)
				.plus(1, ChronoUnit.MICROS));
	}

	private static void refuseOthers(String where, Map<?, ?> object, Set<String> known) {
		for (Object name : object.keySet()) {
			if (!known.contains(String.valueOf(name))) {
				throw Problem.badRequest("There is no member '" + name + "' in " + where + "; there are "
						+ known.stream().sorted().toList());
			}
		}
	}

}
