package io.bemi.query;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

import io.bemi.change.Change;
import io.bemi.change.Change.Difference;
import io.bemi.change.Operation;
import io.bemi.store.StoreSchema;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link JdbcChanges}, in a store whose schema has an odd name.
 */
class JdbcChangesIntegrationTests {

	private static final String SCHEMA = "Audit \"trail\"";

	private static TestDatabase database;

	private static Changes changes;

	@BeforeAll
	static void createStore() throws Exception {
		database = PostgresServer.shared().createDatabase();
		try (java.sql.Connection connection = database.connect()) {
			new StoreSchema(SCHEMA).migrate(connection);
		}
		database.execute(
				"""
									SET TimeZone = 'UTC'; SET search_path = "Audit \"\"trail\"\"\";
									CREATE TABLE change_2026_11 PARTITION OF change FOR VALUES FROM ('2026-11-01') TO ('2026-12-01');
									CREATE TABLE context_2026_11 PARTITION OF context FOR VALUES FROM ('2026-11-01') TO ('2026-12-01');
									INSERT INTO source (name, database, system_identifier, timeline) VALUES ('bemi_shop', 'shop', '1', 1);
									INSERT INTO relation (source, oid, schema, name, replica_identity, columns, since)
									VALUES (1, 1, 'public', 'todo', 'd', '[]', '0/1'), (1, 2, 'Other', 'todo', 'd', '[]', '0/1');
									INSERT INTO context (committed_at, source, position, number, transaction_id, metadata) VALUES
									('2026-11-01 10:00', 1, '0/10', 0, 100, '{"user": "ann", "params": {"q": ["x", 1]}}'),('2026-11-01 11:00',1,'0/20',0,101,'{"user":"bob","n":5}'),('2026-11-01 11:00',1,'0/20',1,101,'{"user": "ann"}');

						INSERT INTO

						change (committed_at, source, position, ordinal, relation, transaction_id, context, operation,
									                    primary_key, image, replaced, unknown) VALUES
									('2026-11-01 10:00', 1, '0/10', 0, 1, 100, 0, 'C', '1', '{"id": 1, "price": 1.50, "tags": [null, {"a": true}]}',NULL,NULL),('2026-11-01 10:00',1,'0/10',1,2,100,0,'C','[1, "a"]','{"id": 1}',NULL,NULL),('2026-11-01 11:00',1,'0/20',0,1,101,0,'U','1','{"id":1,"price":2}', '{"price":1.50}', '{note}'),('2026-11-01 11:00',1,'0/20',1,1,101,1,'D','1','{"id":1,"price":2}',NULL,NULL),('2026-11-01 11:00',1,'0/20',2,1,101,1,'T',NULL,NULL,NULL,NULL),('2026-11-01 09:00',1,'0/1',0,1,99,0,'B','1','{"id": 1}',NULL,NULL)""");
		changes = new JdbcChanges(database.dataSource(), SCHEMA);
	}

	@AfterAll
	static void dropDatabase() {
		database.close();
	}

	private static List<String> found(ChangeQuery query) {
		return query.list().stream().map((change) -> change.position() + "." + change.ordinal()).toList();
	}

	@Test
	void aKeyIsKnownFromAMessageAsWellAsFromTheStream() {
		database.execute(
				"""
						INSERT INTO "Audit ""trail\""".relation (source, oid, schema, name, replica_identity, columns, since) VALUES
						(1, 7, 'public', 'line', 'd', '[{"name": "no", "key": true}, {"name": "x"}, {"name": "order", "key": true}]', '0/1'),
						(1, 8, 'public', 'piece', '', '[{"name": "no", "primary": true}, {"name": "x"}, {"name": "order", "primary": true}]', '0/1')""");
		JdbcReader reader = new JdbcReader(database.dataSource(), QuerySettings.of(SCHEMA), EntityTables.NONE);
		for (String table : List.of("line", "piece")) {
			assertThat(reader.keyColumns(new EntityTable("public", List.of(table), List.of("order", "no"))))
				.containsExactly("no", "order");
		}
		database.execute("DELETE FROM \"Audit \"\"trail\"\"\".relation WHERE oid IN (7, 8)");
	}

	@Test
	void listsChangesNewestFirstWithoutTheBaseline() {
		assertThat(found(changes.query())).containsExactly("0/20.2", "0/20.1", "0/20.0", "0/10.1", "0/10.0");
		assertThat(found(changes.query().limit(2))).containsExactly("0/20.2", "0/20.1");
	}

