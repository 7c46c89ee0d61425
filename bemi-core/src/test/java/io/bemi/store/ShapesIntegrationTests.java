package io.bemi.store;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.bemi.ingestion.BaselineSettings;
import io.bemi.tracking.TrackingSettings;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is recorded of tables of every shape, and of statements that change it.
 */
class ShapesIntegrationTests {

	private static final String CHANGES = """
			SELECT "table", primary_key, operation, values, before, unknown FROM bemi.changes
			 WHERE starts_with(schema, '%s') ORDER BY id
			""";

	private static final Map<Integer, TrackedCapture> CAPTURES = new HashMap<>();

	private static int schemas;

	@AfterAll
	static void stop() {
		CAPTURES.values().forEach(TrackedCapture::close);
		CAPTURES.clear();
	}

	/**
	 * Without a baseline: what changes alone tell.
	 */
	private static TrackedCapture capture(int version) throws Exception {
		if (!CAPTURES.containsKey(version)) {
			CAPTURES.put(version, TrackedCapture.on(version, false, new BaselineSettings(List.of("*"))));
		}
		return Objects.requireNonNull(CAPTURES.get(version));
	}

	/**
	 * What is recorded of statements, in a schema of their own.
	 */
	private static List<String> changes(int version, String... statements) throws Exception {
		String schema = "schema" + ++schemas + "_";
		TrackedCapture capture = capture(version);
		List<String> all = new ArrayList<>(List.of("CREATE SCHEMA " + schema, "SET search_path = " + schema));
		all.addAll(List.of(statements));
		capture.database().execute(all.toArray(String[]::new));
		return capture.query(CHANGES.formatted(schema));
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void aChangedCompositeKeyIsOneUpdate(int version) throws Exception {
		assertThat(changes(version, "CREATE TABLE part (a integer, b text, c integer, PRIMARY KEY (b, a))",
				"INSERT INTO part VALUES (1, 'x', 5)", "UPDATE part SET a = 2", "UPDATE part SET c = 6"))
			.containsExactly("part|[1, \"x\"]|CREATE|{\"a\": 1, \"b\": \"x\", \"c\": 5}|{}|{}",
					"part|[2, \"x\"]|UPDATE|{\"a\": 2, \"b\": \"x\", \"c\": 5}|{\"a\": 1, \"b\": \"x\", \"c\": 5}|{}",
					"part|[2, \"x\"]|UPDATE|{\"a\": 2, \"b\": \"x\", \"c\": 6}|{\"a\": 2, \"b\": \"x\", \"c\": 5}|{}");
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void addedColumnsAreKnownInEarlierRows(int version) throws Exception {
		assertThat(changes(version, "CREATE TABLE part (id integer PRIMARY KEY)", "INSERT INTO part VALUES (1)",
				"ALTER TABLE part ADD COLUMN a numeric DEFAULT 7.50, ADD COLUMN b text", "UPDATE part SET a = 8"))
			.last()
			.isEqualTo("part|1|UPDATE|{\"a\": 8, \"b\": null, \"id\": 1}|{\"a\": 7.50, \"b\": null, \"id\": 1}|{}");
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void addedColumnsWithComputedValuesAreUnknownInEarlierRows(int version) throws Exception {
		assertThat(changes(version, "CREATE TABLE part (id integer PRIMARY KEY)", "INSERT INTO part VALUES (1)",
				"BEGIN; ALTER TABLE part ADD COLUMN a bigint DEFAULT random() * 9; ALTER TABLE part ALTER a DROP DEFAULT; COMMIT",
				"UPDATE part SET a = 8"))
			.last()
			.isEqualTo("part|1|UPDATE|{\"a\": 8, \"id\": 1}|{\"id\": 1}|{a}");
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void renamedColumnsKeepTheirValues(int version) throws Exception {
		assertThat(changes(version, "CREATE TABLE part (id integer PRIMARY KEY, a integer, b integer)",
				"INSERT INTO part VALUES (1, 2, 3)", "ALTER TABLE part RENAME a TO c", "ALTER TABLE part RENAME b TO a",
				"ALTER TABLE part RENAME c TO b", "ALTER TABLE part RENAME id TO \"Nümber\"", "UPDATE part SET a = 4"))
			.last()
			.isEqualTo("part|1|UPDATE|{\"a\": 4, \"b\": 2, \"Nümber\": 1}|{\"a\": 3, \"b\": 2, \"Nümber\": 1}|{}");
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void aColumnDroppedAndAddedAgainIsAnother(int version) throws Exception {
		assertThat(changes(version, "CREATE TABLE part (id integer PRIMARY KEY, a integer)",
				"INSERT INTO part VALUES (1, 2)", "ALTER TABLE part DROP COLUMN a",
				"ALTER TABLE part ADD COLUMN a integer DEFAULT 5", "UPDATE part SET a = 6"))
			.last()
			.isEqualTo("part|1|UPDATE|{\"a\": 6, \"id\": 1}|{\"a\": 5, \"id\": 1}|{}");
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void valuesThatWereRewrittenAreUnknown(int version) throws Exception {
		assertThat(changes(version, "CREATE TABLE part (id integer PRIMARY KEY, a integer, b integer)",
				"INSERT INTO part VALUES (1, 2, 3)", "ALTER TABLE part ALTER a TYPE integer USING a + 1",
				"UPDATE part SET b = 4"))
			.last()
			.isEqualTo("part|1|UPDATE|{\"a\": 3, \"b\": 4, \"id\": 1}|{\"b\": 3, \"id\": 1}|{a}");
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void aRewriteIsForgottenAfterItsStatement(int version) throws Exception {
		assertThat(changes(version, "CREATE TABLE part (id integer PRIMARY KEY, a integer)",
				"BEGIN; ALTER TABLE part ALTER a TYPE bigint; INSERT INTO part VALUES (1, 2);"
						+ " ALTER TABLE part ADD COLUMN b integer; UPDATE part SET b = 4; COMMIT"))
			.last()
			.isEqualTo("part|1|UPDATE|{\"a\": 2, \"b\": 4, \"id\": 1}|{\"a\": 2, \"b\": null, \"id\": 1}|{}");
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void aTypeAlteredWithoutARewriteKeepsValues(int version) throws Exception {
		assertThat(changes(version, "CREATE TABLE part (id integer PRIMARY KEY, a varchar(20))",
				"INSERT INTO part VALUES (1, 'x')", "ALTER TABLE part ALTER a TYPE text", "UPDATE part SET a = 'y'"))
			.last()
			.isEqualTo("part|1|UPDATE|{\"a\": \"y\", \"id\": 1}|{\"a\": \"x\", \"id\": 1}|{}");
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void aTableRenamedInATransactionHasBothNames(int version) throws Exception {
		assertThat(changes(version, "CREATE TABLE part (id integer PRIMARY KEY) PARTITION BY RANGE (id)",
				"CREATE TABLE leaf PARTITION OF part DEFAULT",
				"BEGIN; INSERT INTO part VALUES (1); ALTER TABLE part RENAME TO \"Neü\"; UPDATE \"Neü\" SET id = 2; COMMIT"))
			.containsExactly("part|1|CREATE|{\"id\": 1}|{}|{}", "Neü|2|UPDATE|{\"id\": 2}|{\"id\": 1}|{}");
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void nothingIsKnownOfRowsOfAnAttachedPartition(int version) throws Exception {
		assertThat(changes(version, "CREATE TABLE part (id integer PRIMARY KEY, a integer) PARTITION BY RANGE (id)",
				"CREATE TABLE leaf PARTITION OF part FOR VALUES FROM (0) TO (9)", "INSERT INTO part VALUES (1, 2)",
				"ALTER TABLE part DETACH PARTITION leaf", "UPDATE leaf SET a = 3",
				"ALTER TABLE part ATTACH PARTITION leaf FOR VALUES FROM (0) TO (9)", "UPDATE part SET a = 4"))
			.last()
			.isEqualTo("part|1|UPDATE|{\"a\": 4, \"id\": 1}|{\"id\": 1}|{a}");
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void aTableCreatedAgainIsAnother(int version) throws Exception {
		assertThat(changes(version, "CREATE TABLE part (id integer PRIMARY KEY, a integer)",
				"INSERT INTO part VALUES (1, 2)", "DROP TABLE part",
				"CREATE TABLE part (id integer PRIMARY KEY, a text)", "INSERT INTO part VALUES (1, 'x')",
				"TRUNCATE part"))
			.containsExactly("part|1|CREATE|{\"a\": 2, \"id\": 1}|{}|{}",
					"part|1|CREATE|{\"a\": \"x\", \"id\": 1}|{}|{}", "part|null|TRUNCATE|{}|{}|{}");
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void unloggedAndTemporaryTablesAreNotRecorded(int version) throws Exception {
		assertThat(
				changes(version, "CREATE UNLOGGED TABLE part (id integer PRIMARY KEY)", "INSERT INTO part VALUES (1)",
						"CREATE TEMPORARY TABLE other (id integer PRIMARY KEY); INSERT INTO other VALUES (1)"))
			.isEmpty();
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void messagesThatAnybodyWritesDoNotStopAnything(int version) throws Exception {
		assertThat(changes(version, "CREATE TABLE part (id integer PRIMARY KEY)",
				"SELECT pg_logical_emit_message(true, '_bemi_table', '5 {\"schema\": \"a\", \"name\": \"b\", \"columns\": [{\"type\": \"x\"}]}')",
				"SELECT pg_logical_emit_message(true, '_bemi_table', '5 {')", "INSERT INTO part VALUES (1)"))
			.hasSize(1);
	}

	private static final String PARTS = "CREATE TABLE part (id integer PRIMARY KEY, a integer) PARTITION BY RANGE (id);"
			+ " CREATE TABLE leaf PARTITION OF part FOR VALUES FROM (0) TO (10);"
			+ " CREATE TABLE other PARTITION OF part FOR VALUES FROM (10) TO (20)";

	private static final String ROWS = "INSERT INTO part VALUES (1, 5), (11, 5)";

	/**
	 * Of records that had 5 nothing is known once their table was severed.
	 */
	private static void severs(int version, String... statements) throws Exception {
		List<String> all = new ArrayList<>(List.of(PARTS, ROWS));
		all.addAll(List.of(statements));
		all.add("INSERT INTO part VALUES (12, 5)");
		all.add("UPDATE part SET a = 6 WHERE id > 10");
		List<String> changes = changes(version, all.toArray(String[]::new));
		assertThat(changes).contains("part|11|UPDATE|{\"a\": 6, \"id\": 11}|{\"id\": 11}|{a}",
				"part|12|UPDATE|{\"a\": 6, \"id\": 12}|{\"a\": 5, \"id\": 12}|{}");
	}

	/**
	 * The same of records of a table that stands alone.
	 */
	private static void seversAlone(int version, String... statements) throws Exception {
		List<String> all = new ArrayList<>(
				List.of("CREATE TABLE part (id integer PRIMARY KEY, a integer)", "INSERT INTO part VALUES (1, 5)"));
		all.addAll(List.of(statements));
		all.add("UPDATE part SET a = 6");
		assertThat(changes(version, all.toArray(String[]::new))).last()
			.isEqualTo("part|1|UPDATE|{\"a\": 6, \"id\": 1}|{\"id\": 1}|{a}");
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void aDetachedPartitionSevers(int version) throws Exception {
		severs(version, "ALTER TABLE part DETACH PARTITION leaf");
		severs(version, "BEGIN; ALTER TABLE part DETACH PARTITION leaf; COMMIT");
		severs(version, "ALTER TABLE part DETACH PARTITION leaf CONCURRENTLY");
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void aDetachedTreeOfPartitionsSevers(int version) throws Exception {
		severs(version, "CREATE TABLE tree PARTITION OF part FOR VALUES FROM (20) TO (40) PARTITION BY RANGE (id)",
				"CREATE TABLE branch PARTITION OF tree DEFAULT", "INSERT INTO part VALUES (21, 5)",
				"ALTER TABLE part DETACH PARTITION tree");
		severs(version, "CREATE TABLE tree PARTITION OF part FOR VALUES FROM (20) TO (40) PARTITION BY RANGE (id)",
				"CREATE TABLE branch PARTITION OF tree DEFAULT", "INSERT INTO part VALUES (21, 5)",
				"ALTER TABLE tree DETACH PARTITION branch");
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void aDroppedPartitionSevers(int version) throws Exception {
		severs(version, "DROP TABLE leaf");
		severs(version, "CREATE SCHEMA gone", "CREATE TABLE gone.more PARTITION OF part FOR VALUES FROM (20) TO (40)",
				"INSERT INTO part VALUES (21, 5)", "DROP SCHEMA gone CASCADE");
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void aPartitionTruncatedByItselfSevers(int version) throws Exception {
		severs(version, "TRUNCATE leaf");
		severs(version, "BEGIN; TRUNCATE leaf; " + ROWS.replace("11", "13") + "; TRUNCATE leaf; COMMIT");
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void aPartitionTruncatedAfterItsTableInATransactionSevers(int version) throws Exception {
		assertThat(changes(version, PARTS, ROWS,
				"BEGIN; TRUNCATE part; INSERT INTO part VALUES (2, 5), (13, 5); TRUNCATE leaf; COMMIT",
				"UPDATE part SET a = 6"))
			.last()
			.isEqualTo("part|13|UPDATE|{\"a\": 6, \"id\": 13}|{\"id\": 13}|{a}");
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void aPartitionTruncatedWithItsTableSeversNothing(int version) throws Exception {
		TrackedCapture capture = capture(version);
		String severed = "SELECT count(*) FROM bemi.relation WHERE columns @> '[{\"severed\": true}]'";
		for (String truncate : List.of("TRUNCATE part", "TRUNCATE part, leaf",
				"CREATE TABLE parent (id integer PRIMARY KEY); ALTER TABLE part ADD FOREIGN KEY (id) REFERENCES parent;"
						+ " TRUNCATE parent CASCADE")) {
			String schema = "truncating" + ++schemas;
			capture.database().execute("CREATE SCHEMA " + schema, "SET search_path = " + schema, PARTS);
			List<String> before = capture.query(severed + " AND schema = '" + schema + "' AND name = 'part'");
			capture.database().execute("SET search_path = " + schema, truncate);
			assertThat(capture.query(severed + " AND schema = '" + schema + "' AND name = 'part'")).isEqualTo(before);
			assertThat(capture
				.query("SELECT operation FROM bemi.changes WHERE schema = '" + schema + "' AND \"table\" = 'part'"))
				.containsExactly("TRUNCATE");
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void anAttachedPartitionSeversIfItHasRows(int version) throws Exception {
		String table = "CREATE TABLE more (a integer, id integer PRIMARY KEY) PARTITION BY RANGE (id);"
				+ " CREATE TABLE branch PARTITION OF more DEFAULT";
		severs(version, table, "INSERT INTO more VALUES (5, 21)",
				"ALTER TABLE part ATTACH PARTITION more FOR VALUES FROM (20) TO (40)");
		assertThat(changes(version, PARTS, ROWS, table,
				"ALTER TABLE part ATTACH PARTITION more FOR VALUES FROM (20) TO (40)", "UPDATE part SET a = 6"))
			.last()
			.isEqualTo("part|11|UPDATE|{\"a\": 6, \"id\": 11}|{\"a\": 5, \"id\": 11}|{}");
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void anAttachedPartitionSeversWhoeverMayReadItsRows(int version) throws Exception {
		severs(version, "CREATE TABLE more (id integer PRIMARY KEY, a integer); INSERT INTO more VALUES (21, 5)",
				"ALTER TABLE more ENABLE ROW LEVEL SECURITY; ALTER TABLE more FORCE ROW LEVEL SECURITY; REVOKE ALL ON more FROM CURRENT_USER",
				"ALTER TABLE part ATTACH PARTITION more FOR VALUES FROM (20) TO (40)");
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void rowsInsertedSinceAPartitionWasAttachedSeverNothing(int version) throws Exception {
		assertThat(changes(version, PARTS,
				"BEGIN; CREATE TABLE more (id integer PRIMARY KEY, a integer); ALTER TABLE part ATTACH PARTITION more FOR VALUES FROM (20) TO (40);"
						+ " INSERT INTO part VALUES (21, 5); ALTER TABLE part ADD COLUMN b integer; COMMIT",
				"UPDATE part SET a = 6"))
			.last()
			.isEqualTo("part|21|UPDATE|{\"a\": 6, \"b\": null, \"id\": 21}|{\"a\": 5, \"b\": null, \"id\": 21}|{}");
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void nothingIsKnownOfRowsFromBeforeATableIsTracked(int version) throws Exception {
		assertThat(changes(version, "CREATE TABLE part AS SELECT 1 AS id, 5 AS a",
				"ALTER TABLE part ADD PRIMARY KEY (id)", "UPDATE part SET a = 6"))
			.containsExactly("part|1|UPDATE|{\"a\": 6, \"id\": 1}|{\"id\": 1}|{a}");
		seversAlone(version, "ALTER TABLE part REPLICA IDENTITY NOTHING", "UPDATE part SET a = 7",
				"ALTER TABLE part REPLICA IDENTITY DEFAULT");
		seversAlone(version, "BEGIN; ALTER TABLE part REPLICA IDENTITY NOTHING; UPDATE part SET a = 7;"
				+ " ALTER TABLE part REPLICA IDENTITY DEFAULT; COMMIT");
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void aPublicationChangedByHandSevers(int version) throws Exception {
		seversAlone(version, "ALTER PUBLICATION bemi DROP TABLE part", "UPDATE part SET a = 7",
				"ALTER PUBLICATION bemi ADD TABLE part");
		seversAlone(version, "ALTER PUBLICATION bemi SET (publish = 'insert')", "UPDATE part SET a = 7",
				"ALTER PUBLICATION bemi SET (publish = 'insert, update, delete, truncate')");
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void anUnloggedTableIsTrackedOnceItIsLogged(int version) throws Exception {
		seversAlone(version, "ALTER PUBLICATION bemi DROP TABLE part", "ALTER TABLE part SET UNLOGGED",
				"UPDATE part SET a = 7", "ALTER TABLE part SET LOGGED");
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void rowLevelSecurityHidesNothing(int version) throws Exception {
		String role = "writer" + schemas + "_" + capture(version).database().name();
		assertThat(changes(version, "CREATE TABLE part (id integer PRIMARY KEY, owner name)",
				"ALTER TABLE part ENABLE ROW LEVEL SECURITY; ALTER TABLE part FORCE ROW LEVEL SECURITY",
				"CREATE POLICY own ON part USING (owner = current_user); CREATE ROLE " + role
						+ "; GRANT ALL ON part TO " + role,
				"DO $do$ BEGIN EXECUTE format('GRANT USAGE ON SCHEMA %I TO " + role + "', current_schema); END $do$",
				"INSERT INTO part VALUES (1, 'postgres')", "SET ROLE " + role,
				"INSERT INTO part VALUES (2, current_user)", "UPDATE part SET id = id + 10", "DELETE FROM part",
				"RESET ROLE", "DROP OWNED BY " + role + "; DROP ROLE " + role))
			.map((change) -> change.substring(0, change.indexOf('{')))
			.containsExactly("part|1|CREATE|", "part|2|CREATE|", "part|12|UPDATE|", "part|12|DELETE|");
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void identityColumnsAreRecordedAndGeneratedOnesAreNot(int version) throws Exception {
		assertThat(changes(version,
				"CREATE TABLE part (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a integer,"
						+ " b integer GENERATED ALWAYS AS (a * 2) STORED"
						+ ((version >= 18) ? ", c integer GENERATED ALWAYS AS (a * 3) VIRTUAL" : "") + ", d integer)",
				"INSERT INTO part (a, d) VALUES (5, 7)", "UPDATE part SET a = 6",
				"ALTER TABLE part ALTER b DROP EXPRESSION", "UPDATE part SET b = 8"))
			.containsExactly("part|1|CREATE|{\"a\": 5, \"d\": 7, \"id\": 1}|{}|{}",
					"part|1|UPDATE|{\"a\": 6, \"d\": 7, \"id\": 1}|{\"a\": 5, \"d\": 7, \"id\": 1}|{}",
					"part|1|UPDATE|{\"a\": 6, \"b\": 8, \"d\": 7, \"id\": 1}|{\"a\": 6, \"d\": 7, \"id\": 1}|{b}");
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void aTableThatInheritsIsRecordedByItself(int version) throws Exception {
		assertThat(changes(version, "CREATE TABLE part (id integer PRIMARY KEY, a integer)",
				"CREATE TABLE child (b integer, PRIMARY KEY (id)) INHERITS (part)", "INSERT INTO part VALUES (1, 5)",
				"INSERT INTO child VALUES (2, 5, 7)", "UPDATE part SET a = 6", "ALTER TABLE part RENAME a TO c",
				"DELETE FROM part", "ALTER TABLE child NO INHERIT part", "TRUNCATE part"))
			.containsExactly("part|1|CREATE|{\"a\": 5, \"id\": 1}|{}|{}",
					"child|2|CREATE|{\"a\": 5, \"b\": 7, \"id\": 2}|{}|{}",
					"part|1|UPDATE|{\"a\": 6, \"id\": 1}|{\"a\": 5, \"id\": 1}|{}",
					"child|2|UPDATE|{\"a\": 6, \"b\": 7, \"id\": 2}|{\"a\": 5, \"b\": 7, \"id\": 2}|{}",
					"part|1|DELETE|{}|{\"c\": 6, \"id\": 1}|{}", "child|2|DELETE|{}|{\"b\": 7, \"c\": 6, \"id\": 2}|{}",
					"part|null|TRUNCATE|{}|{}|{}");
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void aTableInAnotherSchemaKeepsItsHistory(int version) throws Exception {
		String other = "schema" + (schemas + 1) + "_öther";
		assertThat(changes(version, "CREATE TABLE part (id integer PRIMARY KEY, a integer)",
				"INSERT INTO part VALUES (1, 5)", "CREATE SCHEMA \"" + other + "\"",
				"ALTER TABLE part SET SCHEMA \"" + other + "\"", "UPDATE \"" + other + "\".part SET a = 6"))
			.containsExactly("part|1|CREATE|{\"a\": 5, \"id\": 1}|{}|{}",
					"part|1|UPDATE|{\"a\": 6, \"id\": 1}|{\"a\": 5, \"id\": 1}|{}");
		assertThat(capture(version).query("SELECT operation FROM bemi.changes WHERE schema = '" + other + "'"))
			.containsExactly("UPDATE");
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void eachTruncatedTableHasARow(int version) throws Exception {
		assertThat(changes(version, "CREATE TABLE a (id integer PRIMARY KEY)",
				"CREATE TABLE b (id integer PRIMARY KEY REFERENCES a)", "CREATE TABLE c (id integer PRIMARY KEY)",
				"TRUNCATE c, a CASCADE", "INSERT INTO a VALUES (1)", "TRUNCATE a, b"))
			.containsExactlyInAnyOrder("a|null|TRUNCATE|{}|{}|{}", "b|null|TRUNCATE|{}|{}|{}",
					"c|null|TRUNCATE|{}|{}|{}", "a|1|CREATE|{\"id\": 1}|{}|{}", "a|null|TRUNCATE|{}|{}|{}",
					"b|null|TRUNCATE|{}|{}|{}");
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void fullIdentityTellsAllOfTheRowBefore(int version) throws Exception {
		assertThat(changes(version, "CREATE TABLE part AS SELECT 1 AS id, 5 AS a",
				"ALTER TABLE part REPLICA IDENTITY FULL", "UPDATE part SET a = 6", "DELETE FROM part"))
			.containsExactly("part|null|UPDATE|{\"a\": 6, \"id\": 1}|{\"a\": 5, \"id\": 1}|{}",
					"part|null|DELETE|{}|{\"a\": 6, \"id\": 1}|{}");
		assertThat(changes(version, "CREATE TABLE part AS SELECT 1 AS id, 5 AS a",
				"ALTER TABLE part ADD PRIMARY KEY (id), REPLICA IDENTITY FULL", "UPDATE part SET id = 2"))
			.containsExactly("part|2|UPDATE|{\"a\": 5, \"id\": 2}|{\"a\": 5, \"id\": 1}|{}");
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void aKeyRenamedOrDroppedBeforeItsRowsAreReadIdentifiesThem(int version) throws Exception {
		try (TrackedCapture behind = TrackedCapture.on(version, false, new BaselineSettings(List.of("*")))) {
			behind.database()
				.execute(
						"CREATE TABLE part (b integer, id integer PRIMARY KEY, a integer); ALTER TABLE part REPLICA IDENTITY FULL",
						"CREATE TABLE gone (id integer PRIMARY KEY); ALTER TABLE gone REPLICA IDENTITY FULL");
			behind.query("SELECT 1");
			behind.stop();
			behind.database()
				.execute("ALTER TABLE part DROP COLUMN b", "INSERT INTO part VALUES (1, 5)",
						"ALTER TABLE part RENAME id TO nr", "ALTER TABLE part RENAME a TO id", "UPDATE part SET id = 6",
						"INSERT INTO gone VALUES (1)", "DROP TABLE gone");
			behind.start();
			assertThat(behind.query(CHANGES.formatted("public"))).filteredOn((change) -> !change.startsWith("barrier"))
				.containsExactly("part|1|CREATE|{\"a\": 5, \"id\": 1}|{}|{}",
						"part|1|UPDATE|{\"id\": 6, \"nr\": 1}|{\"id\": 5, \"nr\": 1}|{}",
						"gone|1|CREATE|{\"id\": 1}|{}|{}");
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void anIndexIdentifiesRecords(int version) throws Exception {
		assertThat(changes(version, "CREATE TABLE part (id integer PRIMARY KEY, code text NOT NULL, a integer)",
				"INSERT INTO part VALUES (1, 'x', 5)", "CREATE UNIQUE INDEX part_code ON part (code)",
				"ALTER TABLE part REPLICA IDENTITY USING INDEX part_code", "UPDATE part SET a = 6",
				"UPDATE part SET code = 'y'"))
			.containsExactly("part|1|CREATE|{\"a\": 5, \"id\": 1, \"code\": \"x\"}|{}|{}",
					"part|x|UPDATE|{\"a\": 6, \"id\": 1, \"code\": \"x\"}|{\"code\": \"x\"}|{id,a}",
					"part|y|UPDATE|{\"a\": 6, \"id\": 1, \"code\": \"y\"}|{\"a\": 6, \"id\": 1, \"code\": \"x\"}|{}");
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void aRowThatMovesToAnotherPartitionIsDeletedAndCreated(int version) throws Exception {
		assertThat(changes(version, PARTS, ROWS, "UPDATE part SET id = 2 WHERE id = 1",
				"UPDATE part SET id = 12 WHERE id = 2"))
			.endsWith("part|2|UPDATE|{\"a\": 5, \"id\": 2}|{\"a\": 5, \"id\": 1}|{}",
					"part|2|DELETE|{}|{\"a\": 5, \"id\": 2}|{}", "part|12|CREATE|{\"a\": 5, \"id\": 12}|{}|{}");
	}

	@ParameterizedTest
	@ValueSource(ints = 18)
	void eachRowOfMergeIsWhatBecameOfIt(int version) throws Exception {
		assertThat(changes(version, PARTS, ROWS,
				"MERGE INTO part USING (VALUES (1), (3), (11)) AS s (id) ON part.id = s.id"
						+ " WHEN MATCHED AND part.id > 10 THEN DELETE WHEN MATCHED THEN UPDATE SET a = 6"
						+ " WHEN NOT MATCHED THEN INSERT VALUES (s.id, 7)"))
			.contains("part|1|UPDATE|{\"a\": 6, \"id\": 1}|{\"a\": 5, \"id\": 1}|{}",
					"part|3|CREATE|{\"a\": 7, \"id\": 3}|{}|{}", "part|11|DELETE|{}|{\"a\": 5, \"id\": 11}|{}")
			.hasSize(5);
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void copyAndUpsertAreTheRowsTheyWrite(int version) throws Exception {
		assertThat(changes(version, "CREATE TABLE part (id integer PRIMARY KEY, a integer)",
				"COPY part FROM PROGRAM 'echo 1,5; echo 2,5' (FORMAT csv)",
				"INSERT INTO part VALUES (1, 6), (3, 6) ON CONFLICT (id) DO UPDATE SET a = excluded.a",
				"INSERT INTO part VALUES (1, 7) ON CONFLICT DO NOTHING"))
			.containsExactly("part|1|CREATE|{\"a\": 5, \"id\": 1}|{}|{}", "part|2|CREATE|{\"a\": 5, \"id\": 2}|{}|{}",
					"part|1|UPDATE|{\"a\": 6, \"id\": 1}|{\"a\": 5, \"id\": 1}|{}",
					"part|3|CREATE|{\"a\": 6, \"id\": 3}|{}|{}");
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void aTableWithoutKeyIsNotRecordedAndSaidSo(int version) throws Exception {
		assertThat(changes(version, "CREATE TABLE \"Keyless\" (a integer)", "INSERT INTO \"Keyless\" VALUES (1)",
				"UPDATE \"Keyless\" SET a = 2", "DELETE FROM \"Keyless\""))
			.isEmpty();
		assertThat(capture(version).track(TrackingSettings.everything("app")).untracked())
			.filteredOn((table) -> table.table().equals("Keyless"))
			.singleElement()
			.satisfies((table) -> assertThat(table.reason()).contains("has no primary key. Type:"));
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void namesMayBeAnything(int version) throws Exception {
		String schema = "schema" + (schemas + 1) + "_\"\"q.\"\" ü表\\";
		String table = "\"" + schema + "\".\"Ta\"\"ble.x 😀 %s\\\"";
		assertThat(changes(version, "CREATE SCHEMA \"" + schema + "\"",
				"CREATE TABLE " + table + " (\"I.d\"\" é\" integer PRIMARY KEY, \"select '\\表\" text)",
				"INSERT INTO " + table + " VALUES (1, 'x')",
				"ALTER TABLE " + table + " RENAME \"select '\\表\" TO \"{\"\"a\"\": 😀}\"",
				"UPDATE " + table + " SET \"I.d\"\" é\" = 2"))
			.containsExactly("Ta\"ble.x 😀 %s\\|1|CREATE|{\"I.d\\\" é\": 1, \"select '\\\\表\": \"x\"}|{}|{}",
					"Ta\"ble.x 😀 %s\\|2|UPDATE|{\"I.d\\\" é\": 2, \"{\\\"a\\\": 😀}\": \"x\"}|{\"I.d\\\" é\": 1, \"{\\\"a\\\": 😀}\": \"x\"}|{}");
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void aTableCreatedAgainWithinATransactionIsAnother(int version) throws Exception {
		assertThat(changes(version, "CREATE TABLE part (id integer PRIMARY KEY, a integer)",
				"INSERT INTO part VALUES (1, 5)",
				"BEGIN; UPDATE part SET a = 6; DROP TABLE part; CREATE TABLE part (id integer PRIMARY KEY, a integer);"
						+ " INSERT INTO part VALUES (1, 7); UPDATE part SET a = 8; COMMIT"))
			.containsExactly("part|1|CREATE|{\"a\": 5, \"id\": 1}|{}|{}",
					"part|1|UPDATE|{\"a\": 6, \"id\": 1}|{\"a\": 5, \"id\": 1}|{}",
					"part|1|CREATE|{\"a\": 7, \"id\": 1}|{}|{}",
					"part|1|UPDATE|{\"a\": 8, \"id\": 1}|{\"a\": 7, \"id\": 1}|{}");
	}

}
