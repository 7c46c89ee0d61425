package io.bemi.store;

import io.bemi.testsupport.TestDatabase;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Types that are altered between and inside transactions, while the rows arrive and while
 * they wait: each value is the one that its row had.
 */
class AlteredTypesIntegrationTests {

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void labelsOfEnumsAreThoseOfTheTime(int version) throws Exception {
		try (Capture capture = Capture.on(version)) {
			TestDatabase database = capture.database();
			database.execute("CREATE TYPE mood AS ENUM ('sad', 'so \"so\"')",
					"CREATE TABLE person (id int PRIMARY KEY, m mood, ms mood[])",
					"ALTER TABLE person REPLICA IDENTITY FULL", "ALTER PUBLICATION bemi ADD TABLE person");
			capture.start().close();
			// Nobody reads until the end, when each label has another name.
			database.execute("INSERT INTO person VALUES (1, 'sad', '{sad,\"so \\\"so\\\"\"}')",
					"ALTER TYPE mood ADD VALUE 'happy' BEFORE 'sad'",
					"INSERT INTO person VALUES (2, 'happy', '{happy,sad}')",
					"ALTER TYPE mood RENAME VALUE 'sad' TO 'blue'", "UPDATE person SET m = 'blue' WHERE id = 2",
					"""
							BEGIN; ALTER TYPE mood RENAME VALUE 'blue' TO 'low'; INSERT INTO person VALUES (3, 'low', '{}');
							ALTER TYPE mood RENAME VALUE 'low' TO 'down'; INSERT INTO person VALUES (4, 'down', NULL); COMMIT""",
					"DELETE FROM person WHERE id = 1");
			capture.start();
			capture.awaitChanges(6);
			assertThat(database.query("""
					SELECT operation, values - 'id', before - 'id' FROM bemi.changes ORDER BY id""")).containsExactly(
					"CREATE|{\"m\": \"sad\", \"ms\": [\"sad\", \"so \\\"so\\\"\"]}|{}",
					"CREATE|{\"m\": \"happy\", \"ms\": [\"happy\", \"sad\"]}|{}",
					"UPDATE|{\"m\": \"blue\", \"ms\": [\"happy\", \"blue\"]}|{\"m\": \"happy\", \"ms\": [\"happy\", \"blue\"]}",
					"CREATE|{\"m\": \"low\", \"ms\": []}|{}", "CREATE|{\"m\": \"down\", \"ms\": null}|{}",
					"DELETE|{}|{\"m\": \"down\", \"ms\": [\"down\", \"so \\\"so\\\"\"]}");
			assertThat(database.query("SELECT count(*) FROM bemi.quarantine")).containsExactly("0");
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void attributesOfCompositesAreThoseOfTheTime(int version) throws Exception {
		try (Capture capture = Capture.on(version)) {
			TestDatabase database = capture.database();
			database.execute("CREATE TYPE pair AS (a int, b text)",
					"CREATE TABLE paired (id int PRIMARY KEY, p pair, ps pair[])",
					"ALTER PUBLICATION bemi ADD TABLE paired");
			capture.start();
			database.execute("INSERT INTO paired VALUES (1, ROW(1, 'x'), ARRAY[ROW(2, '3')::pair])");
			capture.awaitChanges(1);
			database.execute("ALTER TYPE pair ADD ATTRIBUTE c int", "INSERT INTO paired VALUES (2, ROW(1, 'x', 3))");
			capture.awaitChanges(2);
			database.execute("ALTER TYPE pair DROP ATTRIBUTE a", "INSERT INTO paired VALUES (3, ROW('x', 3))");
			capture.awaitChanges(3);
			database.execute("ALTER TYPE pair RENAME ATTRIBUTE b TO d", "INSERT INTO paired VALUES (4, ROW('x', 3))");
			capture.awaitChanges(4);
			assertThat(database.query("SELECT values -> 'p' FROM bemi.changes ORDER BY id")).containsExactly(
					"{\"a\": 1, \"b\": \"x\"}", "{\"a\": 1, \"b\": \"x\", \"c\": 3}", "{\"b\": \"x\", \"c\": 3}",
					"{\"c\": 3, \"d\": \"x\"}");
		}
	}

}
