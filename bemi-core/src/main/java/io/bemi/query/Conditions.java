package io.bemi.query;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.bemi.change.Operation;
import io.bemi.change.Position;
import io.bemi.context.ContextValues;
import io.bemi.query.Condition.About;
import io.bemi.query.Condition.Narrowing;
import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

/**
 * The conditions that there are.
 */
final class Conditions {

	static final OffsetDateTime EARLIEST = OffsetDateTime.of(1, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC);

	static final OffsetDateTime LATEST = OffsetDateTime.of(9999, 12, 31, 0, 0, 0, 0, ZoneOffset.UTC);

	private static final Pattern ID = Pattern.compile("(\\d{4,10})-([0-9A-F]{8})([0-9A-F]{8})-(\\d{10,18})");

	private Conditions() {
	}

	static Condition operations(Operation... operations) {
		Assert.notEmpty(operations, "'operations' must not be empty");
		// Letters of an enum, no values.
		return Condition.plain(Stream.of(operations)
			.map((operation) -> "'" + operation.name().charAt(0) + "'")
			.collect(Collectors.joining(", ", "c.operation IN (", ")")));
	}

	static Condition contains(Document document, Map<String, ?> entries) {
		Assert.notNull(entries, "'entries' must not be null");
		String sql = document.sql() + " @> ?::jsonb";
		String json = ContextValues.toJson(entries);
		return (document == Document.CONTEXT) ? Condition.indexed(sql, json).about(About.CONTEXT)
				: Condition.broad("The content of '" + document.label() + "'", Narrowing.FEW, sql, json);
	}

	static Condition doesNotContain(Document document, Map<String, ?> entries) {
		return Condition.not(List.of(contains(document, entries)));
	}

	static Condition pathExists(Document document, String path, Map<String, ?> variables) {
		return path("jsonb_path_exists", document, path, variables);
	}

	static Condition pathMatches(Document document, String path, Map<String, ?> variables) {
		return path("jsonb_path_match", document, path, variables);
	}

	private static Condition path(String function, Document document, String path, Map<String, ?> variables) {
		Assert.notNull(path, "'path' must not be null");
		if (!Condition.isText(path)) {
			throw new IllegalArgumentException("'path' must be a JSON path, but holds a character that no text holds");
		}
		return Condition.broad("A JSON path", Narrowing.FEW,
				function + "(" + document.sql() + ", ?::jsonpath, ?::jsonb, true)", path,
				ContextValues.toJson(variables));
	}

	static Condition changed(String column) {
		Assert.notNull(column, "'column' must not be null");
		return changed("", column);
	}

	static Condition changedFrom(String column, @Nullable Object old) {
		return changed(" AND " + was(), column, column, json(old));
	}

	static Condition changedTo(String column, @Nullable Object current) {
		return changed(" AND " + is(), column, column, json(current));
	}

	static Condition changed(String column, @Nullable Object old, @Nullable Object current) {
		return changed(" AND " + was() + " AND " + is(), column, column, json(old), column, json(current));
	}

	private static String was() {
		return "(" + Document.BEFORE.sql() + ") -> ? = ?::jsonb -> 'value'";
	}

	private static String is() {
		return "c.image -> ? = ?::jsonb -> 'value'";
	}

	private static Condition changed(String more, Object... parameters) {
		return Condition.broad("Which column changed", Narrowing.TABLE,
				"(c.operation = 'U' AND jsonb_exists(c.replaced, ?)" + more + ")", parameters);
	}

	private static String json(@Nullable Object value) {
		return ContextValues.toJson(Collections.singletonMap("value", value));
	}

	static Condition since(Instant moment) {
		return Condition.indexed("c.committed_at >= ?", timestamp(moment)).about(About.SINCE);
	}

	static Condition until(Instant moment) {
		return Condition.plain("c.committed_at < ?", timestamp(moment)).about(About.UNTIL);
	}

	/**
	 * The same of moments, where an index leads to them by their positions: no other
	 * index is to be used for them, and the planner is to take them for what they are,
	 * hardly any narrower than the positions.
	 */
	static Condition within(OffsetDateTime since, OffsetDateTime until) {
		return Condition.plain("coalesce(c.committed_at >= ? AND c.committed_at < ?, false)", since, until)
			.about(About.PLACE);
	}

