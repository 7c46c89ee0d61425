package io.bemi.timetravel;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

import javax.sql.DataSource;

import io.bemi.connection.BemiDataSource;
import io.bemi.query.JdbcChanges;
import io.bemi.testsupport.OwnServer;
import io.bemi.testsupport.TestDatabase;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * A role that may create neither roles nor schemas is told what an administrator has to
 * type, and travels once he has.
 */
class LimitedRoleIntegrationTests {

	private static DataSource connect(TestDatabase database, String user) {
		PGSimpleDataSource dataSource = (PGSimpleDataSource) database.dataSource();
		dataSource.setUser(user);
		return new BemiDataSource(dataSource);
	}

	private static JdbcTimeTravel travel(DataSource application, DataSource store) {
		return new JdbcTimeTravel(TravellingApplication.of(application), store, "bemi", new JdbcChanges(store, "bemi"),
				null);
	}

	@ParameterizedTest
	@ValueSource(ints = { 14, 18 })
	void isToldWhatToType(int version) throws Exception {
		try (OwnServer server = OwnServer.start(version)) {
			TestDatabase database = server.database();
			database.execute("CREATE ROLE \"The app\" LOGIN", "CREATE ROLE keeper LOGIN",
					"CREATE SCHEMA app AUTHORIZATION \"The app\"",
					"SET ROLE \"The app\"; CREATE TABLE app.todo (id bigint PRIMARY KEY, task text); RESET ROLE",
					"ALTER ROLE \"The app\" SET search_path = app");
			try (Recording recording = Recording.of(database, database, Set.of())) {
				long past = recording.transact("INSERT INTO app.todo VALUES (1, 'past')");
				recording.await(recording.transact("UPDATE app.todo SET task = 'present'"));
				DataSource application = connect(database, "The app");
				JdbcTemplate jdbc = new JdbcTemplate(application);

				// The application's role has no rights in the store.
				assertThatThrownBy(() -> travel(application, application).at(past, () -> task(jdbc)))
					.isInstanceOf(TimeTravelException.class)
					.hasMessageContaining("permission denied for schema bemi")
					.hasMessageContaining("docs/sql/timetravel.sql");

				// Its store has another role, but nobody may read the past yet.
				database.execute("ALTER SCHEMA bemi OWNER TO keeper",
						"""
								DO $$ DECLARE t record; BEGIN
								  FOR t IN SELECT c.oid::regclass AS name, c.relkind FROM pg_class c WHERE c.relnamespace = 'bemi'::regnamespace
								                                        AND c.relkind IN ('r', 'p', 'v') LOOP
								    EXECUTE format('ALTER TABLE %s OWNER TO keeper', t.name);
								  END LOOP;
								  FOR t IN SELECT p.oid::regprocedure AS name FROM pg_proc p WHERE p.pronamespace = 'bemi'::regnamespace
								              AND p.proname IN ('moment', 'past', 'known_range', 'told', 'travel', 'as_of', 'history') LOOP
								    EXECUTE format('ALTER FUNCTION %s OWNER TO keeper', t.name);
								  END LOOP;
								END $$""");
				JdbcTimeTravel travel = travel(application, connect(database, "keeper"));
				assertThatThrownBy(() -> travel.at(past, () -> task(jdbc))).isInstanceOf(TimeTravelException.class)
					.hasMessageContaining(
							"As a superuser type: CREATE ROLE bemi_past NOLOGIN; (unless it is there) GRANT bemi_past TO \"The app\"");
				database.execute("CREATE ROLE bemi_past NOLOGIN", "GRANT bemi_past TO \"The app\"");

				// The store's role may not make schemas.
				assertThatThrownBy(() -> travel.at(past, () -> task(jdbc))).isInstanceOf(TimeTravelException.class)
					.hasMessageContaining("permission denied for database shop")
					.hasMessageContaining("type: GRANT CREATE ON DATABASE \"shop\" TO \"keeper\";");

				// The script that is in the documentation.
				database.execute(Files.readString(Path.of("../docs/sql/timetravel.sql"))
					.replace("\"the application''s role\"", "\"The app\"")
					.replace("'the application''s role'", "'keeper'"));
				assertThat(travel.at(past, () -> task(jdbc))).isEqualTo("past");
				assertThat(task(jdbc)).isEqualTo("present");
				assertThatThrownBy(() -> travel.at(past, () -> jdbc.queryForList("SELECT * FROM app.todo")))
					.hasStackTraceContaining("permission denied for schema app");
			}
		}
	}

	private static String task(JdbcTemplate jdbc) {
		return java.util.Objects.requireNonNull(jdbc.queryForObject("SELECT task FROM todo", String.class));
	}

}
