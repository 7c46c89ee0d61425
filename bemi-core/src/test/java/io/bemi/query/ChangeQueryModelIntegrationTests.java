package io.bemi.query;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.bemi.change.Change;
import io.bemi.change.Operation;
import io.bemi.change.Position;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every condition together with every other, drawn at random, against a filter over a
 * list. A failure prints the seed.
 */
class ChangeQueryModelIntegrationTests {

	private static final long SEED = Long.getLong("bemi.seed", System.nanoTime());

	private static final Random RANDOM = new Random(SEED);

	private static final int ROUNDS = Boolean.getBoolean("bemi.soak") ? 20 : 1;

	private static final Map<String, Draw> CONDITIONS = new LinkedHashMap<>();

	private static StoredHistory history;

	private static RandomChanges random;

	private static List<Change> all;

	private static Changes changes;

	@BeforeAll
	static void fillStore() throws Exception {
		history = StoredHistory.create(18);
		random = new RandomChanges(history, RANDOM);
		all = random.transactions(60);
		history.store(all);
		if (RANDOM.nextBoolean()) {
			history.noteSetback();
		}
		changes = history.changes();
		addConditions();
	}

	@AfterAll
	static void dropStore() {
		history.close();
	}

	private static void addConditions() {
		add("table", () -> random.any(RandomChanges.TABLES), ChangeQuery::table, ChangeQuery::notTable,
				(change, table) -> change.table().equals(table));
		add("schema", () -> random.any(RandomChanges.SCHEMAS), ChangeQuery::schema, ChangeQuery::notSchema,
				(change, schema) -> change.schema().equals(schema));
		add("database", () -> random.any(RandomChanges.DATABASES), ChangeQuery::database, ChangeQuery::notDatabase,
				(change, database) -> change.database().equals(database));
		add("source", () -> random.any(RandomChanges.SOURCES), ChangeQuery::source, ChangeQuery::notSource,
				(change, source) -> change.source().equals(source));
		add("primaryKey", () -> RANDOM.nextInt(3), ChangeQuery::primaryKey, ChangeQuery::notPrimaryKey,
				(change, key) -> key.toString().equals(change.primaryKey()));
		add("primaryKey of several columns", () -> 3, (query, key) -> query.primaryKey(key, "a\"b", true),
				(query, key) -> query.not((those) -> those.primaryKey(key, "a\"b", true)),
				(change, key) -> "[3, \"a\\\"b\", true]".equals(change.primaryKey()));
		add("operation", () -> random.any(List.of(Operation.values())), ChangeQuery::operation,
				ChangeQuery::notOperation, (change, operation) -> change.operation() == operation);
		add("operations", () -> Operation.DELETE, (query, operation) -> query.operation(operation, Operation.CREATE),
				(query, operation) -> query.notOperation(operation, Operation.CREATE),
				(change, operation) -> change.operation() == operation || change.operation() == Operation.CREATE);
		add("context", ChangeQueryModelIntegrationTests::context, ChangeQuery::context, ChangeQuery::notContext,
				(change, entries) -> JsonContainment.contains(change.metadata(), entries));
		add("trace", () -> random.any(RandomChanges.TRACES), ChangeQuery::trace,
				(query, trace) -> query.not((those) -> those.trace(trace)), (change, trace) -> JsonContainment
					.contains(change.metadata(), Map.of("_bemi", Map.of("traceId", trace))));
		add("before", ChangeQueryModelIntegrationTests::entries, ChangeQuery::before, ChangeQuery::notBefore,
				(change, entries) -> JsonContainment.contains(change.before(), entries));
		add("values", ChangeQueryModelIntegrationTests::entries, ChangeQuery::values, ChangeQuery::notValues,
				(change, entries) -> JsonContainment.contains(change.values(), entries));
		add("pathExists", () -> RANDOM.nextInt(4),
				(query, n) -> query.pathExists(Document.VALUES, "$.n ? (@ >= $least)", Map.of("least", n)),
				(query, n) -> query
					.not((those) -> those.pathExists(Document.VALUES, "$.n ? (@ >= $least)", Map.of("least", n))),
				(change, n) -> change.values().get("n") instanceof BigDecimal number
						&& number.compareTo(BigDecimal.valueOf(n)) >= 0);
		add("pathMatches", () -> random.any(RandomChanges.USERS),
				(query, user) -> query.pathMatches(Document.CONTEXT, "$.user == $user", Map.of("user", user)),
				(query, user) -> query
					.not((those) -> those.pathMatches(Document.CONTEXT, "$.user == $user", Map.of("user", user))),
				(change, user) -> user.equals(change.metadata().get("user")));
		add("path without variables", () -> "$.tags[*] ? (@ == \"y\")",
				(query, path) -> query.pathExists(Document.BEFORE, path),
				(query, path) -> query.not((those) -> those.pathExists(Document.BEFORE, path)),
				(change, path) -> change.before().get("tags") instanceof List<?> tags && tags.contains("y"));
		add("changed", () -> random.any(RandomChanges.COLUMNS), ChangeQuery::changed, ChangeQuery::notChanged,
				(change, column) -> change.changed().contains(column));
		addChangedTo();
		add("transaction", () -> 100L + RANDOM.nextInt(62), ChangeQuery::transaction,
				(query, id) -> query.not((those) -> those.transaction(id)),
				(change, id) -> change.transactionId() == id);
		add("position", ChangeQueryModelIntegrationTests::place, ChangeQuery::position,
				(query, place) -> query.not((those) -> those.position(place)),
				(change, place) -> change.position().equals(place));
		add("fromPosition", ChangeQueryModelIntegrationTests::place, ChangeQuery::fromPosition,
				(query, place) -> query.not((those) -> those.fromPosition(place)),
				(change, place) -> change.position().compareTo(place) >= 0);
		add("toPosition", ChangeQueryModelIntegrationTests::place, ChangeQuery::toPosition,
				(query, place) -> query.not((those) -> those.toPosition(place)),
				(change, place) -> change.position().compareTo(place) <= 0);
		add("since", ChangeQueryModelIntegrationTests::time, ChangeQuery::since,
				(query, moment) -> query.not((those) -> those.since(moment)),
				(change, moment) -> !change.committedAt().isBefore(moment));
		add("until", ChangeQueryModelIntegrationTests::time, ChangeQuery::until,
				(query, moment) -> query.not((those) -> those.until(moment)),
				(change, moment) -> change.committedAt().isBefore(moment));
		add("both", () -> random.any(RandomChanges.TABLES),
				(query, table) -> query.not((those) -> those.not((these) -> these.table(table).context("user", "ann"))),
				(query, table) -> query.not((those) -> those.table(table).context("user", "ann")),
				(change, table) -> change.table().equals(table) && "ann".equals(change.metadata().get("user")));
	}

