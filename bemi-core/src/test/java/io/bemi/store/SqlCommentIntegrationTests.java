package io.bemi.store;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;

import io.bemi.connection.BemiDataSource;
import io.bemi.context.BemiContext;
import io.bemi.testsupport.TestDatabase;
import io.bemi.tracking.TrackingSettings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The comment at the end of a statement, from there to the view {@code changes}.
 */
@ParameterizedClass
@ValueSource(ints = { 14, 18 })
class SqlCommentIntegrationTests {

	private static final String CONTEXTS = """
			SELECT primary_key, metadata - '_bemi' FROM bemi.changes WHERE "table" = 'item' ORDER BY id
			""";

	private static final String ERRORS = """
			SELECT primary_key, metadata #>> '{_bemi,error}' FROM bemi.changes
			 WHERE "table" = 'item' AND metadata #> '{_bemi,error}' IS NOT NULL ORDER BY id
			""";

	private final int version;

	private TrackedCapture capture;

	private TestDatabase database;

	SqlCommentIntegrationTests(int version) {
		this.version = version;
	}

	@BeforeEach
	void start() throws Exception {
		this.capture = TrackedCapture.on(this.version, true);
		this.database = this.capture.database();
		this.database.execute("CREATE TABLE item (id integer PRIMARY KEY, note text)");
	}

	@AfterEach
	void stop() {
		this.capture.close();
	}

	@Test
	void countsAtTheVeryEnd() {
		this.database.execute("INSERT INTO item VALUES (1) /*Bemi {\"n\": 1.50} Bemi*/",
				"INSERT INTO item VALUES (2) /*Bemi {\"n\": 2} Bemi*/ ;\r\n\t\f; ",
				"INSERT INTO item VALUES (3)/*Bemi {\"n\": 3}Bemi*/",
				"INSERT INTO item VALUES (4) -- /*Bemi {\"n\": 4} Bemi*/",
				"INSERT INTO item VALUES (5) /*Bemi {\"n\": \"é漢😀\\n\"} Bemi*/",
				"INSERT INTO item VALUES (6) /*Bemi {\"n\": \"\\u002a/\"} Bemi*/",
				"INSERT INTO item VALUES (7) /*Bemi {\"n\": 0} Bemi*/ /*Bemi {\"n\": 7} Bemi*/",
				"/* x */ INSERT INTO item VALUES (8, '/*Bemi {\"n\": 0} Bemi*/') RETURNING id /*Bemi \n{\"n\":\n8}\nBemi*/",
				"PREPARE p AS INSERT INTO item VALUES (9); EXECUTE p /*Bemi {\"n\": 9} Bemi*/",
				"DO $$ BEGIN INSERT INTO item VALUES (10); END $$ /*Bemi {\"n\": 10} Bemi*/",
				"WITH i AS (INSERT INTO item VALUES (11) RETURNING id) SELECT * FROM i /*Bemi {\"n\": 11} Bemi*/",
				"INSERT INTO item VALUES (12) /*Bemi {\"n\": 12, \"_bemi\": {\"db\": {\"user\": \"root\"}}} Bemi*/");
		assertThat(this.capture.query(CONTEXTS)).containsExactly("1|{\"n\": 1.50}", "2|{\"n\": 2}", "3|{\"n\": 3}",
				"4|{\"n\": 4}", "5|{\"n\": \"é漢😀\\n\"}", "6|{\"n\": \"*/\"}", "7|{\"n\": 7}", "8|{\"n\": 8}",
				"9|{\"n\": 9}", "10|{\"n\": 10}", "11|{\"n\": 11}", "12|{\"n\": 12}");
		assertThat(this.database.query("SELECT DISTINCT metadata #>> '{_bemi,db,user}' FROM bemi.changes"))
			.containsExactly(this.database.server().username());
		assertThat(this.database.query(ERRORS)).isEmpty();
	}

