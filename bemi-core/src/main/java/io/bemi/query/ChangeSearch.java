package io.bemi.query;

import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import io.bemi.change.Change;
import io.bemi.change.Position;
import io.bemi.query.Condition.About;
import io.bemi.query.Condition.Narrowing;
import io.bemi.query.Places.Range;

/**
 * Answers a question for its first changes in a few steps. Each is a statement of which
 * the planner has little to guess: what it cannot know (which table has a name, where in
 * the history a time is, how many contexts have a key) is asked before.
 */
final class ChangeSearch {

	/** Up to so many tables are read each for itself. */
	private static final int MANY_TABLES = 32;

	/** Up to so many contexts are found all at once. */
	private static final int MANY_CONTEXTS = 500;

	/**
	 * The same when not all of their changes count: of contexts that are looked at one
	 * after the other, it would take so many more until there are enough changes.
	 */
	private static final int MANY_CONTEXTS_OF_SOME = 5_000;

	private static final String RELATIONS = "SELECT r.id FROM %1$s.relation r JOIN %1$s.source s ON s.id = r.source";

	private final Statements statements;

	private final QuerySettings settings;

	private final Places places;

	ChangeSearch(Statements statements, QuerySettings settings) {
		this.statements = statements;
		this.settings = settings;
		this.places = new Places(statements, settings.quotedSchema());
	}

	List<Change> find(List<Condition> question, Order order, int limit) {
		List<Condition> conditions = this.places.of(question);
		if (!isAbout(conditions, About.RECORD)) {
			if (isAbout(conditions, About.TRANSACTION)) {
				return list(Sql.ofFewContexts(this.settings, conditions, order, limit));
			}
			if (isAbout(conditions, About.CONTEXT)) {
				return byContext(conditions, order, limit, question);
			}
		}
		return byTable(conditions, order, limit);
	}

	/**
	 * A statement for all changes, for those who read on by themselves.
	 */
	Sql all(List<Condition> question, Order order) {
		return Sql.all(this.settings, placed(question), order);
	}

	/**
	 * A statement for some changes, in no order.
	 */
	Sql any(List<Condition> question, int limit) {
		return Sql.any(this.settings, placed(question), limit);
	}

	private List<Condition> placed(List<Condition> question) {
		List<Condition> conditions = inTransaction(question);
		return isNarrowedByTable(conditions) ? inTables(conditions, relations(conditions)) : conditions;
	}

	/**
	 * The same for the first changes.
	 */
	Sql statement(List<Condition> conditions, Order order, int limit) {
		if (!isAbout(conditions, About.RECORD)) {
			if (isAbout(conditions, About.TRANSACTION)) {
				return Sql.ofFewContexts(this.settings, conditions, order, limit);
			}
			if (isAbout(conditions, About.CONTEXT)) {
				return areFew(conditions, countContexts(conditions))
						? Sql.ofFewContexts(this.settings, conditions, order, limit)
						: Sql.ofManyContexts(this.settings, conditions, order, limit);
			}
		}
		return Sql.first(this.settings, conditions, order, limit);
	}

	private static boolean isAbout(List<Condition> conditions, About about) {
		return conditions.stream().anyMatch((condition) -> condition.about() == about);
	}

	private List<Change> list(Sql sql) {
		return this.statements.query(sql, (row, number) -> Row.change(row));
	}

	private List<Change> byTable(List<Condition> conditions, Order order, int limit) {
		boolean ofRecord = isAbout(conditions, About.RECORD);
		if (!ofRecord && !isNarrowedByTable(conditions)) {
			return list(Sql.first(this.settings, conditions, order, limit));
		}
		Long[] relations = relations(conditions);
		if (relations.length == 0) {
			return List.of();
		}
		if (!ofRecord && relations.length > 1 && relations.length <= MANY_TABLES) {
			return list(Sql.firstOf(this.settings, conditions, order, limit, relations));
		}
		return list(Sql.first(this.settings, inTables(conditions, relations), order, limit));
	}

	private static boolean isNarrowedByTable(List<Condition> conditions) {
		return conditions.stream().anyMatch((condition) -> condition.narrows() == Narrowing.TABLE);
	}

	private static List<Condition> inTables(List<Condition> conditions, Long[] relations) {
		return and(conditions, List.of((relations.length == 1) ? Condition.plain("c.relation = ?", relations[0])
				: Condition.plain("c.relation = ANY (?::bigint[])", (Object) relations)));
	}