	private static void addChangedTo() {
		add("changed from and to", () -> random.any(RandomChanges.COLUMNS), (query, column) -> {
			Value value = new Value(column);
			return query.changed(column, value.from, value.to);
		}, (query, column) -> {
			Value value = new Value(column);
			return query.not((those) -> those.changed(column, value.from, value.to));
		}, (change, column) -> {
			Value value = new Value(column);
			return was(change, column, value.from) && is(change, column, value.to);
		});
		add("changedFrom", () -> random.any(RandomChanges.COLUMNS),
				(query, column) -> query.changedFrom(column, new Value(column).from),
				(query, column) -> query.not((those) -> those.changedFrom(column, new Value(column).from)),
				(change, column) -> was(change, column, new Value(column).from));
		add("changedTo", () -> random.any(RandomChanges.COLUMNS),
				(query, column) -> query.changedTo(column, new Value(column).to),
				(query, column) -> query.not((those) -> those.changedTo(column, new Value(column).to)),
				(change, column) -> is(change, column, new Value(column).to));
	}

	private static boolean was(Change change, String column, @Nullable Object value) {
		return change.changed().contains(column) && change.before().containsKey(column)
				&& JsonContainment.same(change.before().get(column), value);
	}

	private static boolean is(Change change, String column, @Nullable Object value) {
		return change.changed().contains(column) && change.values().containsKey(column)
				&& JsonContainment.same(change.values().get(column), value);
	}

	private static Map<String, ?> context() {
		List<Map<String, ?>> contexts = List.of(Map.of("user", random.any(RandomChanges.USERS)),
				Map.of("_bemi", Map.of()), Map.of("params", Map.of("q", List.of(BigDecimal.ONE))), Map.of(),
				Map.of("user", "ann", "params", Map.of()));
		return random.any(contexts);
	}

	private static Map<String, @Nullable Object> entries() {
		Map<String, @Nullable Object> entries = new LinkedHashMap<>();
		for (int i = RANDOM.nextInt(3); i > 0; i--) {
			String column = random.any(RandomChanges.COLUMNS);
			entries.put(column, random.value(column));
		}
		return entries;
	}

	private static Position place() {
		Position place = RandomChanges.place(RANDOM.nextInt(62));
		return RANDOM.nextBoolean() ? place : place.next();
	}

	private static Instant time() {
		Instant time = RandomChanges.time(RANDOM.nextInt(62));
		return switch (RANDOM.nextInt(4)) {
			case 0 -> time.plusNanos(1);
			case 1 -> time.minusNanos(1);
			default -> time;
		};
	}

