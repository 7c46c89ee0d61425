package io.bemi.dashboard.api;

import java.io.IOException;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.bemi.change.Change;
import io.bemi.dashboard.http.Call;
import io.bemi.dashboard.http.Parameters;
import io.bemi.dashboard.http.Problem;
import io.bemi.dashboard.live.LiveChanges;
import io.bemi.query.Bucket;
import io.bemi.query.ChangeQuery;
import io.bemi.query.Grouping;
import io.bemi.query.Page;
import org.jspecify.annotations.Nullable;

/**
 * Lists, counts and follows changes.
 */
final class ChangesApi {

	static final int MOST = 500;

	private static final int DEFAULT = 50;

	private static final int MOST_OF_TRANSACTION = 1_000;

	private static final int MOST_GROUPS = 100;

	private final History history;

	private final LiveChanges live;

	ChangesApi(History history, LiveChanges live) {
		this.history = history;
		this.live = live;
	}

	void list(Call call) throws IOException {
		Masks masks = this.history.masks(call.user());
		Parameters parameters = call.parameters();
		ChangeQuery query = this.history.query(call, masks)
			.order(order(parameters))
			.limit(parameters.number("limit", DEFAULT, MOST))
			.after(parameters.one("cursor"));
		parameters.finish();
		call.reply(page(query.page(), masks));
	}

	static io.bemi.query.Order order(Parameters parameters) {
		String order = parameters.one("order");
		if (order == null || order.equals("newest")) {
			return io.bemi.query.Order.NEWEST_FIRST;
		}
		if (order.equals("oldest")) {
			return io.bemi.query.Order.OLDEST_FIRST;
		}
		throw Parameters.wrong("order", "newest or oldest", order);
	}

	private static Map<String, @Nullable Object> page(Page page, Masks masks) {
		Map<String, @Nullable Object> answer = new LinkedHashMap<>();
		answer.put("changes", page.changes().stream().map((change) -> Shown.change(change, masks)).toList());
		answer.put("next", page.hasNext() ? page.cursor() : null);
		return answer;
	}

	void find(Call call) throws IOException {
		call.parameters().finish();
		Change change = this.history.query(call.user())
			.change(call.variable("id"))
			.first()
			.orElseThrow(() -> Problem.notFound("There is no change with this id"));
		call.reply(Shown.change(change, this.history.masks(call.user())));
	}

	void stream(Call call) throws IOException {
		Masks masks = this.history.masks(call.user());
		ChangeQuery query = this.history.query(call, masks);
		call.parameters().finish();
		String last = call.request().getHeader("Last-Event-ID");
		this.live.follow(call.request(), call.response(), query,
				(last != null) ? this.history.query(call.user()).change(last).first().orElse(null) : null,
				(change) -> Shown.json(Shown.change(change, masks)));
	}

	void counts(Call call) throws IOException {
		Parameters parameters = call.parameters();
		ChangeQuery query = ranged(call);
		Bucket bucket = parameters.constant("bucket", Bucket.class, Bucket.HOUR);
		ZoneId zone = zone(parameters.one("zone"));
		Grouping grouping = grouping(parameters.one("by"));
		parameters.finish();
		List<Map<String, @Nullable Object>> counts = new ArrayList<>();
		query.counts(bucket, zone, grouping).forEach((count) -> {
			Map<String, @Nullable Object> one = new LinkedHashMap<>();
			one.put("from", Shown.time(count.from()));
			group(one, count.group(), count.value());
			one.put("count", count.changes());
			counts.add(one);
		});
		call.reply(counts);
	}

	void top(Call call) throws IOException {
		Parameters parameters = call.parameters();
		ChangeQuery query = ranged(call);
		Grouping grouping = grouping(parameters.required("by"));
		int limit = parameters.number("limit", 10, MOST_GROUPS);
		parameters.finish();
		List<Map<String, @Nullable Object>> groups = new ArrayList<>();
		query.top(grouping, limit).forEach((top) -> {
			Map<String, @Nullable Object> one = new LinkedHashMap<>();
			group(one, top.group(), top.value());
			one.put("count", top.changes());
			groups.add(one);
		});
		call.reply(groups);
	}

	private static void group(Map<String, @Nullable Object> row, @Nullable String group, @Nullable Object value) {
		row.put("group", group);
		if (value != null) {
			row.put("value", value);
		}
	}

	private ChangeQuery ranged(Call call) {
		call.parameters().requiredInstant("since");
		call.parameters().requiredInstant("until");
		return this.history.query(call, this.history.masks(call.user()));
	}

	private static ZoneId zone(@Nullable String zone) {
		try {
			return ZoneId.of((zone != null) ? zone : "UTC");
		}
		catch (DateTimeException ex) {
			throw Parameters.wrong("zone", "a time zone such as Europe/Berlin", String.valueOf(zone));
		}
	}

	private static Grouping grouping(@Nullable String by) {
		if (by == null) {
			return Grouping.nothing();
		}
		return switch (by) {
			case "table" -> Grouping.table();
			case "operation" -> Grouping.operation();
			case "transaction" -> Grouping.transaction();
			default -> {
				if (!by.startsWith("context.")) {
					throw Parameters.wrong("by", "table, operation, transaction, or context. and a key", by);
				}
				yield ContextPath.parse(by.substring("context.".length())).grouping();
			}
		};
	}

	void transaction(Call call) throws IOException {
		call.parameters().finish();
		String id = call.variable("id");
		List<Change> changes = this.history.query(call.user())
			.transaction(Filters.transaction(id))
			.oldestFirst()
			.limit(MOST_OF_TRANSACTION + 1)
			.list();
		if (changes.isEmpty()) {
			throw Problem.notFound("There is no transaction " + id);
		}
		Masks masks = this.history.masks(call.user());
		Map<String, @Nullable Object> answer = new LinkedHashMap<>();
		answer.put("transactionId", id);
		answer.put("committedAt", Shown.time(changes.get(0).committedAt()));
		answer.put("metadata", changes.get(0).metadata());
		answer.put("changes",
				changes.stream().limit(MOST_OF_TRANSACTION).map((change) -> Shown.change(change, masks)).toList());
		answer.put("more", changes.size() > MOST_OF_TRANSACTION);
		call.reply(answer);
	}

}
