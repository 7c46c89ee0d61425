package io.bemi.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import io.bemi.connection.BemiDataSource;
import io.bemi.context.BemiContext;
import io.bemi.testsupport.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What {@code docs/sql/drop-original.sql} does in a database that the packages for other
 * languages have been at work in.
 */
@ParameterizedClass
@ValueSource(ints = { 14, 18 })
class MigratingIntegrationTests {

	private static final String ROW_FUNCTION = """
			CREATE FUNCTION _bemi_row_trigger_func() RETURNS trigger LANGUAGE plpgsql AS $$
			BEGIN
			  PERFORM pg_logical_emit_message(true, '_bemi', json_build_object('user', 'before ' || NEW.id)::text);
			  RETURN NEW;
			END $$
			""";

	private static final String PROCEDURE = """
			CREATE PROCEDURE _bemi_create_triggers() LANGUAGE plpgsql AS $$
			BEGIN
			  EXECUTE 'CREATE TRIGGER _bemi_row_trigger_item BEFORE INSERT OR UPDATE ON item FOR EACH ROW EXECUTE FUNCTION _bemi_row_trigger_func()';
			END $$
			""";

	private static final String EVENT_FUNCTION = """
			CREATE FUNCTION _bemi_create_table_trigger_func() RETURNS event_trigger LANGUAGE plpgsql AS $$
			BEGIN
			  RAISE EXCEPTION 'still there';
			END $$
			""";

	private final int version;

	private TrackedCapture capture;

	private TestDatabase database;

	MigratingIntegrationTests(int version) {
		this.version = version;
	}

	@BeforeEach
	void start() throws Exception {
		this.capture = TrackedCapture.on(this.version, false);
		this.database = this.capture.database();
		this.database.execute("CREATE TABLE item (id integer PRIMARY KEY)", ROW_FUNCTION, PROCEDURE,
				"CALL _bemi_create_triggers()", EVENT_FUNCTION,
				"CREATE EVENT TRIGGER _bemi_create_table_trigger ON ddl_command_end WHEN TAG IN ('CREATE TABLE')"
						+ " EXECUTE FUNCTION _bemi_create_table_trigger_func()");
	}

	@AfterEach
	void stop() {
		this.capture.close();
	}

	@Test
	void nothingOfItIsLeftAndRowsHaveTheirOwnContexts() throws Exception {
		drop();
		drop();
		assertThat(this.database.query("SELECT proname FROM pg_proc WHERE proname LIKE '\\_bemi%'"
				+ " UNION ALL SELECT evtname FROM pg_event_trigger WHERE evtname LIKE '\\_bemi%'"
				+ " UNION ALL SELECT tgname FROM pg_trigger WHERE tgname LIKE '\\_bemi\\_row%'"))
			.isEmpty();
		this.database.execute("CREATE TABLE other (id integer PRIMARY KEY)");
		BemiDataSource dataSource = new BemiDataSource(this.database.dataSource());
		BemiContext.call(Map.of("user", "ann"), () -> {
			try (var connection = dataSource.getConnection(); var statement = connection.createStatement()) {
				return statement.execute("INSERT INTO item VALUES (1), (2)");
			}
		});
		assertThat(this.capture
			.query("SELECT primary_key, metadata ->> 'user' FROM bemi.changes WHERE \"table\" = 'item' ORDER BY id"))
			.containsExactly("1|ann", "2|ann");
	}

	private void drop() throws IOException {
		this.database.execute(Files.readString(Path.of("../docs/sql/drop-original.sql")));
	}

}