	private static <A> void add(String name, java.util.function.Supplier<A> argument, Apply<A> query, Apply<A> not,
			java.util.function.BiPredicate<Change, A> matches) {
		CONDITIONS.put(name, () -> {
			A drawn = argument.get();
			return new Drawn(name + " " + drawn, (those) -> query.apply(those, drawn),
					(change) -> matches.test(change, drawn));
		});
		CONDITIONS.put("not " + name, () -> {
			A drawn = argument.get();
			return new Drawn("not " + name + " " + drawn, (those) -> not.apply(those, drawn),
					(change) -> !matches.test(change, drawn));
		});
	}

	@Test
	void everyConditionTogetherWithEveryOther() {
		List<String> names = List.copyOf(CONDITIONS.keySet());
		int found = 0;
		for (int round = 0; round < ROUNDS; round++) {
			for (String one : names) {
				for (String other : names) {
					List<Drawn> drawn = new ArrayList<>(List.of(draw(one), draw(other)));
					if (RANDOM.nextInt(4) == 0) {
						drawn.add(draw(random.any(names)));
					}
					found += assertSame(drawn);
				}
			}
		}
		// A model that finds nothing shows nothing.
		assertThat(found).isGreaterThan(names.size() * names.size());
	}

	private static Drawn draw(String name) {
		return java.util.Objects.requireNonNull(CONDITIONS.get(name)).draw();
	}

	private static int assertSame(List<Drawn> drawn) {
		ChangeQuery query = changes.query().since(Instant.EPOCH);
		Predicate<Change> matches = (change) -> true;
		for (Drawn condition : drawn) {
			query = condition.query.apply(query);
			matches = matches.and(condition.matches);
		}
		Order order = random.any(List.of(Order.values()));
		int limit = random.any(List.of(1, 7, 1_000));
		List<Change> expected = all.stream().filter(matches).sorted(inOrder(order)).toList();
		String description = drawn.stream().map(Drawn::name).toList() + " " + order + " " + limit + ", seed " + SEED;
		assertThat(query.order(order).limit(limit).list()).as(description)
			.containsExactlyElementsOf(expected.subList(0, Math.min(limit, expected.size())));
		assertThat(query.count()).as(description).isEqualTo(expected.size());
		return expected.size();
	}

	static Comparator<Change> inOrder(Order order) {
		Comparator<Change> oldest = Comparator.comparing(Change::position)
			.thenComparing(Change::ordinal)
			.thenComparing(Change::id);
		return (order == Order.OLDEST_FIRST) ? oldest : oldest.reversed();
	}

	@Test
	void pagesStreamsAndTransactionsGiveTheSame() {
		for (Order order : Order.values()) {
			List<Change> expected = all.stream().sorted(inOrder(order)).toList();
			for (int size : new int[] { 1, 3, 50, 1_000 }) {
				List<Change> paged = new ArrayList<>();
				Page page = changes.query().order(order).limit(size).page();
				paged.addAll(page.changes());
				while (page.hasNext()) {
					page = changes.query().order(order).limit(size).after(page.cursor()).page();
					assertThat(page.changes()).isNotEmpty().hasSizeLessThanOrEqualTo(size);
					paged.addAll(page.changes());
				}
				assertThat(paged).as("seed %s", SEED).containsExactlyElementsOf(expected);
			}
			try (Stream<Change> stream = changes.query().order(order).stream()) {
				assertThat(stream).containsExactlyElementsOf(expected);
			}
			List<Transaction> transactions = changes.query().order(order).limit(1_000).transactions();
			assertThat(transactions).extracting((transaction) -> transaction.source() + transaction.position())
				.doesNotHaveDuplicates();
			assertThat(transactions.stream().flatMap((transaction) -> transaction.changes().stream()))
				.containsExactlyInAnyOrderElementsOf(expected);
			assertThat(changes.query().order(order).limit(3).transactions()).isEqualTo(transactions.subList(0, 3));
		}
	}

	@Test
	void countsAreThoseOfTheModel() {
		Map<List<Object>, Long> expected = new LinkedHashMap<>();
		java.time.ZoneId zone = java.time.ZoneId.of("America/New_York");
		for (Change change : all) {
			Instant month = change.committedAt()
				.atZone(zone)
				.withDayOfMonth(1)
				.truncatedTo(java.time.temporal.ChronoUnit.DAYS)
				.toInstant();
			expected.merge(List.of(month, String.valueOf(change.metadata().get("user"))), 1L, Long::sum);
		}
		List<Count> counts = changes.query().counts(Bucket.MONTH, zone, Grouping.context("user"));
		assertThat(counts).hasSize(expected.size())
			.allSatisfy((count) -> assertThat(expected)
				.containsEntry(List.of(count.from(), String.valueOf(count.group())), count.changes()));
		assertThat(counts).extracting(Count::from).isSorted();
		assertThat(changes.query().counts(Bucket.YEAR)).hasSize(1)
			.first()
			.isEqualTo(new Count(Instant.parse("2026-01-01T00:00:00Z"), null, null, all.size()));
		assertThat(changes.query().counts(Bucket.YEAR, java.time.ZoneOffset.ofHours(2), Grouping.table()))
			.allSatisfy((count) -> assertThat(count.from()).isEqualTo("2025-12-31T22:00:00Z"))
			.extracting(Count::group)
			.contains("public.todo", "Other.we ird");
		assertThat(changes.query().counts(Bucket.YEAR, java.time.ZoneOffset.UTC, Grouping.operation()))
			.extracting(Count::group)
			.containsExactly("CREATE", "DELETE", "TRUNCATE", "UPDATE");
	}