	@Test
	void streamsNoMoreOfChangesThanIsAskedFor() {
		ChangeQuery query = changes.query().table("todo");
		List<Change> all = stream(query, Parts.ALL);
		assertThat(all).isEqualTo(query.list());
		assertThat(stream(query, Parts.WITHOUT_CONTEXT))
			.isEqualTo(all.stream().map(JdbcChangesIntegrationTests::withoutContext).toList());
		assertThat(stream(query.limit(1).context("user", "ann"), Parts.WITHOUT_CONTEXT)).hasSize(1)
			.allSatisfy((change) -> assertThat(change.metadata()).isEmpty());
	}

	@Test
	void tellsWhereChangesAre() {
		List<ChangeQuery> questions = List.of(changes.query(), changes.query().table("todo"),
				changes.query().transaction(100), changes.query().transaction(100).table("todo"),
				changes.query().context("user", "ann"), changes.query().context("user", "ann").limit(1),
				changes.query().operation(Operation.DELETE), changes.query().limit(2),
				changes.query().transaction(999));
		for (ChangeQuery question : questions) {
			List<Change> listed = question.list();
			List<ChangePlaces> places = places(question, 100, 100);
			assertThat(places).isSortedAccordingTo(Comparator.comparing(ChangePlaces::position));
			assertThat(places.stream().flatMap(JdbcChangesIntegrationTests::each))
				.containsExactlyInAnyOrderElementsOf(listed.stream()
					.map((change) -> String.join(" ", change.source(), change.database(), change.schema(),
							change.table(), "" + change.transactionId(), change.position() + "." + change.ordinal(),
							"" + (change.operation() == Operation.TRUNCATE)))
					.toList());
			assertThat(places.stream().flatMap((some) -> Objects.requireNonNull(some.keys()).stream()))
				.containsExactlyInAnyOrderElementsOf(
						listed.stream().map(Change::primaryKey).filter(Objects::nonNull).toList());
			assertThat(places(question, 100, 0)).allSatisfy((some) -> assertThat(some.keys()).isNull());
			assertThat(places(question, 1, 0).stream().mapToInt((some) -> some.ordinals().size()).sum())
				.isEqualTo(Math.min(1, listed.size()));
		}
	}

	private static Stream<String> each(ChangePlaces some) {
		return some.ordinals()
			.stream()
			.map((ordinal) -> String.join(" ", some.source(), some.database(), some.schema(), some.table(),
					"" + some.transactionId(), some.position() + "." + ordinal,
					"" + some.truncates().contains(ordinal)));
	}

	private static List<ChangePlaces> places(ChangeQuery query, int most, int mostKeys) {
		try (Stream<ChangePlaces> stream = query.places(most, mostKeys)) {
			return stream.toList();
		}
	}

	private static List<Change> stream(ChangeQuery query, Parts parts) {
		try (Stream<Change> stream = query.stream(parts)) {
			return stream.toList();
		}
	}

	private static Change withoutContext(Change change) {
		return new Change(change.id(), change.primaryKey(), change.values(), change.before(), change.changed(),
				change.unknown(), Map.of(), change.database(), change.schema(), change.table(), change.operation(),
				change.committedAt(), change.transactionId(), change.position(), change.ordinal(), change.source());
	}

	@Test
	void asksForTableAndKey() {
		assertThat(found(changes.query().schema("public").table("todo").primaryKey(1))).containsExactly("0/20.1",
				"0/20.0", "0/10.0");
		assertThat(found(changes.query().primaryKey("[1, \"a\"]"))).containsExactly("0/10.1");
		assertThat(found(changes.query().schema("Other"))).containsExactly("0/10.1");
	}

	@Test
	void asksForTransactionOperationAndTime() {
		assertThat(found(changes.query().transaction(100))).containsExactly("0/10.1", "0/10.0");
		assertThat(found(changes.query().operation(Operation.UPDATE, Operation.TRUNCATE))).containsExactly("0/20.2",
				"0/20.0");
		assertThat(found(changes.query().since(Instant.parse("2026-11-01T11:00:00Z")))).hasSize(3);
		assertThat(found(changes.query().until(Instant.parse("2026-11-01T11:00:00Z")))).hasSize(2);
	}

	@Test
	void asksForTheContext() {
		assertThat(found(changes.query().context("user", "ann"))).containsExactly("0/20.2", "0/20.1", "0/10.1",
				"0/10.0");
		assertThat(found(changes.query().context("n", 5))).containsExactly("0/20.0");
		assertThat(found(changes.query().context("n", "5"))).isEmpty();
		assertThat(found(changes.query().context("params", Map.of("q", List.of("x"))))).hasSize(2);
	}

