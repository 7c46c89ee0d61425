package io.bemi.store;

import java.util.List;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is recorded of tables of every shape, and of statements that change it.
 */
class ShapesIntegrationTests {

	private static final String CHANGES = """
			SELECT "table", primary_key, operation, values, before, unknown FROM bemi.changes
			 WHERE "table" <> 'barrier' ORDER BY id
			""";

	private static List<String> changes(int version, String... statements) throws Exception {
		try (TrackedCapture capture = TrackedCapture.on(version, false)) {
			capture.database().execute(statements);
			return capture.query(CHANGES);
		}
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

}
