package io.bemi.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

import io.bemi.ingestion.Ingester;
import io.bemi.store.chain.ChainReport;
import io.bemi.store.erasure.ErasureReport;
import io.bemi.store.erasure.HistoryEraser;
import io.bemi.store.erasure.RecordErasure;
import io.bemi.testsupport.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.dao.DataAccessException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What is erased is nowhere any more, and the chain holds.
 */
class ErasureIntegrationTests {

	private static HistoryEraser eraser(TestDatabase store) {
		return new HistoryEraser(store.dataSource(), "bemi");
	}

	/**
	 * The store is in a database of its own, where the tables themselves are not.
	 */
	private static TestDatabase storeBeside(TestDatabase source) {
		TestDatabase store = new TestDatabase(source.server(), source.name() + "_store");
		source.execute("CREATE DATABASE " + store.name());
		return store;
	}

	private static void write(TestDatabase database, String user, String... statements) throws SQLException {
		try (Connection connection = database.connect(); Statement statement = connection.createStatement()) {
			connection.setAutoCommit(false);
			for (String sql : statements) {
				statement.execute(sql);
				statement.execute("SELECT pg_logical_emit_message(true, '_bemi', '{\"user\": \"" + user
						+ "\", \"params\": {\"mail\": \"" + user + "\"}}')");
				connection.commit();
			}
		}
	}

