package io.bemi.dashboard.api;

import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.bemi.change.Change;
import io.bemi.change.Operation;
import io.bemi.dashboard.http.Call;
import io.bemi.dashboard.http.Parameters;
import io.bemi.dashboard.http.Problem;
import io.bemi.query.ChangeQuery;
import io.bemi.timetravel.Moment;
import io.bemi.timetravel.TimeTravel;
import org.jspecify.annotations.Nullable;

/**
 * Shows records as they were.
 */
final class RecordsApi {

	/**
	 * Most columns were touched by one of the newest changes; the others are asked for.
	 */
	private static final int NEWEST = 200;

	private final History history;

	private final @Nullable TimeTravel travel;

	RecordsApi(History history, @Nullable TimeTravel travel) {
		this.history = history;
		this.travel = travel;
	}

	void find(Call call) throws IOException {
		Target target = target(call);
		Instant at = call.parameters().instant("at");
		call.parameters().finish();
		Change newest = (at == null) ? this.history.whole().query().first().orElse(null) : null;
		Instant time = (at != null) ? at : (newest != null) ? newest.committedAt() : Instant.now();
		Moment moment = (newest != null) ? Moment.of(newest.position()) : Moment.of(time);
		ChangeQuery seen = (newest != null)
				? target.narrow(this.history.query(call.user())).toPosition(newest.position())
				: upTo(target.narrow(this.history.query(call.user())), time);
		requireShown(call, target, (query) -> (newest != null) ? target.narrow(query).toPosition(newest.position())
				: upTo(target.narrow(query), time));
		Map<String, @Nullable Object> values = state(target, moment);
		Set<String> hidden = this.history.masks(call.user()).of(target.schema, target.table);
		Map<String, @Nullable Object> answer = new LinkedHashMap<>();
		answer.put("exists", !values.isEmpty());
		answer.put("values", Shown.row(values, hidden));
		answer.put("masked", Shown.masked(hidden, values, Map.of()));
		answer.put("at", Shown.time(time));
		answer.put("lastTouched", lastTouched(seen, values.keySet()));
		call.reply(answer);
	}

	void diff(Call call) throws IOException {
		Target target = target(call);
		Instant from = call.parameters().requiredInstant("from");
		Instant to = call.parameters().requiredInstant("to");
		call.parameters().finish();
		requireShown(call, target, (query) -> upTo(target.narrow(query), from));
		requireShown(call, target, (query) -> upTo(target.narrow(query), to));
		Map<String, @Nullable Object> before = state(target, Moment.of(from));
		Map<String, @Nullable Object> values = state(target, Moment.of(to));
		Set<String> hidden = this.history.masks(call.user()).of(target.schema, target.table);
		Map<String, @Nullable Object> answer = new LinkedHashMap<>();
		answer.put("diff", Shown.diff(before, values, hidden));
		answer.put("before", Shown.row(before, hidden));
		answer.put("values", Shown.row(values, hidden));
		answer.put("masked", Shown.masked(hidden, values, before));
		call.reply(answer);
	}

	private Target target(Call call) {
		Parameters parameters = call.parameters();
		Target target = new Target(parameters.required("schema"), parameters.required("table"),
				parameters.required("record"));
		if (this.history.masks(call.user()).hidesKey(target.schema, target.table)) {
			throw new Problem(403,
					"The key of table " + target.name() + " is masked: no record can be asked for by it");
		}
		return target;
	}

	private static ChangeQuery upTo(ChangeQuery query, Instant time) {
		return query.until(time.truncatedTo(ChronoUnit.MICROS).plus(1, ChronoUnit.MICROS));
	}

	private void requireShown(Call call, Target target, java.util.function.UnaryOperator<ChangeQuery> narrowed) {
		if (!this.history.shows(call.user(), narrowed)) {
			throw Problem.notFound("There is no record " + target.record + " of table " + target.name()
					+ " that you may see at that moment");
		}
	}

	private Map<String, @Nullable Object> state(Target target, Moment moment) {
		if (this.travel == null) {
			throw new Problem(503, "The past cannot be read: there is no time travel in this application");
		}
		return this.travel.asOf(moment).find(target.name(), target.record).orElse(Map.of());
	}

	/**
	 * Who touched each column last.
	 */
	private static Map<String, @Nullable Object> lastTouched(ChangeQuery query, Set<String> columns) {
		Map<String, @Nullable Object> touched = new LinkedHashMap<>();
		List<Change> newest = query.limit(NEWEST).list();
		for (Change change : newest) {
			touch(touched, columns, change);
		}
		if (newest.size() == NEWEST) {
			Change created = query.operation(Operation.CREATE).first().orElse(null);
			for (String column : columns) {
				Change changed = touched.containsKey(column) ? null : query.changed(column).first().orElse(null);
				if (changed != null && (created == null || changed.position().isAfter(created.position()))) {
					touch(touched, Set.of(column), changed);
				}
			}
			if (created != null) {
				touch(touched, columns, created);
			}
		}
		return touched;
	}

	private static void touch(Map<String, @Nullable Object> touched, Set<String> columns, Change change) {
		Set<String> by = (change.operation() == Operation.UPDATE) ? Set.copyOf(change.changed())
				: change.values().keySet();
		for (String column : columns) {
			if (by.contains(column) && !touched.containsKey(column)) {
				Map<String, @Nullable Object> last = new LinkedHashMap<>();
				last.put("changeId", change.id());
				last.put("committedAt", Shown.time(change.committedAt()));
				last.put("user", change.metadata().get("user"));
				touched.put(column, last);
			}
		}
	}

	/**
	 * A record.
	 *
	 * @param schema the schema of its table
	 * @param table the name of its table
	 * @param record its key as text
	 */
	private record Target(String schema, String table, String record) {

		ChangeQuery narrow(ChangeQuery query) {
			return query.schema(this.schema).table(this.table).primaryKey(this.record);
		}

		String name() {
			return this.schema + "." + this.table;
		}

	}

}