	/**
	 * With contexts and without, of which those out of the range are not even looked at.
	 */
	@Test
	void whatIsCountedInATimeRangeIsThatOfTheModel() {
		Random random = new Random(7);
		Instant first = all.stream().map(Change::committedAt).min(Instant::compareTo).orElseThrow();
		Instant last = all.stream().map(Change::committedAt).max(Instant::compareTo).orElseThrow();
		long seconds = Duration.between(first, last).toSeconds() + 2;
		for (int i = 0; i < 30; i++) {
			Instant since = first.plusSeconds(random.nextLong(seconds));
			Instant until = since.plusSeconds(random.nextLong(seconds));
			List<Change> there = all.stream()
				.filter((change) -> !change.committedAt().isBefore(since) && change.committedAt().isBefore(until))
				.toList();
			ChangeQuery query = changes.query().since(since).until(until);
			assertThat(query.count()).isEqualTo(there.size());
			assertThat(query.context("user", "ann").count())
				.isEqualTo(there.stream().filter((change) -> "ann".equals(change.metadata().get("user"))).count());
			assertThat(groups(query, Grouping.table()))
				.isEqualTo(groups(there, (change) -> change.schema() + "." + change.table()));
			assertThat(groups(query, Grouping.context("user")))
				.isEqualTo(groups(there, (change) -> String.valueOf(change.metadata().get("user"))));
		}
	}

	private static Map<String, Long> groups(ChangeQuery query, Grouping grouping) {
		Map<String, Long> groups = new HashMap<>();
		query.top(grouping, 1_000)
			.forEach((top) -> groups.merge(String.valueOf(top.group()), top.changes(), Long::sum));
		return groups;
	}

	private static Map<String, Long> groups(List<Change> changes, Function<Change, String> group) {
		return changes.stream().collect(Collectors.groupingBy(group, Collectors.counting()));
	}

	@Test
	void theViewGivesTheSame() {
		List<String> rows = history.database()
			.query("SELECT id, primary_key, \"values\", metadata, database, schema, \"table\", operation, before, changed,"
					+ " unknown, transaction_id, position, ordinal, source FROM \"Audit \"\"trail\"\"\".changes");
		List<Change> listed = changes.query().limit(Integer.MAX_VALUE).list();
		assertThat(listed).hasSameSizeAs(rows);
		assertThat(rows).allSatisfy((row) -> {
			String[] columns = row.split("\\|", -1);
			Change change = listed.stream().filter((one) -> one.id().equals(columns[0])).findFirst().orElseThrow();
			assertThat(columns[1]).isEqualTo(String.valueOf(change.primaryKey()));
			assertThat(Json.readObject(columns[2])).isEqualTo(change.values());
			assertThat(Json.readObject(columns[3])).isEqualTo(change.metadata());
			assertThat(List.of(columns).subList(4, 8)).containsExactly(change.database(), change.schema(),
					change.table(), change.operation().name());
			assertThat(Json.readObject(columns[8])).isEqualTo(change.before());
			assertThat(columns[12]).isEqualTo(change.position().toString());
		});
		assertThat(listed).allSatisfy((change) -> assertThat(changes.find(change.id())).contains(change));
		assertThat(Collections.unmodifiableList(listed)).containsExactlyInAnyOrderElementsOf(all);
	}

	/**
	 * Values of a column that are the same whenever they are asked for.
	 */
	private static final class Value {

		private final @Nullable Object from;

		private final @Nullable Object to;

		Value(String column) {
			RandomChanges fixed = new RandomChanges(history, new Random(column.hashCode()));
			this.from = fixed.value(column);
			this.to = fixed.value(column);
		}

	}

	/**
	 * Draws a condition.
	 */
	private interface Draw {

		Drawn draw();

	}

	/**
	 * Adds a condition with an argument.
	 */
	private interface Apply<A> {

		ChangeQuery apply(ChangeQuery query, A argument);

	}

	/**
	 * A condition, for the query and for the model.
	 *
	 * @param name what it is
	 * @param query adds it
	 * @param matches the same over a change
	 */
	private record Drawn(String name, UnaryOperator<ChangeQuery> query, Predicate<Change> matches) {
	}

}