	@ParameterizedTest
	@CsvSource({ "14, true", "18, true", "18, false" })
	void whatIsErasedIsInNoFile(int version, boolean covered) throws Exception {
		String secret = UUID.randomUUID() + "-secret";
		String user = UUID.randomUUID() + "@example.com";
		try (Capture capture = Capture.on(version); TestDatabase store = storeBeside(capture.database())) {
			TestDatabase source = capture.database();
			source.execute("INSERT INTO todo VALUES (1, '" + secret + "'), (2, 'kept')");
			Ingester ingester = capture.start(covered ? Chain.settings(store)
					: new StoreSettings(store.url(), store.server().username(), store.server().password(), "bemi"));
			write(source, user, "UPDATE todo SET task = 'other' WHERE id = 1",
					"UPDATE todo SET task = '" + secret + "' WHERE id = 1", "DELETE FROM todo WHERE id = 1",
					"UPDATE todo SET task = 'changed' WHERE id = 2");
			Capture.awaitChanges(store, 4);
			store.execute("ANALYZE", "CHECKPOINT");
			assertThat(files(store, secret)).isNotEmpty();
			assertThat(files(store, user)).isNotEmpty();

			ErasureReport report = eraser(store).erase(RecordErasure.of("public", "todo", "1", "asked for by letter"));
			assertThat(report).isEqualTo(new ErasureReport(4, 0, 0, List.of(), List.of(), report.inStatistics()));
			store.execute("CHECKPOINT");
			assertThat(files(store, secret)).isSubsetOf("pg_statistic");
			assertThat(store.query("SELECT primary_key, operation, before, values, changed, unknown FROM bemi.changes"
					+ " ORDER BY id"))
				.containsExactly("1|UPDATE|{\"id\": 1}|{\"id\": 1}|{}|{isCompleted,task}",
						"1|UPDATE|{\"id\": 1}|{\"id\": 1}|{}|{isCompleted,task}",
						"1|DELETE|{\"id\": 1}|{}|{}|{isCompleted,task}",
						"2|UPDATE|{\"id\": 2, \"task\": \"kept\", \"isCompleted\": false}"
								+ "|{\"id\": 2, \"task\": \"changed\", \"isCompleted\": false}|{task}|{}");

			report = eraser(store).eraseContext(List.of("user"), user, "a person", "the same");
			assertThat(report.contexts()).isEqualTo(4);
			report = eraser(store).eraseContext(List.of("params", "mail"), user, null, "the same");
			assertThat(report.contexts()).isEqualTo(4);
			store.execute("CHECKPOINT");
			assertThat(files(store, user)).isSubsetOf("pg_statistic");
			assertThat(store.query("SELECT DISTINCT metadata FROM bemi.changes"))
				.containsExactly("{\"user\": \"a person\", \"params\": {}}");

			assertThat(store
				.query("SELECT schema, name, columns, path, replaced, reason, changes, contexts FROM bemi.erasure"
						+ " ORDER BY id"))
				.containsExactly("public|todo|null|null|f|asked for by letter|4|0",
						"null|null|null|{user}|t|the same|0|4", "null|null|null|{params,mail}|f|the same|0|4");
			source.execute("INSERT INTO todo VALUES (3, 'and on')");
			Capture.awaitChanges(store, 5);
			assertThat(ingester.status().message()).startsWith("Streaming");
			ErasureReport last = report;
			Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> {
				// A slot goes on when something is written, and the server notes what
				// runs.
				source.execute("UPDATE todo SET task = task WHERE id = 3", "CHECKPOINT");
				return eraser(store).vacuumStatistics(last);
			});
			store.execute("CHECKPOINT");
			assertThat(files(store, secret)).isEmpty();
			assertThat(files(store, user)).isEmpty();
			ingester.close();
			if (covered) {
				checkChain(new Chain(store));
			}
		}
	}

	private static void checkChain(Chain chain) {
		ChainReport report = chain.verify();
		assertThat(report.isIntact()).isTrue();
		assertThat(report.erased()).isEqualTo(4 + 4 + 4);
		chain.keep();
		for (String statement : List.of(
				"UPDATE change SET image = image || '{\"task\": \"x\"}' WHERE primary_key = '1'",
				"UPDATE context SET metadata = '{\"user\": \"eve\"}' WHERE metadata ->> 'user' = 'a person'",
				"DELETE FROM erased WHERE kind = 'X'", "UPDATE erasure SET reason = 'none'",
				"UPDATE erased SET digest = sha256('') WHERE kind = 'C'",
				"INSERT INTO erased SELECT committed_at, source, link, 'C', sha256('x'), by_link FROM erased LIMIT 1")) {
			chain.tamper(statement);
			chain.verifyBroken(statement);
			chain.restore();
		}
	}

	/**
	 * The files of a database that hold a text.
	 */
	private static List<String> files(TestDatabase database, String text) {
		return database
			.query("""
					SELECT CASE WHEN f ~ '^[0-9]+$' THEN pg_filenode_relation(0, f::oid)::text ELSE f END
					 FROM (SELECT 'base/' || oid || '/' FROM pg_database WHERE datname = current_database()) d(folder),
					       pg_ls_dir(d.folder) f
					 WHERE position('%s'::bytea IN coalesce(pg_read_binary_file(d.folder || f, 0, 1000000000, true), '')) > 0
					"""
				.formatted(text));
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void aRecordIsErasedAgainAndByAllItsKeys(int version) throws Exception {
		try (Capture capture = Capture.on(version)) {
			TestDatabase database = capture.database();
			capture.start(Chain.settings(database));
			database.execute("INSERT INTO todo VALUES (1, 'a', true)", "UPDATE todo SET task = 'b' WHERE id = 1",
					"UPDATE todo SET id = 2 WHERE id = 1", "UPDATE todo SET task = 'c' WHERE id = 2");
			capture.awaitChanges(4);
			RecordErasure erasure = RecordErasure.of("public", "todo", "1", "test");
			HistoryEraser eraser = eraser(database);
			assertThat(eraser.erase(erasure.columns("task").replacedBy("***"))).extracting("changes", "otherKeys")
				.containsExactly(3L, List.of("2"));
			assertThat(database.query("SELECT primary_key, values, changed, unknown FROM bemi.changes ORDER BY id"))
				.containsExactly("1|{\"id\": 1, \"task\": \"***\", \"isCompleted\": true}|{}|{}",
						"1|{\"id\": 1, \"task\": \"***\", \"isCompleted\": true}|{task}|{}",
						"2|{\"id\": 2, \"task\": \"***\", \"isCompleted\": true}|{id}|{}",
						"2|{\"id\": 2, \"task\": \"c\", \"isCompleted\": true}|{task}|{}");
			assertThat(eraser.erase(erasure.andItsKey()).changes()).isEqualTo(3);
			assertThat(database
				.query("SELECT primary_key, previous_key, image, replaced FROM bemi.change ORDER BY position"))
				.containsExactly("null|null|{}|null", "null|null|{}|{}", "2|null|{\"id\": 2}|{}",
						"2|null|{\"id\": 2, \"task\": \"c\", \"isCompleted\": true}|{\"task\": \"b\"}");
			assertThat(eraser.erase(RecordErasure.of("public", "todo", "2", "test")).otherKeys()).isEmpty();
			assertThat(new Chain(database).verify().erased()).isEqualTo(3 + 3 + 2);
			assertThat(eraser.erase(RecordErasure.of("public", "nothing", "2", "test")).changes()).isZero();
			assertThatExceptionOfType(DataAccessException.class)
				.isThrownBy(() -> eraser(new TestDatabase(database.server(), "postgres")).erase(erasure));
		}
	}

}
