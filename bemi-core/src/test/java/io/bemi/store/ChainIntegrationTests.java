package io.bemi.store;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;

import io.bemi.ingestion.Ingester;
import io.bemi.store.chain.ChainAnchor;
import io.bemi.store.chain.ChainBreak.Kind;
import io.bemi.store.chain.ChainBreak;
import io.bemi.store.chain.ChainReport;
import io.bemi.testsupport.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * What is stored is covered by a chain, and whoever changes it is found out.
 */
class ChainIntegrationTests {

	private static final String[] STATEMENTS = {
			"INSERT INTO todo SELECT i, 'task ' || i FROM generate_series(101, 120) i",
			"UPDATE todo SET task = 'other' WHERE id < 105", "INSERT INTO full_row VALUES (1, 'b', 2.50)",
			"UPDATE todo SET id = 205 WHERE id = 105", "DELETE FROM todo WHERE id = 106",
			"ALTER TABLE todo ADD COLUMN note text DEFAULT 'n'", "UPDATE todo SET note = 'x' WHERE id = 107",
			"TRUNCATE full_row" };

	/** In the order of the statements; rows that were found are none. */
	private static final int CHANGES = 20 + 8 + 1 + 1 + 1 + 1 + 1;

	private static final String TRANSACTION_OF = "SELECT transaction_id FROM bemi.change WHERE primary_key = '107' AND operation = 'U'";

	private static Capture captured(int version) throws InterruptedException {
		Capture capture = Capture.on(version);
		capture.database().execute("INSERT INTO todo SELECT i, 'found' FROM generate_series(1, 4) i");
		capture.start(Chain.settings(capture.database()));
		return capture;
	}

	private static Capture filled(int version) throws Exception {
		Capture capture = captured(version);
		write(capture.database(), STATEMENTS);
		capture.awaitChanges(CHANGES);
		awaitCopied(capture);
		return capture;
	}

	/**
	 * What a statement that alters a table leaves unknown is copied anew.
	 */
	private static void awaitCopied(Capture capture) {
		Awaitility.await()
			.pollInterval(Duration.ofMillis(20))
			.untilAsserted(() -> assertThat(
					capture.database().query("SELECT count(*) FROM bemi.baseline WHERE completed_at IS NULL"))
				.containsExactly("0"));
	}