	@Test
	void countsNowhereElse() {
		String marker = "/*Bemi {\"n\": 0} Bemi*/";
		this.database
			.execute("CREATE FUNCTION write(integer) RETURNS void LANGUAGE sql AS 'INSERT INTO item VALUES ($1) "
					+ marker + "'");
		this.database.execute(marker + "INSERT INTO item VALUES (1)", "INSERT INTO item VALUES (2, '" + marker + "')",
				"INSERT INTO item SELECT 3, '" + marker + "'", "INSERT INTO item SELECT 4, E'\\'" + marker + "'",
				"INSERT INTO item SELECT 5, $$" + marker + "$$",
				"INSERT INTO item SELECT 6, $Bemi$" + marker + "$Bemi$",
				"INSERT INTO item VALUES (7) RETURNING id AS \"" + marker.replace("\"", "\"\"") + "\"",
				"INSERT INTO item VALUES (8) " + marker + " -- more",
				"INSERT INTO item VALUES (9) /* " + marker + " */", "INSERT INTO item VALUES (10) " + marker + "/**/",
				"INSERT INTO item VALUES (11) /* Bemi*/", "INSERT INTO item VALUES (12) /*bemi {\"n\": 0} bemi*/",
				"INSERT INTO item VALUES (13) /*Bemi*/", "SELECT write(14)",
				"PREPARE p AS INSERT INTO item VALUES (15) " + marker, "EXECUTE p",
				"DO $$ BEGIN INSERT INTO item VALUES (16) " + marker + "; END $$",
				"BEGIN; INSERT INTO item VALUES (17); COMMIT " + marker);
		assertThat(this.capture.query(CONTEXTS)).hasSize(17).allMatch((line) -> line.endsWith("|{}"));
		assertThat(this.database.query(ERRORS)).isEmpty();
	}

	@Test
	void whatIsNoObjectIsRefusedAndSaid() {
		this.database.execute("INSERT INTO item VALUES (1) /*Bemi Bemi*/",
				"INSERT INTO item VALUES (2) /*Bemi not json Bemi*/", "INSERT INTO item VALUES (3) /*Bemi [1] Bemi*/",
				"INSERT INTO item VALUES (4) /*Bemi {\"a\": 1} {} Bemi*/",
				"INSERT INTO item VALUES (5) /*Bemi {\"a\": 1} */ /* Bemi*/",
				"INSERT INTO item VALUES (6) /*Bemi /*Bemi {\"a\": 1} Bemi*/ Bemi*/",
				"INSERT INTO item VALUES (7) -- /*Bemi {\"a\": \"*/\"} Bemi*/",
				"INSERT INTO item VALUES (8) -- /*Bemi {\"a\": \"/*\"} Bemi*/",
				"INSERT INTO item VALUES (9) /*Bemi {\"a\": \"\\u0000\"} Bemi*/",
				"SET bemi.context = '{\"b\": 1}'; INSERT INTO item VALUES (10) /*Bemi x Bemi*/");
		assertThat(this.capture
			.query("SELECT DISTINCT metadata #>> '{_bemi,error}' FROM bemi.changes WHERE \"table\" = 'item'"))
			.containsExactly("The comment of the statement was no JSON object");
		assertThat(this.database.query(CONTEXTS)).hasSize(10).contains("9|{}", "10|{\"b\": 1}");
	}

	@Test
	void tooLongIsLeftOutAndSaid() {
		String large = "x".repeat(1_048_576);
		this.database.execute("INSERT INTO item VALUES (1) /*Bemi {\"a\": \"" + large + "\"} Bemi*/",
				"INSERT INTO item VALUES (2) /*Bemi {\"a\": \"" + "é".repeat(600_000) + "\"} Bemi*/",
				"SELECT set_config('bemi.context', repeat('x', 1048577), true); INSERT INTO item VALUES (3) /*Bemi {\"a\": \""
						+ large + "\"} Bemi*/",
				"INSERT INTO item VALUES (4, '" + large + "') /*Bemi {\"a\": 4} Bemi*/",
				"INSERT INTO item VALUES (5, '" + large + large + "')");
		assertThat(this.capture.query(ERRORS)).containsExactly("1|the comment of the statement is longer than 1 MB",
				"2|the comment of the statement is longer than 1 MB",
				"3|bemi.context is longer than 1 MB; the comment of the statement is longer than 1 MB");
		assertThat(this.database.query(CONTEXTS)).containsExactly("1|{}", "2|{}", "3|{}", "4|{\"a\": 4}", "5|{}");
	}

	@Test
	void itsKeysWinOverTheSettings() {
		this.database.execute("SET bemi.context = '{\"a\": 1, \"b\": 1}'; INSERT INTO item VALUES (1)"
				+ " /*Bemi {\"b\": 2, \"c\": 2} Bemi*/; INSERT INTO item VALUES (2)");
		assertThat(this.capture.query(CONTEXTS)).containsExactly("1|{\"a\": 1, \"b\": 2, \"c\": 2}",
				"2|{\"a\": 1, \"b\": 1}");
	}

	@Test
	void eachStatementHasItsOwnInOneTransaction() {
		this.database
			.execute("BEGIN; INSERT INTO item VALUES (1), (2) /*Bemi {\"n\": 1} Bemi*/; INSERT INTO item VALUES (3);"
					+ " UPDATE item SET note = 'x' WHERE id = 3 /*Bemi {\"n\": 3} Bemi*/; COMMIT");
		assertThat(this.capture.query(CONTEXTS)).containsExactly("1|{\"n\": 1}", "2|{\"n\": 1}", "3|{}",
				"3|{\"n\": 3}");
	}