	/**
	 * Asks for the place of a transaction instead of its number, unless there are several
	 * places: an index has the changes that are there.
	 */
	private List<Condition> inTransaction(List<Condition> conditions) {
		if (!isAbout(conditions, About.TRANSACTION)) {
			return conditions;
		}
		List<List<Condition>> places = this.statements.query(
				Sql.places(this.settings,
						conditions.stream().filter((condition) -> condition.about() == About.TRANSACTION).toList()),
				(row, number) -> Conditions.place(row.getObject(1, OffsetDateTime.class), row.getInt(2),
						row.getString(3)));
		if (places.size() > 1) {
			return conditions;
		}
		return and(conditions.stream().filter((condition) -> condition.about() != About.TRANSACTION).toList(),
				places.isEmpty() ? List.of(Condition.plain("false")) : places.get(0));
	}

	private Long[] relations(List<Condition> conditions) {
		List<Condition> known = conditions.stream().filter((condition) -> condition.about() == About.TABLE).toList();
		StringBuilder sql = new StringBuilder(RELATIONS.formatted(this.settings.quotedSchema()));
		List<Object> parameters = new ArrayList<>();
		String word = " WHERE ";
		for (Condition condition : known) {
			sql.append(word).append(condition.sql());
			parameters.addAll(condition.parameters());
			word = " AND ";
		}
		return this.statements.query(new Sql(sql.toString(), parameters), (row, number) -> row.getLong(1))
			.toArray(Long[]::new);
	}

	private List<Change> byContext(List<Condition> conditions, Order order, int limit, List<Condition> question) {
		Range range = this.places.range();
		if (range == null) {
			return list(statement(conditions, order, limit));
		}
		List<Change> found = new ArrayList<>();
		List<Window> windows = Window.of(order, narrowed(range, question));
		for (int i = 0; i < windows.size(); i++) {
			Window window = windows.get(i);
			if (i == 1) {
				List<Condition> rest = and(conditions, window.andBeyond(order).conditions());
				if (areFew(rest, countContexts(rest))) {
					return merge(found, list(Sql.ofFewContexts(this.settings, rest, order, limit)), order, limit);
				}
			}
			List<Condition> there = and(conditions, window.conditions());
			int contexts = countContexts(there);
			if (contexts > 0) {
				found = merge(found,
						list(areFew(there, contexts) ? Sql.ofFewContexts(this.settings, there, order, limit)
								: Sql.ofManyContexts(this.settings, there, order, limit)),
						order, limit);
			}
			if (found.size() == limit && isBefore(found.get(limit - 1), window, order)) {
				break;
			}
		}
		return found;
	}

	private static List<Condition> and(List<Condition> conditions, List<Condition> more) {
		return Stream.concat(conditions.stream(), more.stream()).toList();
	}

	private static List<Change> merge(List<Change> one, List<Change> other, Order order, int limit) {
		return Stream.concat(one.stream(), other.stream()).sorted(order.comparator()).limit(limit).toList();
	}

	private int countContexts(List<Condition> conditions) {
		return this.statements
			.query(Sql.countContexts(this.settings, conditions, many(conditions) + 1), (row, number) -> row.getInt(1))
			.get(0);
	}

	private static boolean areFew(List<Condition> conditions, int contexts) {
		return contexts <= many(conditions);
	}

	private static int many(List<Condition> conditions) {
		return conditions.stream().allMatch((condition) -> condition.about().isShared()) ? MANY_CONTEXTS
				: MANY_CONTEXTS_OF_SOME;
	}

	private static Range narrowed(Range range, List<Condition> conditions) {
		OffsetDateTime first = range.first();
		OffsetDateTime last = range.last();
		for (Condition condition : conditions) {
			if (condition.about() == About.SINCE && condition.parameters().get(0) instanceof OffsetDateTime since) {
				first = since.isAfter(first) ? since : first;
			}
			if (condition.about() == About.UNTIL && condition.parameters().get(0) instanceof OffsetDateTime until) {
				last = until.isBefore(last) ? until : last;
			}
		}
		return new Range(first, last);
	}

	/**
	 * Whether a change comes before all that is in further spans of time: their times are
	 * others, but their positions need not be.
	 */
	private boolean isBefore(Change change, Window window, Order order) {
		OffsetDateTime edge = (order == Order.NEWEST_FIRST) ? window.since() : window.until();
		if (edge == null) {
			return true;
		}
		Position place = (order == Order.NEWEST_FIRST) ? this.places.end(edge) : this.places.beginning(edge);
		return place != null && ((order == Order.NEWEST_FIRST) ? change.position().isAfter(place)
				: place.isAfter(change.position()));
	}

}