	private static void write(TestDatabase database, String... statements) throws SQLException {
		try (Connection connection = database.connect(); Statement statement = connection.createStatement()) {
			connection.setAutoCommit(false);
			for (String sql : statements) {
				statement.execute(sql);
				statement.execute("SELECT pg_logical_emit_message(true, '_bemi', '{\"user\": \"ann\"}')");
				connection.commit();
			}
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void everythingIsCovered(int version) throws Exception {
		try (Capture capture = filled(version)) {
			TestDatabase database = capture.database();
			capture.ingesters().get(0).close();
			database.execute("INSERT INTO todo VALUES (301, 'while nobody reads')");
			capture.start(Chain.settings(database));
			capture.awaitChanges(CHANGES + 1);
			awaitCopied(capture);
			ChainReport report = new Chain(database).verify();
			assertThat(report.isIntact()).isTrue();
			assertThat(report.uncovered()).isZero();
			assertThat(report.erased()).isZero();
			assertThat(database.query("SELECT count(*), count(DISTINCT salt) FROM bemi.change"))
				.containsExactly(report.changes() + "|" + report.changes());
			assertThat(database.query("SELECT count(*), count(DISTINCT salt) FROM bemi.context"))
				.containsExactly(report.contexts() + "|" + report.contexts());
			assertThat(database.query("SELECT count(*) FROM bemi.relation WHERE link IS NULL")).containsExactly("0");
			assertThat(database.query("SELECT count(*) FROM bemi.link")).containsExactly("" + report.links());
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void everyColumnCounts(int version) throws Exception {
		try (Capture capture = filled(version)) {
			TestDatabase database = capture.database();
			capture.ingesters().forEach(Ingester::close);
			Chain chain = new Chain(database);
			chain.keep();
			long transaction = Long.parseLong(database.query(TRANSACTION_OF).get(0));
			String link = database.query("SELECT link FROM bemi.change WHERE transaction_id = " + transaction).get(0);
			for (String table : List.of("change", "context", "link")) {
				for (String column : columns(database, table)) {
					String[] named = column.split("\\|");
					chain.tamper("UPDATE %s SET \"%s\" = %s WHERE transaction_id = %d".formatted(table, named[0],
							Chain.other(named[0], named[1]), transaction));
					ChainBreak broken = chain.verifyBroken(table + "." + column);
					assertThat(broken.link()).as(table + "." + column).isEqualTo(Long.parseLong(link));
					assertThat(broken.transactionId()).as(table + "." + column)
						.isEqualTo(column.equals("transaction_id|bigint") && table.equals("link") ? transaction + 1
								: transaction);
					chain.restore();
				}
			}
			for (String table : List.of("relation", "source")) {
				for (String column : columns(database, table)) {
					String[] named = column.split("\\|");
					// Foreign keys, and what changes as the store is written.
					if (!List.of("id", "timeline", "position", "setback", "sealed", "dropped_position", "retired")
						.contains(named[0])) {
						chain.tamper("UPDATE %s SET \"%s\" = %s".formatted(table, named[0],
								Chain.other(named[0], named[1])));
						chain.verifyBroken(table + "." + column);
						chain.restore();
					}
				}
			}
			chain.verifyIntact();
		}
	}

	private static List<String> columns(TestDatabase database, String table) {
		return database.query("SELECT column_name, data_type FROM information_schema.columns"
				+ " WHERE table_schema = 'bemi' AND table_name = '" + table + "' ORDER BY ordinal_position");
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void whatIsAddedMovedOrTakenAwayIsFound(int version) throws Exception {
		try (Capture capture = filled(version)) {
			TestDatabase database = capture.database();
			capture.ingesters().forEach(Ingester::close);
			Chain chain = new Chain(database);
			chain.keep();
			long transaction = Long.parseLong(database.query(TRANSACTION_OF).get(0));
			String of = " WHERE transaction_id = " + transaction;
			String copy = "committed_at, source, position, ordinal + 1, relation, transaction_id, context, operation, primary_key, image,"
					+ " replaced, unknown, %s, previous_key, %s FROM change" + of;
			found(chain, transaction, Kind.CHANGE_MISSING, "DELETE FROM change" + of);
			found(chain, transaction, Kind.CONTEXT_MISSING, "DELETE FROM context" + of);
			found(chain, transaction, Kind.LINK_MISSING, "DELETE FROM link" + of);
			found(chain, transaction, Kind.CHANGE_ADDED, "INSERT INTO change SELECT " + copy.formatted("salt", "link"));
			found(chain, transaction, Kind.CHANGE_ADDED, "INSERT INTO change SELECT " + copy.formatted("NULL", "NULL"));
			found(chain, transaction, Kind.CHANGE_ADDED,
					"INSERT INTO change SELECT " + copy.formatted("salt", "link + 1000"));
			found(chain, transaction, Kind.CHANGE_ADDED, "INSERT INTO change SELECT " + copy.formatted("salt", "-1"));
			found(chain, transaction, Kind.CONTEXT_ADDED, "INSERT INTO context SELECT * FROM context" + of);
			found(chain, transaction, Kind.CONTEXT_ADDED,
					"INSERT INTO context SELECT committed_at, source, position, 1, transaction_id, '{}' FROM context"
							+ of);
			found(chain, transaction, Kind.CHANGE_MISSING, "UPDATE change SET link = NULL, salt = NULL" + of);
			found(chain, 0, Kind.LINK_MISSING, "DELETE FROM link WHERE number = (SELECT max(number) FROM link)");
			found(chain, transaction, Kind.CHANGE_CHANGED, "UPDATE change SET salt = NULL" + of);
			found(chain, 0, Kind.NOTE_CHANGED, "UPDATE relation SET name = 'others' WHERE name = 'todo'");
			found(chain, 0, Kind.NOTE_CHANGED,
					"INSERT INTO relation (source, oid, schema, name, replica_identity, columns, since, link)"
							+ " SELECT source, oid, schema, 'others', replica_identity, columns, since, link FROM relation LIMIT 1");
			found(chain, 0, Kind.LINK_CHANGED, "UPDATE source SET digest = sha256('')");
			// Two of one transaction change places, and two transactions their contexts.
			long first = Long.parseLong(database
				.query("SELECT transaction_id FROM bemi.change WHERE primary_key = '101' AND operation = 'C'")
				.get(0));
			found(chain, first, Kind.CHANGE_CHANGED,
					"UPDATE change SET ordinal = 1 - ordinal WHERE ordinal < 2 AND transaction_id = " + first);
			found(chain, first, Kind.CONTEXT_CHANGED,
					"UPDATE context SET metadata = '{\"user\": \"eve\"}' WHERE transaction_id = " + first);
			chain.verifyIntact();
		}
	}

	private static void found(Chain chain, long transaction, Kind kind, String statement) {
		chain.tamper(statement);
		ChainBreak broken = chain.verifyBroken(statement);
		assertThat(broken.kind()).as(statement).isEqualTo(kind);
		if (transaction != 0) {
			assertThat(broken.transactionId()).as(statement).isEqualTo(transaction);
		}
		chain.restore();
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void whatIsStoredWhileItIsOffIsNotCovered(int version) throws Exception {
		try (Capture capture = Capture.on(version)) {
			TestDatabase database = capture.database();
			Chain chain = new Chain(database);
			int changes = 0;
			for (boolean covered : new boolean[] { false, true, false, true }) {
				Ingester ingester = covered ? capture.start(Chain.settings(database)) : capture.start();
				changes++;
				database.execute("INSERT INTO todo VALUES (" + changes + ", 'x')");
				capture.awaitChanges(changes);
				ingester.close();
			}
			ChainReport report = chain.verify();
			assertThat(report.isIntact()).isTrue();
			assertThat(report.changes()).isEqualTo(2);
			// And their contexts, and the one with which history begins.
			assertThat(report.uncovered()).isEqualTo(5);
			chain.keep();
			for (int i = 1; i <= 4; i++) {
				chain.tamper(
						"INSERT INTO change SELECT committed_at, source, position, 7, relation, transaction_id, context,"
								+ " operation, primary_key, image FROM change WHERE primary_key = '" + i + "'");
				assertThat(chain.verify().isIntact()).as("" + i).isEqualTo(i % 2 == 1);
				chain.restore();
			}
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void anAnchorTellsOfAChainThatWasWrittenAnew(int version) throws Exception {
		try (Capture capture = filled(version)) {
			TestDatabase database = capture.database();
			Chain chain = new Chain(database);
			ChainAnchor anchor = chain.verifier().anchors().get(0);
			assertThat(ChainAnchor.parse(anchor.toString())).isEqualTo(anchor);
			database.execute("INSERT INTO todo VALUES (301, 'later')");
			capture.awaitChanges(CHANGES + 1);
			capture.ingesters().forEach(Ingester::close);
			assertThat(chain.verifier().verify(anchor).isIntact()).isTrue();
			chain.tamper("UPDATE change SET primary_key = '1070' WHERE primary_key = '107'",
					"""
							DO $$ DECLARE l record; before bytea := ''; BEGIN
							  UPDATE link k SET changes_digest = (SELECT sha256(string_agg(d, '' ORDER BY d))
							         FROM (SELECT change_digest(c) d FROM change c WHERE c.link = k.number) x) WHERE changes > 0;
							  FOR l IN SELECT number, link_header(k) AS header FROM link k ORDER BY number LOOP
							    before := sha256(before || l.header);
							    UPDATE link SET digest = before WHERE number = l.number;
							  END LOOP;
							  UPDATE source SET digest = before;
							END $$""");
			assertThat(chain.verify().isIntact()).isTrue();
			assertThat(chain.verifier().verify(anchor).broken()).extracting("kind", "link")
				.containsExactly(Kind.ANCHOR_MISSED, anchor.link());
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void aTransactionInPartsHasSeveralLinks(int version) throws Exception {
		try (Capture capture = captured(version); Connection connection = capture.database().connect()) {
			connection.setAutoCommit(false);
			try (Statement statement = connection.createStatement()) {
				for (int i = 1; i <= 6; i++) {
					statement.execute("INSERT INTO todo SELECT i, 'x' FROM generate_series(%d, %d) i"
						.formatted(i * 10_000, i * 10_000 + 3_999));
					statement
						.execute("SELECT pg_logical_emit_message(true, '_bemi', '{\"user\": \"" + (i % 3) + "\"}')");
				}
			}
			connection.commit();
			capture.awaitChanges(24_000);
			ChainReport report = new Chain(capture.database()).verify();
			assertThat(report.isIntact()).isTrue();
			assertThat(report.uncovered()).isZero();
			assertThat(capture.database().query("SELECT count(*) > 4, max(changes) <= 5000 FROM bemi.link"))
				.containsExactly("t|t");
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void theChainIsFollowedPastMonthsThatWereDropped(int version) throws Exception {
		try (Capture capture = filled(version)) {
			TestDatabase database = capture.database();
			Chain chain = new Chain(database);
			String month = database
				.query("SELECT to_char(max(committed_at) AT TIME ZONE 'UTC', 'YYYY_MM') FROM bemi.change")
				.get(0);
			database.execute("SELECT bemi.drop_links('2000-01-01', '2100-01-01')");
			for (String table : List.of("change", "context", "link", "erased")) {
				database.execute("DROP TABLE bemi." + table + "_" + month);
			}
			ChainReport report = chain.verify();
			assertThat(report.isIntact()).isTrue();
			assertThat(report.changes()).isZero();
			chain.keep();
			chain.tamper("UPDATE dropped_link SET last = last + 1");
			assertThat(chain.verify().isIntact()).isFalse();
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void nothingThatIsRecordedIsChanged(int version) throws Exception {
		try (Capture capture = filled(version)) {
			TestDatabase database = capture.database();
			String month = database
				.query("SELECT to_char(max(committed_at) AT TIME ZONE 'UTC', 'YYYY_MM') FROM bemi.change")
				.get(0);
			for (String table : List.of("change", "context", "link")) {
				for (String name : List.of(table, table + "_" + month)) {
					refused(database, "UPDATE bemi." + name + " SET position = position");
					refused(database, "DELETE FROM bemi." + name);
					refused(database, "TRUNCATE bemi." + name);
				}
			}
			refused(database, "TRUNCATE bemi.erasure");
			refused(database, "TRUNCATE bemi.erased");
			new Chain(database).verifyIntact();
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void aRoleThatMayOnlyAddStoresEverything(int version) throws Exception {
		try (Capture capture = Capture.on(version)) {
			TestDatabase database = capture.database();
			String role = database.name() + "_writer";
			try (Connection connection = database.connect()) {
				new StoreSchema("bemi").migrate(connection);
			}
			database.execute("CREATE ROLE " + role + " LOGIN",
					Files.readString(Path.of("../docs/sql/append-only.sql")).replace("the storing role", role));
			database.execute("INSERT INTO todo SELECT i, 'found' FROM generate_series(1, 4) i");
			capture.start(new StoreSettings(database.url(), role, "", "bemi", true));
			write(database, STATEMENTS);
			capture.awaitChanges(CHANGES);
			new Chain(database).verifyIntact();
			for (String statement : List.of("UPDATE bemi.change SET context = 1", "DELETE FROM bemi.context",
					"UPDATE bemi.context SET metadata = '{}'", "TRUNCATE bemi.change",
					"UPDATE bemi.source SET digest = ''", "DROP TABLE bemi.link",
					"SELECT bemi.erase('public', 'todo', '1', 'none')",
					"INSERT INTO bemi.link SELECT * FROM bemi.link LIMIT 1")) {
				assertThatIllegalStateException().as(statement)
					.isThrownBy(() -> database.execute("SET ROLE " + role, statement));
			}
			capture.ingesters().forEach(Ingester::close);
			database.execute("DROP OWNED BY " + role, "DROP ROLE " + role);
		}
	}

	private static void refused(TestDatabase database, String statement) {
		assertThatIllegalStateException().as(statement)
			.isThrownBy(() -> database.execute(statement))
			.withMessageContaining("What is recorded is not changed");
	}

}
