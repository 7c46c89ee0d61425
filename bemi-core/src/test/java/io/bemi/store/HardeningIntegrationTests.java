package io.bemi.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;

import io.bemi.connection.BemiDataSource;
import io.bemi.context.BemiContext;
import io.bemi.testsupport.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What {@code docs/sql/harden.sql} does.
 */
@ParameterizedClass
@ValueSource(ints = { 14, 18 })
class HardeningIntegrationTests {

	private static final String METADATA = "SELECT primary_key, metadata - '_bemi', metadata #>> '{_bemi,db,user}'"
			+ " FROM bemi.changes WHERE \"table\" = 'item' ORDER BY id";

	private final int version;

	private TrackedCapture capture;

	private TestDatabase database;

	private String application;

	private String other;

	HardeningIntegrationTests(int version) {
		this.version = version;
	}

	@BeforeEach
	void start() throws Exception {
		this.capture = TrackedCapture.on(this.version, false);
		this.database = this.capture.database();
		this.application = "App \"é' " + this.database.name();
		this.other = "other_" + this.database.name();
		this.database.execute("CREATE TABLE item (id integer PRIMARY KEY)");
		for (String role : new String[] { this.application, this.other }) {
			this.database.execute("CREATE ROLE " + quote(role) + " LOGIN PASSWORD 'secret'",
					"GRANT INSERT ON item TO " + quote(role));
		}
		harden();
		harden();
	}

	@AfterEach
	void stop() {
		for (String role : new String[] { this.application, this.other }) {
			this.database.execute("DROP OWNED BY " + quote(role), "DROP ROLE " + quote(role));
		}
		this.capture.close();
	}

	private void harden() throws IOException {
		String script = Files.readString(Path.of("../docs/sql/harden.sql"));
		this.database.execute(script.replace("\"the application''s role\"",
				quote(this.application).replace("\"\"", "\\\"").replace("'", "''")));
	}

	private static String quote(String role) {
		return '"' + role.replace("\"", "\"\"") + '"';
	}

	private Connection connect(String role) throws SQLException {
		return DriverManager.getConnection(this.database.url(), role, "secret");
	}

	@Test
	void othersCannotWriteMessages() throws SQLException {
		try (Connection connection = connect(this.other); Statement statement = connection.createStatement()) {
			for (String message : new String[] { "'{}'", "'{}'::bytea" }) {
				assertThatExceptionOfType(SQLException.class)
					.isThrownBy(
							() -> statement.execute("SELECT pg_logical_emit_message(true, '_bemi', " + message + ")"))
					.satisfies((ex) -> assertThat(ex.getSQLState()).isEqualTo("42501"));
			}
		}
	}

	@Test
	void theTriggerStillSaysWhoOthersAre() throws SQLException {
		try (Connection connection = connect(this.other); Statement statement = connection.createStatement()) {
			statement.execute("INSERT INTO item VALUES (1)");
			statement.execute("SET search_path = ''");
			statement.execute("SET bemi.context = '{\"ticket\": \"é\", \"_bemi\": {\"db\": {\"user\": \"root\"}}}'");
			statement.execute("INSERT INTO public.item VALUES (2)");
		}
		assertThat(this.capture.query(METADATA)).containsExactly("1|{}|" + this.other,
				"2|{\"ticket\": \"é\"}|" + this.other);
	}

	@Test
	void theApplicationsContextsCountAsBefore() throws SQLException {
		PGSimpleDataSource dataSource = new PGSimpleDataSource();
		dataSource.setUrl(this.database.url());
		dataSource.setUser(this.application);
		dataSource.setPassword("secret");
		try (Connection connection = new BemiDataSource(dataSource).getConnection();
				Statement statement = connection.createStatement()) {
			statement.execute("INSERT INTO item VALUES (1)");
			try (BemiContext.Scope scope = BemiContext.open(Map.of("user", "ann"))) {
				statement.execute("INSERT INTO item VALUES (2)");
			}
		}
		assertThat(this.capture.query(METADATA)).containsExactly("1|{}|" + this.application,
				"2|{\"user\": \"ann\"}|null");
	}

	@Test
	void whenTheFunctionIsReplacedOthersWriteWithoutFacts() throws SQLException {
		this.database.execute("ALTER FUNCTION bemi.session_message() SECURITY INVOKER");
		try (Connection connection = connect(this.other); Statement statement = connection.createStatement()) {
			statement.execute("INSERT INTO item VALUES (1)");
		}
		assertThat(this.capture.query(METADATA)).containsExactly("1|{}|null");
	}

}
