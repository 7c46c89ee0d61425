package io.bemi.test;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import javax.sql.DataSource;

import io.bemi.test.TestStates.Including;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.datasource.AbstractDataSource;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class TestStatesIntegrationTests {

	private static final String SHOP = """
			CREATE SCHEMA "My Shop";
			SET search_path = "My Shop";
			CREATE TYPE mood AS ENUM ('sad', 'happy');
			CREATE TYPE size AS (width int, "Height" numeric);
			CREATE DOMAIN positive AS int NOT NULL CHECK (value > 0);
			CREATE TABLE "Every Type" (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "bemi row" text, j json, jb jsonb, a int[], t timestamptz, i interval,
			    b bytea, f float8, r real, n numeric, m mood, s size, p positive, x xml, bits varbit, range int4range, c "char", "quo""ted" text[],
			    doubled int GENERATED ALWAYS AS (p * 2) STORED);
			CREATE TABLE unkeyed (a int, b text);
			CREATE TABLE seat (id int PRIMARY KEY, place int NOT NULL UNIQUE, taken int4range, EXCLUDE USING gist (taken WITH &&));
			CREATE TABLE husband (id int PRIMARY KEY, wife int NOT NULL);
			CREATE TABLE wife (id int PRIMARY KEY, husband int NOT NULL REFERENCES husband DEFERRABLE INITIALLY DEFERRED);
			ALTER TABLE husband ADD FOREIGN KEY (wife) REFERENCES wife ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
			CREATE TABLE gone (id int);
			CREATE TABLE nothing ();
			CREATE TABLE log (id bigserial PRIMARY KEY, what text);
			CREATE FUNCTION log_it() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO "My Shop".log (what) VALUES (TG_OP); RETURN NULL; END $$;
			CREATE TRIGGER log_it AFTER INSERT OR UPDATE OR DELETE ON seat FOR EACH ROW EXECUTE FUNCTION log_it();
			CREATE TRIGGER log_always AFTER INSERT OR UPDATE OR DELETE ON seat FOR EACH ROW EXECUTE FUNCTION log_it();
			ALTER TABLE seat ENABLE ALWAYS TRIGGER log_always;
			CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$;
			CREATE TRIGGER refuse BEFORE DELETE ON husband FOR EACH ROW EXECUTE FUNCTION refuse();
			INSERT INTO "Every Type" ("bemi row", j, jb, a, t, i, b, f, r, n, m, s, p, x, bits, range, c, "quo""ted")
			  SELECT E'tab\\t, "quotes", \\\\ and (parentheses)' || g, '{ "b" : 1,  "a":1, "a":2}', '{"n": 1.00}', '[5:6]={1,2}', '2026-01-02 03:04:05.678901+05',
			         '1 mon -2 days 03:04:05.6', '\\x00ff', 'NaN', 1.1, 1.500, 'sad', '(1,2.50)', g, '<a b="c"/>', B'0101', '[1,5)', 'c', ARRAY['a,b', NULL, 'NULL', '']
			    FROM generate_series(1, 3) g;
			INSERT INTO "Every Type" (p, f) VALUES (1, '-0'), (7, 1e-300);
			INSERT INTO unkeyed VALUES (1, 'a'), (1, 'a'), (1, 'a'), (NULL, NULL), (NULL, NULL);
			INSERT INTO seat VALUES (1, 1, '[1,3)'), (2, 2, '[3,5)');
			BEGIN; INSERT INTO husband VALUES (1, 1); INSERT INTO wife VALUES (1, 1); COMMIT;
			INSERT INTO gone SELECT g FROM generate_series(1, 100) g;
			INSERT INTO nothing SELECT FROM generate_series(1, 3);
			RESET search_path
			""";

	@ParameterizedTest
	@ValueSource(ints = { 18, 14 })
	void whateverRowsAndConstraintsThereAre(int version) throws Exception {
		try (TrackedDatabase tracked = TrackedDatabase.of(version, SHOP)) {
			TestStates states = tracked.states();
			states.mark("seeded");
			List<String> seeded = tracked.rows("\"My Shop\"");
			assertThat(seeded).hasSizeGreaterThan(110);
			tracked.database()
				.execute("SET search_path = \"My Shop\"", "UPDATE \"Every Type\" SET j = '{}', a = '{}' WHERE id = 1",
						"DELETE FROM \"Every Type\" WHERE id IN (2, 4)",
						"UPDATE \"Every Type\" SET f = '0' WHERE id = 5",
						"INSERT INTO unkeyed VALUES (1, 'a'), (2, 'b')", "DELETE FROM unkeyed WHERE a IS NULL",
						"UPDATE seat SET place = place + 10", "UPDATE seat SET place = 13 - place, taken = NULL",
						"ALTER TABLE husband DISABLE TRIGGER refuse",
						"BEGIN; DELETE FROM husband; DELETE FROM wife; COMMIT",
						"ALTER TABLE husband ENABLE TRIGGER refuse",
						"BEGIN; INSERT INTO husband VALUES (2, 2); INSERT INTO wife VALUES (2, 2); COMMIT",
						"TRUNCATE gone", "INSERT INTO nothing SELECT FROM generate_series(1, 2)");
			states.mark("later");
			List<String> later = tracked.rows("\"My Shop\"");
			assertThat(later).isNotEqualTo(seeded);
			for (int i = 0; i < 2; i++) {
				StateMove back = states.rollbackTo("seeded");
				assertThat(tracked.rows("\"My Shop\"")).isEqualTo(seeded);
				assertThat(back.tables()).contains("My Shop.seat", "My Shop.Every Type", "My Shop.log", "My Shop.gone");
				states.rollForwardTo("later");
				assertThat(tracked.rows("\"My Shop\"")).isEqualTo(later);
			}
			assertThat(states.rollbackTo("later").tables()).isEmpty();
			assertThat(tracked.database()
				.query("SELECT tgname, tgenabled FROM pg_trigger WHERE tgrelid = '\"My Shop\".seat'::regclass AND tgname LIKE 'log%' ORDER BY 1"))
				.containsExactly("log_always|A", "log_it|O");
		}
	}

	@Test
	void sequencesOnRequest() throws Exception {
		try (TrackedDatabase tracked = TrackedDatabase.of(18,
				"CREATE TABLE item (id int GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY)",
				"CREATE SEQUENCE \"Other\" INCREMENT 5")) {
			TestStates states = tracked.states();
			states.mark("without");
			states.mark("with", Including.SEQUENCES);
			tracked.database().execute("INSERT INTO item DEFAULT VALUES", "SELECT nextval('\"Other\"')");
			states.mark("later", Including.SEQUENCES);
			assertThat(states.rollbackTo("without").sequences()).isZero();
			assertThat(tracked.database().query("INSERT INTO item DEFAULT VALUES RETURNING id")).containsExactly("2");
			assertThat(states.rollbackTo("with").sequences()).isEqualTo(2);
			assertThat(tracked.database().query("INSERT INTO item DEFAULT VALUES RETURNING id, nextval('\"Other\"')"))
				.containsExactly("1|1");
			states.rollForwardTo("later");
			assertThat(tracked.database().query("INSERT INTO item DEFAULT VALUES RETURNING id, nextval('\"Other\"')"))
				.containsExactly("2|6");
		}
	}

	@Test
	void whatCannotBeDoneIsSaid() throws Exception {
		try (TrackedDatabase tracked = TrackedDatabase.of(18, "CREATE TABLE item (id int PRIMARY KEY, a int)",
				"CREATE TABLE other (id int PRIMARY KEY)", "INSERT INTO item VALUES (1, 1)")) {
			TestStates states = tracked.states();
			states.mark("seeded");
			assertThatExceptionOfType(TestStateException.class).isThrownBy(() -> states.rollbackTo("sown"))
				.withMessage("No state 'sown' has been marked, only [seeded]: call mark(\"sown\") first");
			tracked.database().execute("DELETE FROM item", "ALTER TABLE item ADD b int");
			assertThatExceptionOfType(TestStateException.class).isThrownBy(() -> states.rollbackTo("seeded"))
				.withMessage("The table public.item has been altered since the state 'seeded' was marked, from"
						+ " (id integer, a integer) to (id integer, a integer, b integer): mark it again");
			tracked.database().execute("ALTER TABLE item DROP b", "CREATE TABLE third (id int PRIMARY KEY)");
			assertThatExceptionOfType(TestStateException.class).isThrownBy(() -> states.rollbackTo("seeded"))
				.withMessageContaining("The table public.third was not there, or not tracked");
			tracked.database().execute("DROP TABLE third", "DROP TABLE other");
			assertThatExceptionOfType(TestStateException.class).isThrownBy(() -> states.rollbackTo("seeded"))
				.withMessageContaining("The table public.other is gone");
			tracked.database().execute("CREATE TABLE other (id int PRIMARY KEY)");
			assertThat(tracked.database().query("SELECT * FROM item")).as("nothing was changed").isEmpty();
			states.rollbackTo("seeded");
			assertThat(tracked.database().query("SELECT * FROM item")).containsExactly("1|1");
			states.forget("seeded");
			assertThat(states.isMarked("seeded")).isFalse();
		}
	}

	@Test
	void aDatabaseInWhichNothingIsTracked() {
		try (TestDatabase database = PostgresServer.shared().createDatabase()) {
			assertThatExceptionOfType(TestStateException.class)
				.isThrownBy(() -> new TestStates(database.dataSource()).mark("seeded"))
				.withMessageContaining("nothing is tracked there");
		}
	}

	@Test
	void aStateOfAnotherDatabase() throws Exception {
		try (TrackedDatabase first = TrackedDatabase.of(18, "CREATE TABLE item (id int PRIMARY KEY)");
				TrackedDatabase second = TrackedDatabase.of(18, "CREATE TABLE item (id int PRIMARY KEY)")) {
			DataSource[] target = { first.pool() };
			TestStates states = new TestStates(new AbstractDataSource() {

				@Override
				public Connection getConnection() throws SQLException {
					return target[0].getConnection();
				}

				@Override
				public Connection getConnection(String username, String password) throws SQLException {
					return target[0].getConnection(username, password);
				}

			});
			states.mark("seeded");
			target[0] = second.pool();
			assertThatExceptionOfType(TestStateException.class).isThrownBy(() -> states.rollbackTo("seeded"))
				.withMessageContaining("is one of the database " + first.database().name())
				.withMessageContaining(second.database().name());
		}
	}

	@Test
	void whoeverStillWritesIsWaitedForAndNamed() throws Exception {
		try (TrackedDatabase tracked = TrackedDatabase.of(18, "CREATE TABLE item (id int PRIMARY KEY)");
				Connection connection = tracked.database().connect();
				Statement statement = connection.createStatement()) {
			tracked.states().mark("seeded");
			connection.setAutoCommit(false);
			statement.execute("SET application_name = 'forgotten'");
			statement.execute("INSERT INTO item VALUES (1)");
			TestStates impatient = new TestStates(tracked.pool(), Duration.ofMillis(700));
			assertThatExceptionOfType(TestStateException.class).isThrownBy(() -> impatient.mark("seeded"))
				.withMessageContaining("Others are still writing to the tables after 700 ms")
				.withMessageContaining("forgotten, idle in transaction), which holds public.item: INSERT INTO item");
			CompletableFuture<StateMove> move = CompletableFuture
				.supplyAsync(() -> tracked.states().rollbackTo("seeded"));
			assertThat(move).isNotDone();
			connection.commit();
			assertThat(move.get(20, TimeUnit.SECONDS).deleted()).isEqualTo(1);
		}
	}

	@Test
	void withinATransactionItIsRefused() throws Exception {
		try (TrackedDatabase tracked = TrackedDatabase.of(18, "CREATE TABLE item (id int PRIMARY KEY)")) {
			TransactionTemplate transaction = new TransactionTemplate(new DataSourceTransactionManager(tracked.pool()));
			assertThatIllegalStateException()
				.isThrownBy(() -> transaction.executeWithoutResult((status) -> tracked.states().mark("seeded")))
				.withMessageContaining("A transaction is under way");
		}
	}

	@Test
	void aTableThatIsNotTrackedKeepsItsRows() throws Exception {
		try (TrackedDatabase tracked = TrackedDatabase.of(18, "CREATE TABLE item (id int PRIMARY KEY)",
				"CREATE SCHEMA model", "CREATE TABLE model.line (id int PRIMARY KEY, item int REFERENCES item)")) {
			tracked.states().mark("seeded");
			tracked.database().execute("INSERT INTO item VALUES (1)", "INSERT INTO model.line VALUES (1, NULL)");
			tracked.states().rollbackTo("seeded");
			assertThat(tracked.database().query("SELECT * FROM model.line")).containsExactly("1|null");
			tracked.database().execute("INSERT INTO item VALUES (1)", "UPDATE model.line SET item = 1");
			assertThatExceptionOfType(TestStateException.class).isThrownBy(() -> tracked.states().rollbackTo("seeded"))
				.withMessageContaining("The foreign key line_item_fkey of model.line would be violated");
			assertThat(tracked.database().query("SELECT * FROM item")).containsExactly("1");
		}
	}

	@Test
	void aRoleThatMayNotIsToldWhatToType() throws Exception {
		try (TrackedDatabase tracked = TrackedDatabase.of(18, "CREATE TABLE item (id int PRIMARY KEY)")) {
			String role = tracked.database().name() + "_app";
			tracked.database()
				.execute("CREATE ROLE " + role + " LOGIN PASSWORD 'secret'", "GRANT ALL ON item TO " + role,
						"GRANT USAGE ON SCHEMA bemi TO " + role,
						"GRANT SELECT ON ALL TABLES IN SCHEMA bemi TO " + role);
			PGSimpleDataSource limited = new PGSimpleDataSource();
			limited.setUrl(tracked.database().url());
			limited.setUser(role);
			limited.setPassword("secret");
			TestStates states = new TestStates(limited);
			try {
				assertThatExceptionOfType(TestStateException.class).isThrownBy(() -> states.mark("seeded"))
					.withMessageContaining("GRANT SET ON PARAMETER session_replication_role TO \"" + role + "\"");
				tracked.database().execute("GRANT SET ON PARAMETER session_replication_role TO " + role);
				states.mark("seeded");
				tracked.database().execute("INSERT INTO item VALUES (1)");
				states.rollbackTo("seeded");
				assertThat(tracked.database().query("SELECT * FROM item")).isEmpty();
			}
			finally {
				tracked.database()
					.execute("REVOKE SET ON PARAMETER session_replication_role FROM " + role, "DROP OWNED BY " + role,
							"DROP ROLE " + role);
			}
		}
	}

	@Test
	void somethingIsDoneAfterEachMove() throws Exception {
		try (TrackedDatabase tracked = TrackedDatabase.of(18, "CREATE TABLE item (id int PRIMARY KEY)")) {
			List<String> done = new ArrayList<>();
			tracked.states().afterMove(() -> done.add("evicted"));
			tracked.states().mark("seeded");
			assertThat(done).isEmpty();
			tracked.states().rollbackTo("seeded");
			assertThat(done).containsExactly("evicted");
		}
	}

}
