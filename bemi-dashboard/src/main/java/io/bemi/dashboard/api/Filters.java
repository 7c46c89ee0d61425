package io.bemi.dashboard.api;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.bemi.change.Operation;
import io.bemi.dashboard.http.Parameters;
import io.bemi.dashboard.http.Problem;
import io.bemi.pgoutput.JsonText;
import io.bemi.query.ChangeQuery;
import io.bemi.query.Document;
import org.jspecify.annotations.Nullable;

/**
 * From parameters to conditions. Values only ever become values of the query's own
 * conditions.
 */
final class Filters {

	/** Beside {@code context.KEY}. */
	static final List<String> NAMES = List.of("schema", "table", "record", "operation", "changed", "changedFrom",
			"changedTo", "since", "until", "transaction", "trace", "request", "values", "before", "text");

	private static final String CONTEXT = "context.";

	private final Parameters parameters;

	private final Masks masks;

	private final @Nullable String schema;

	private final @Nullable String table;

	private Filters(Parameters parameters, Masks masks) {
		this.parameters = parameters;
		this.masks = masks;
		this.schema = parameters.one("schema");
		this.table = parameters.one("table");
	}

	/**
	 * Narrows a question by all filters among some parameters.
	 * @param query what the user may see
	 * @param parameters the parameters; other ones are left
	 * @param masks what the user must not see
	 */
	static ChangeQuery apply(ChangeQuery query, Parameters parameters, Masks masks) {
		return new Filters(parameters, masks).apply(query);
	}

	private ChangeQuery apply(ChangeQuery all) {
		ChangeQuery query = all;
		query = (this.schema != null) ? query.schema(this.schema) : query;
		query = (this.table != null) ? query.table(this.table) : query;
		query = record(query);
		List<Operation> operations = this.parameters.all("operation")
			.stream()
			.map((text) -> Parameters.constant("operation", Operation.class, text))
			.toList();
		query = operations.isEmpty() ? query : query.operation(operations.toArray(Operation[]::new));
		query = changed(query);
		query = context(query);
		Instant since = this.parameters.instant("since");
		Instant until = this.parameters.instant("until");
		query = (since != null) ? query.since(since) : query;
		query = (until != null) ? query.until(until) : query;
		query = contents(query);
		return text(query, since != null && until != null);
	}

	private ChangeQuery record(ChangeQuery query) {
		String record = this.parameters.one("record");
		if (record == null) {
			return query;
		}
		if (this.masks.hidesAnyKey(this.schema, this.table)) {
			throw new Problem(403,
					"Keys of records are masked: 'record' needs a 'schema' and 'table' whose key is not");
		}
		return query.primaryKey(record);
	}

	private ChangeQuery changed(ChangeQuery all) {
		ChangeQuery query = all;
		List<String> columns = this.parameters.all("changed");
		String from = this.parameters.one("changedFrom");
		String to = this.parameters.one("changedTo");
		if (from == null && to == null) {
			for (String column : columns) {
				query = query.changed(column);
			}
			return query;
		}
		if (columns.size() != 1) {
			throw Problem
				.badRequest("'changedFrom' and 'changedTo' need one 'changed': the column that they are about");
		}
		String column = columns.get(0);
		refuseMasked(Set.of(column));
		query = query.changed(column);
		query = (from != null) ? query.changedFrom(column, Parameters.json("changedFrom", from)) : query;
		return (to != null) ? query.changedTo(column, Parameters.json("changedTo", to)) : query;
	}

	private ChangeQuery context(ChangeQuery all) {
		ChangeQuery query = all;
		for (Map.Entry<String, List<String>> entry : this.parameters.startingWith(CONTEXT).entrySet()) {
			ContextPath path = ContextPath.parse(entry.getKey());
			for (String text : entry.getValue()) {
				query = query.context(path.containing(value(text)));
			}
		}
		String transaction = this.parameters.one("transaction");
		query = (transaction != null) ? query.transaction(transaction(transaction)) : query;
		String trace = this.parameters.one("trace");
		query = (trace != null) ? query.trace(trace) : query;
		String request = this.parameters.one("request");
		return (request != null) ? query.context("requestId", request) : query;
	}

	/**
	 * JSON if it is, else the text itself.
	 */
	private static @Nullable Object value(String text) {
		try {
			return io.bemi.query.Json.parse(text);
		}
		catch (IllegalArgumentException ex) {
			return text;
		}
	}

	static long transaction(String text) {
		if (text.matches("\\d{1,18}")) {
			return Long.parseLong(text);
		}
		throw Parameters.wrong("transaction", "the id of a transaction, a number", text);
	}

	private ChangeQuery contents(ChangeQuery all) {
		Map<String, @Nullable Object> values = this.parameters.object("values");
		Map<String, @Nullable Object> before = this.parameters.object("before");
		refuseMasked(values.keySet());
		refuseMasked(before.keySet());
		ChangeQuery query = values.isEmpty() ? all : all.values(values);
		return before.isEmpty() ? query : query.before(before);
	}

	private void refuseMasked(Set<String> columns) {
		Set<String> masked = this.masks.ofAny(this.schema, this.table);
		for (String column : columns) {
			if (masked.contains(column)) {
				throw new Problem(403, "Column '" + column + "' is masked: its values cannot be looked for");
			}
		}
	}

	private ChangeQuery text(ChangeQuery query, boolean ranged) {
		String text = this.parameters.one("text");
		if (text == null) {
			return query;
		}
		if (!ranged) {
			throw Problem.badRequest("'text' is in no index: it needs 'since' and 'until'");
		}
		String path = path(text, List.copyOf(this.masks.ofAny(this.schema, this.table)));
		// One or the other.
		return query.not((neither) -> neither.not((after) -> after.pathExists(Document.VALUES, path))
			.not((earlier) -> earlier.pathExists(Document.BEFORE, path)));
	}

	/**
	 * Finds a value that contains a text, in any case, or is that number; but not in some
	 * columns.
	 */
	private static String path(String text, List<String> masked) {
		List<String> columns = new ArrayList<>();
		for (String column : masked) {
			columns.add("@.key != " + quoted(column));
		}
		String number = text.matches("-?\\d{1,30}(\\.\\d{1,30})?") ? " || @ == " + text : "";
		return "$.keyvalue()" + (columns.isEmpty() ? "" : " ? (" + String.join(" && ", columns) + ")")
				+ ".value.** ? (@ like_regex " + quoted(text) + " flag \"iq\"" + number + ")";
	}

	private static String quoted(String text) {
		StringBuilder quoted = new StringBuilder();
		JsonText.append(quoted, text);
		return quoted.toString();
	}

}