	/**
	 * The first moment that the server can tell and that is not before.
	 */
	private static OffsetDateTime timestamp(Instant moment) {
		if (moment.isBefore(EARLIEST.toInstant())) {
			return EARLIEST;
		}
		if (moment.isAfter(LATEST.toInstant())) {
			return LATEST;
		}
		Instant floor = moment.truncatedTo(ChronoUnit.MICROS);
		return (floor.equals(moment) ? floor : floor.plus(1, ChronoUnit.MICROS)).atOffset(ZoneOffset.UTC);
	}

	static Condition entity(EntityTable table) {
		List<Object> parameters = new ArrayList<>(table.names());
		String names = table.names().stream().map((name) -> "?").collect(Collectors.joining(", ", "r.name IN (", ")"));
		if (table.schema() == null) {
			return Condition.ofTable(names, parameters.toArray());
		}
		parameters.add(0, table.schema());
		return Condition.ofTable("(r.schema = ? AND " + names + ")", parameters.toArray());
	}

	static Condition key(List<?> values) {
		return Condition.indexed("c.primary_key = ?", KeyText.of(values)).about(About.RECORD);
	}

	static Condition keys(Collection<String> keys) {
		String[] texts = keys.stream().filter(Condition::isText).toArray(String[]::new);
		return Condition.indexed("c.primary_key = ANY (?)", (Object) texts).about(About.RECORD);
	}

	static Condition transaction(long transactionId) {
		return Condition.indexed("x.transaction_id = ?", transactionId).about(About.TRANSACTION);
	}

	/**
	 * The conditions that something is where a transaction is.
	 */
	static List<Condition> place(OffsetDateTime committedAt, int source, String position) {
		return List.of(Condition.indexed("c.position = ?::pg_lsn", position).about(About.PLACE),
				Condition.plain("c.committed_at = ?", committedAt).about(About.PLACE),
				Condition.plain("c.source = ?", source).about(About.PLACE));
	}

	/**
	 * A condition on the id; nothing has an id that is none.
	 */
	static Condition change(String id) {
		Matcher matcher = ID.matcher(id);
		if (!matcher.matches()) {
			return Condition.plain("false");
		}
		return Condition.indexed("(c.position = ?::pg_lsn AND c.ordinal = ? AND c.source = ?)",
				Position.parse(matcher.group(2) + "/" + matcher.group(3)).toString(), Long.parseLong(matcher.group(4)),
				Long.parseLong(matcher.group(1)));
	}

	/**
	 * The same on several ids.
	 */
	static Condition changes(Collection<String> ids) {
		List<String> positions = new ArrayList<>();
		List<Long> ordinals = new ArrayList<>();
		List<Long> sources = new ArrayList<>();
		for (String id : ids) {
			Matcher matcher = ID.matcher(id);
			if (matcher.matches()) {
				positions.add(Position.parse(matcher.group(2) + "/" + matcher.group(3)).toString());
				ordinals.add(Long.parseLong(matcher.group(4)));
				sources.add(Long.parseLong(matcher.group(1)));
			}
		}
		String[] places = positions.toArray(String[]::new);
		// The first part is for the index.
		return Condition.indexed(
				"(c.position = ANY (?::pg_lsn[]) AND (c.position, c.ordinal, c.source::bigint) IN (SELECT * FROM ROWS FROM"
						+ " (pg_catalog.unnest(?::pg_lsn[]), pg_catalog.unnest(?::bigint[]), pg_catalog.unnest(?::bigint[]))))",
				places, places, ordinals.toArray(Long[]::new), sources.toArray(Long[]::new));
	}

	/**
	 * A condition on the position.
	 */
	static Condition position(String comparison, Position position) {
		String sql = "c.position " + comparison + " ?::pg_lsn";
		boolean narrows = !comparison.startsWith("<");
		return (narrows ? Condition.indexed(sql, position.toString()) : Condition.plain(sql, position.toString()))
			.about(About.PLACE);
	}

}