	@Test
	void preparedStatementsKeepTheirs() throws SQLException {
		for (String options : List.of("prepareThreshold=1", "preferQueryMode=simple")) {
			try (Connection connection = DriverManager.getConnection(this.database.url() + "?" + options,
					this.database.server().username(), this.database.server().password());
					PreparedStatement insert = connection
						.prepareStatement("INSERT INTO item VALUES (?, ?) /*Bemi {\"n\": 1} Bemi*/")) {
				for (int id = 1; id <= 3; id++) {
					insert.setInt(1, id);
					insert.setString(2, "/*Bemi {\"n\": 0} Bemi*/");
					insert.executeUpdate();
				}
				for (int id = 4; id <= 6; id++) {
					insert.setInt(1, id);
					insert.setString(2, "x");
					insert.addBatch();
				}
				insert.executeBatch();
			}
			this.database.execute("DELETE FROM item /*Bemi {\"n\": 2} Bemi*/");
		}
		assertThat(this.capture.query("SELECT operation, metadata ->> 'n', count(*) FROM bemi.changes"
				+ " WHERE \"table\" = 'item' GROUP BY 1, 2 ORDER BY 1"))
			.containsExactly("CREATE|1|12", "DELETE|2|12");
	}

	@Test
	void generatedKeysOfTheDriverHideIt() throws SQLException {
		// The driver appends RETURNING, so that the comment is not the end.
		try (Connection connection = this.database.connect();
				PreparedStatement insert = connection.prepareStatement(
						"INSERT INTO item VALUES (1) /*Bemi {\"n\": 1} Bemi*/", Statement.RETURN_GENERATED_KEYS)) {
			insert.executeUpdate();
		}
		assertThat(this.capture.query(CONTEXTS)).containsExactly("1|{}");
	}

	@Test
	void stringOfSeveralStatementsHasOne() throws SQLException {
		// In simple mode the driver sends it as it is, as psql -c does.
		try (Connection connection = DriverManager.getConnection(this.database.url() + "?preferQueryMode=simple",
				this.database.server().username(), this.database.server().password());
				Statement statement = connection.createStatement()) {
			statement.execute("INSERT INTO item VALUES (1) /*Bemi {\"n\": 1} Bemi*/;"
					+ " INSERT INTO item VALUES (2) /*Bemi {\"n\": 2} Bemi*/");
		}
		assertThat(this.capture.query(CONTEXTS)).containsExactly("1|{\"n\": 2}", "2|{\"n\": 2}");
	}

	@Test
	void proxiedSessionIgnoresIt() throws Exception {
		try (Connection connection = new BemiDataSource(this.database.dataSource()).getConnection();
				Statement statement = connection.createStatement()) {
			connection.setAutoCommit(false);
			for (int id = 1; id <= 2; id++) {
				try (BemiContext.Scope scope = BemiContext.open(Map.of("user", "a"))) {
					statement.execute("INSERT INTO item VALUES (" + id + ") /*Bemi {\"n\": 1} Bemi*/");
					connection.commit();
				}
			}
			statement.execute("INSERT INTO item VALUES (3) /*Bemi {\"n\": 1} Bemi*/");
			connection.commit();
		}
		assertThat(this.capture.query(CONTEXTS)).containsExactly("1|{\"user\": \"a\"}", "2|{\"user\": \"a\"}", "3|{}");
	}

	@Test
	void countsOnlyWhereSomeApplicationWantsIt() throws SQLException {
		String insert = "INSERT INTO item VALUES (%d) /*Bemi {\"n\": 1} Bemi*/";
		this.database.execute(insert.formatted(1));
		this.capture.track(new TrackingSettings("app", List.of("*"), List.of(), "bemi"));
		this.database.execute(insert.formatted(2));
		this.capture.track(new TrackingSettings("other", List.of("item"), List.of(), "bemi", true));
		this.database.execute(insert.formatted(3));
		assertThat(
				this.database.query("SELECT tgrelid::regclass, tgnargs FROM pg_trigger WHERE tgname = '_bemi_session'"
						+ " AND tgnargs > 0"))
			.containsExactly("item|1");
		this.capture.track(new TrackingSettings("other", List.of("todo"), List.of(), "bemi", true));
		this.database.execute(insert.formatted(4));
		assertThat(this.capture.query(CONTEXTS)).containsExactly("1|{\"n\": 1}", "2|{}", "3|{\"n\": 1}", "4|{}");
	}

}