	@Test
	void asksForTheIdOfAChange() {
		assertThat(found(changes.query().change("0001-0000000000000020-0000000000"))).containsExactly("0/20.0");
		assertThat(found(changes.query().schema("Other").change("0001-0000000000000020-0000000000"))).isEmpty();
		assertThat(found(changes.query().change("1' OR true --"))).isEmpty();
	}

	@Test
	void asksForTheIdsOfChanges() {
		List<String> ids = List.of("0001-0000000000000020-0000000000", "0001-0000000000000010-0000000001",
				"0002-0000000000000020-0000000001", "0001-0000000000000010-0000000009", "1' OR true --");
		assertThat(found(changes.query().changeIn(ids))).containsExactly("0/20.0", "0/10.1");
		assertThat(changes.query().changeIn(ids).count()).isEqualTo(2);
		assertThat(found(changes.query().schema("Other").changeIn(ids))).containsExactly("0/10.1");
		assertThat(found(changes.query().changeIn(List.of()))).isEmpty();
	}

	@Test
	void groupsWithTheMostChangesComeFirst() {
		assertThat(changes.query().top(Grouping.table(), 10)).containsExactly(new Top("public.todo", null, 4),
				new Top("Other.todo", null, 1));
		assertThat(changes.query().top(Grouping.transaction(), 1)).containsExactly(new Top("101", null, 3));
		assertThat(changes.query().transaction(100).top(Grouping.context("params", "q"), 10))
			.containsExactly(new Top("[\"x\", 1]", List.of("x", BigDecimal.ONE), 2));
		assertThat(changes.query().top(Grouping.context("n"), 10)).containsExactly(new Top(null, null, 4),
				new Top("5", new BigDecimal(5), 1));
	}

	@Test
	void knowsItsTablesAndThatNothingIsMissing() {
		assertThat(changes.tables()).containsExactly(new KnownTable("shop", "Other", "todo", List.of(), List.of()),
				new KnownTable("shop", "public", "todo", List.of(), List.of()));
		assertThat(changes.state()).isEqualTo(new HistoryState(0, 0, 0, List.of()));
	}

	@Test
	void givesWholeChanges() {
		Change change = changes.query().operation(Operation.UPDATE).first().orElseThrow();
		assertThat(change.id()).isEqualTo("0001-0000000000000020-0000000000");
		assertThat(change.values()).isEqualTo(Map.of("id", new BigDecimal(1), "price", new BigDecimal(2)));
		assertThat(change.before()).isEqualTo(Map.of("id", new BigDecimal(1), "price", new BigDecimal("1.50")));
		assertThat(change.changed()).containsExactly("price");
		assertThat(change.unknown()).containsExactly("note");
		assertThat(change.metadata()).containsEntry("user", "bob");
		assertThat(change.committedAt()).isEqualTo("2026-11-01T11:00:00Z");
		assertThat(change.database()).isEqualTo("shop");
		assertThat(change.source()).isEqualTo("bemi_shop");
		assertThat(change.diff()).isEqualTo(Map.of("price", new Difference(new BigDecimal("1.50"), new BigDecimal(2))));
	}

	@Test
	void aDeletedRowHasNoValues() {
		Change change = changes.query().operation(Operation.DELETE).first().orElseThrow();
		assertThat(change.values()).isEmpty();
		assertThat(change.diff()).containsEntry("price", new Difference(new BigDecimal(2), null));
	}

	@Test
	void findsAChangeByItsId() {
		changes.query().list().forEach((change) -> assertThat(changes.find(change.id())).contains(change));
		assertThat(changes.query().list()).extracting(Change::id).isSortedAccordingTo((a, b) -> b.compareTo(a));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "1", "0001-0000000000000020-0000000009", "' OR true --",
			"0009-0000000000000020-0000000000" })
	void findsNothingByAnotherId(String id) {
		assertThat(changes.find(id)).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "' OR '1' = '1", "todo\"; DROP TABLE change; --", "\\", "{\"a\": 1}", "%" })
	void takesEveryArgumentAsAValue(String text) {
		assertThat(found(changes.query().table(text))).isEmpty();
		assertThat(found(changes.query().schema(text))).isEmpty();
		assertThat(found(changes.query().primaryKey(text))).isEmpty();
		assertThat(found(changes.query().context(text, text))).isEmpty();
	}

	@Test
	void refusesALimitThatIsNotPositive() {
		assertThatIllegalArgumentException().isThrownBy(() -> changes.query().limit(0))
			.withMessage("'limit' must be positive, but is 0");
	}

}
