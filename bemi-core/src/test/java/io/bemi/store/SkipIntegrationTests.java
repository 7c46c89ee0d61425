package io.bemi.store;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import io.bemi.change.Position;
import io.bemi.connection.BemiDataSource;
import io.bemi.context.BemiContext;
import io.bemi.ingestion.Ingester;
import io.bemi.query.EntityTables;
import io.bemi.query.IngestionBarrier;
import io.bemi.query.JdbcChanges;
import io.bemi.query.QuerySettings;
import io.bemi.replication.ReplicationSettings;
import io.bemi.testsupport.TestDatabase;
import io.bemi.timetravel.JdbcTimeTravel;
import io.bemi.timetravel.Moment;
import io.bemi.timetravel.TimeTravelException;
import io.bemi.timetravel.TravellingApplication;
import io.bemi.tracking.TrackingSettings;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What {@code bemi.skip} does, for whom, and what the history knows afterwards.
 */
@ParameterizedClass
@ValueSource(ints = { 14, 18 })
class SkipIntegrationTests {

	private static final String CHANGES = "SELECT primary_key, operation, before ->> 'note', metadata #>> '{_bemi,skip}', unknown"
			+ " FROM bemi.changes WHERE \"table\" = 'item' ORDER BY id";

	private static final String REASONS = "SELECT regexp_replace(reason, 'Transaction \\d+', 'Transaction'),"
			+ " from_position = to_position, from_time = to_time FROM bemi.gap ORDER BY id";

	private final int version;

	private TrackedCapture capture;

	private TestDatabase database;

	private Ingester ingester;

	private String migrator;

	private String other;

	SkipIntegrationTests(int version) {
		this.version = version;
	}

	@BeforeEach
	void start() throws Exception {
		this.capture = TrackedCapture.stopped(this.version, "CREATE TABLE item (id integer PRIMARY KEY, note text)",
				"INSERT INTO item SELECT n, 'old' FROM generate_series(1, 3) n");
		this.database = this.capture.database();
		this.migrator = "Migrator \"é' " + this.database.name();
		this.other = "other_" + this.database.name();
		for (String role : List.of(this.migrator, this.other)) {
			this.database.execute("CREATE ROLE " + quote(role) + " LOGIN PASSWORD 'secret'",
					"GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON item TO " + quote(role));
		}
		this.capture.track(
				new TrackingSettings("app", List.of("*"), List.of(), "bemi", false, List.of(this.migrator, "nobody")));
		this.ingester = this.capture.start(Set.of(this.migrator));
		awaitBaseline();
	}

	@AfterEach
	void stop() {
		new Chain(this.database).verifyIntact();
		for (String role : List.of(this.migrator, this.other)) {
			this.database.execute("DROP OWNED BY " + quote(role), "DROP ROLE " + quote(role));
		}
		this.capture.close();
	}

	private void awaitBaseline() {
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(
					this.database.query("SELECT count(*) > 0, bool_and(completed_at IS NOT NULL) FROM bemi.baseline"))
				.containsExactly("t|t"));
	}

	private static String quote(String role) {
		return '"' + role.replace("\"", "\"\"") + '"';
	}

	private void as(String role, String... statements) throws SQLException {
		try (Connection connection = DriverManager.getConnection(this.database.url(), role, "secret");
				Statement statement = connection.createStatement()) {
			for (String sql : statements) {
				statement.execute(sql);
			}
		}
	}

	private BemiDataSource application(String role) {
		PGSimpleDataSource dataSource = new PGSimpleDataSource();
		dataSource.setUrl(this.database.url());
		dataSource.setUser(role);
		dataSource.setPassword("secret");
		return new BemiDataSource(dataSource);
	}

	private String sentence(String reason, String counts) {
		return "Skipped by role " + this.migrator + " (bemi.skip): " + reason + ". Transaction: " + counts + "|t|t";
	}

	@Test
	void oneRecordSaysWhatIsNotRecorded() throws SQLException {
		as(this.migrator, "BEGIN", "SET LOCAL bemi.skip = 'new notes: é'", "UPDATE item SET note = 'new'",
				"DELETE FROM item WHERE id = 3", "INSERT INTO item VALUES (4, 'new')", "COMMIT",
				"INSERT INTO item VALUES (5, 'recorded')");
		assertThat(this.capture.query(CHANGES)).containsExactly("5|CREATE|null|null|{}");
		assertThat(this.database.query(REASONS)).containsExactly(sentence("new notes: é", "5 changes of public.item"));
		assertThat(this.database
			.query("SELECT x.metadata #>> '{_bemi,skip,role}', x.metadata #>> '{_bemi,skip,reason}',"
					+ " x.metadata #>> '{_bemi,skip,changes}' FROM bemi.context x JOIN bemi.gap g ON g.from_position = x.position"))
			.containsExactly(this.migrator + "|new notes: é|{\"public.item\": 5}");
		assertThat(Objects.requireNonNull(this.ingester.lastGap()).reason()).contains("new notes: é");
		awaitBaseline();
		as(this.migrator, "UPDATE item SET note = 'newer' WHERE id = 1");
		assertThat(this.capture.query(CHANGES + " DESC LIMIT 1")).containsExactly("1|UPDATE|new|null|{}");
	}

	@Test
	void theRecordIsCoveredByTheChain() throws SQLException {
		as(this.migrator, "SET bemi.skip = 'x'", "UPDATE item SET note = 'a'");
		this.capture.query("SELECT 1");
		this.database.execute("CREATE UNLOGGED TABLE gap_before AS SELECT * FROM bemi.gap");
		Chain chain = new Chain(this.database);
		chain.verifyIntact();
		this.database.execute("UPDATE bemi.gap SET reason = replace(reason, '3 changes', '2 changes')");
		chain.verifyBroken("The record says something else");
		this.database.execute("DELETE FROM bemi.gap");
		chain.verifyBroken("The record is gone");
		this.database.execute("INSERT INTO bemi.gap OVERRIDING SYSTEM VALUE SELECT * FROM gap_before");
	}

	@Test
	void thePastIsUnknownUntilTheRowsAreKnownAgain() throws SQLException {
		assertPast("item", "DELETE FROM item WHERE id = 3; UPDATE item SET note = 'new' WHERE id = 1", "id",
				List.of("1", "2", "3"), List.of("1", "2"));
		assertThat(travel().asOf(now()).rows("item")).extracting((row) -> row.get("note"))
			.containsExactlyInAnyOrder("new", "old");
	}

	@Test
	void soIsThePastOfATableWithoutKey() throws SQLException {
		this.database.execute("CREATE TABLE loose (a integer)", "ALTER TABLE loose REPLICA IDENTITY FULL",
				"INSERT INTO loose VALUES (1), (2)", "GRANT ALL ON loose TO " + quote(this.migrator));
		this.capture.query("SELECT 1");
		awaitBaseline();
		this.capture.query("SELECT 1");
		assertPast("loose", "DELETE FROM loose WHERE a = 1; INSERT INTO loose VALUES (3)", "a", List.of("1", "2"),
				List.of("2", "3"));
		as(this.migrator, "INSERT INTO loose VALUES (4)");
		this.capture.query("SELECT 1");
		assertThat(rows(now(), "loose", "a")).containsExactly("2", "3", "4");
	}

	/**
	 * What a table held before something is skipped, then, and once its rows are copied.
	 */
	private void assertPast(String table, String skipped, String column, List<String> before, List<String> after)
			throws SQLException {
		Moment past = now();
		try (Connection earlier = this.database.connect(); Statement statement = earlier.createStatement()) {
			earlier.setAutoCommit(false);
			// Until this one ends, nothing is copied.
			statement.execute("SELECT pg_current_xact_id()");
			as(this.migrator, "SET bemi.skip = 'x'", skipped);
			this.capture.query("SELECT 1");
			assertThat(rows(past, table, column)).isEqualTo(before);
			for (Moment moment : List.of(now(),
					Moment.of(Position.parse(this.database.query("SELECT from_position FROM bemi.gap").get(0))))) {
				assertThatExceptionOfType(TimeTravelException.class).isThrownBy(() -> rows(moment, table, column))
					.withMessageContaining("were not all known then");
			}
			earlier.commit();
		}
		awaitBaseline();
		this.capture.query("SELECT 1");
		assertThat(rows(past, table, column)).isEqualTo(before);
		assertThat(rows(now(), table, column)).isEqualTo(after);
	}

	private Moment now() {
		return Moment.of(Position.parse(this.database.query("SELECT max(position) FROM bemi.source").get(0)));
	}

	private List<String> rows(Moment moment, String table, String column) {
		return travel().asOf(moment)
			.rows(table)
			.stream()
			.map((row) -> String.valueOf(row.get(column)))
			.sorted()
			.toList();
	}

	private JdbcTimeTravel travel() {
		BemiDataSource dataSource = new BemiDataSource(this.database.dataSource());
		IngestionBarrier barrier = new IngestionBarrier(dataSource, ReplicationSettings.slotOf(this.database.name()));
		return new JdbcTimeTravel(TravellingApplication.of(dataSource), dataSource, "bemi",
				new JdbcChanges(dataSource, QuerySettings.of("bemi"), EntityTables.NONE, barrier), barrier);
	}

	@Test
	void otherRolesAreRecordedAndThatTheyHaveTried() throws SQLException {
		as(this.other, "SET bemi.skip = 'x'", "INSERT INTO item VALUES (4)", "RESET bemi.skip",
				"INSERT INTO item VALUES (5)");
		// May by the database, but is not among the roles.
		this.database.execute("SELECT bemi.allow_skip(ARRAY['" + this.other + "']::name[])");
		as(this.other, "SET bemi.skip = 'x'", "INSERT INTO item VALUES (6)");
		this.database.execute("SET bemi.skip = 'x'; INSERT INTO item VALUES (7)");
		assertThat(this.capture.query(CHANGES)).containsExactly("4|CREATE|null|refused|{}", "5|CREATE|null|null|{}",
				"6|CREATE|null|refused|{}", "7|CREATE|null|refused|{}");
		assertThat(this.database.query(REASONS)).isEmpty();
	}

	@Test
	void messagesSkipNothing() throws SQLException {
		for (String role : List.of(this.other, this.migrator)) {
			as(role, "BEGIN",
					"SELECT pg_logical_emit_message(true, '_bemi_skip', '" + this.migrator.replace("'", "''") + "')",
					"UPDATE item SET note = 'x' WHERE id = 1", "COMMIT");
		}
		assertThat(this.capture.query(CHANGES)).containsExactly("1|UPDATE|old|refused|{}", "1|UPDATE|x|refused|{}");
		for (String forgery : List.of("INSERT INTO bemi.skip SELECT 1, 1, 'x', 'x'", "SELECT bemi.note_skip()",
				"UPDATE bemi.skip SET role = 'x'")) {
			assertThatExceptionOfType(SQLException.class).isThrownBy(() -> as(this.other, forgery))
				.satisfies((ex) -> assertThat(ex.getSQLState()).isEqualTo("42501"));
		}
		as(this.migrator, "SELECT bemi.note_skip()", "BEGIN", "SELECT bemi.note_skip()",
				"UPDATE item SET note = 'z' WHERE id = 1", "COMMIT");
		assertThat(this.capture.query(CHANGES)).last().isEqualTo("1|UPDATE|x|null|{}");
		assertThat(this.database.query(REASONS)).isEmpty();
	}

	@Test
	void theApplicationsConnectionsSkipAsWell() throws SQLException {
		for (String role : List.of(this.migrator, this.other)) {
			try (Connection connection = application(role).getConnection();
					Statement statement = connection.createStatement();
					BemiContext.Scope scope = BemiContext.open(Map.of("user", "ann"))) {
				statement.execute("UPDATE item SET note = 'one' WHERE id = 1");
				connection.setAutoCommit(false);
				statement.execute("SET LOCAL bemi.skip = 'x'");
				statement.execute("UPDATE item SET note = 'two' WHERE id = 1");
				connection.commit();
			}
		}
		assertThat(this.capture
			.query("SELECT values ->> 'note', metadata FROM bemi.changes WHERE \"table\" = 'item'" + " ORDER BY id"))
			.containsExactly("one|{\"user\": \"ann\"}", "one|{\"user\": \"ann\"}",
					"two|{\"user\": \"ann\", \"_bemi\": {\"skip\": \"refused\"}}");
		assertThat(this.database.query(REASONS)).containsExactly(sentence("x", "1 change of public.item"));
	}

	@Test
	void aSavepointThatIsRolledBackTakesItAway() throws SQLException {
		as(this.migrator, "BEGIN", "UPDATE item SET note = 'a' WHERE id = 1", "SAVEPOINT s",
				"SET LOCAL bemi.skip = 'x'", "UPDATE item SET note = 'b' WHERE id = 1", "ROLLBACK TO s",
				"UPDATE item SET note = 'c' WHERE id = 1", "COMMIT");
		assertThat(this.capture.query(CHANGES)).containsExactly("1|UPDATE|old|null|{}", "1|UPDATE|a|null|{}");
		assertThat(this.database.query(REASONS)).isEmpty();
	}

	@Test
	void aLargeTransactionLeavesNothing() throws SQLException {
		as(this.migrator, "BEGIN", "UPDATE item SET note = 'before'",
				"INSERT INTO item SELECT n, repeat('x', 100) FROM generate_series(10, 40009) n",
				"SET LOCAL bemi.skip = 'many'", "UPDATE item SET note = 'y' WHERE id > 9",
				"DELETE FROM item WHERE id > 9", "COMMIT");
		assertThat(this.capture.query(CHANGES)).isEmpty();
		assertThat(this.database.query(REASONS)).containsExactly(sentence("many", "120003 changes of public.item"));
		assertThat(this.database
			.query("SELECT count(*) FROM bemi.context WHERE metadata @> '{\"_bemi\": {\"skip\": {}}}'"))
			.containsExactly("1");
		awaitBaseline();
		as(this.migrator, "UPDATE item SET note = 'after' WHERE id = 2");
		assertThat(this.capture.query(CHANGES)).containsExactly("2|UPDATE|before|null|{}");
	}

	@Test
	void statementsThatChangeTablesCount() throws SQLException {
		this.database.execute("ALTER TABLE item OWNER TO " + quote(this.migrator),
				"GRANT ALL ON SCHEMA public TO " + quote(this.migrator));
		try {
			as(this.migrator, "BEGIN", "SET LOCAL bemi.skip = 'x'", "TRUNCATE item",
					"ALTER TABLE item ADD COLUMN size integer DEFAULT 7", "INSERT INTO item VALUES (1, 'one')",
					"COMMIT");
			awaitBaseline();
			assertThat(this.capture.query(REASONS)).containsExactly(sentence("x", "2 changes of public.item"));
			awaitBaseline();
			as(this.migrator, "UPDATE item SET note = 'two'");
			assertThat(this.capture.query("SELECT before FROM bemi.changes WHERE \"table\" = 'item'"))
				.containsExactly("{\"id\": 1, \"note\": \"one\", \"size\": 7}");
		}
		finally {
			this.database.execute("ALTER TABLE item OWNER TO CURRENT_USER");
		}
	}

	@Test
	void afterARestartNothingIsMissed() throws Exception {
		as(this.migrator, "SET bemi.skip = 'first'", "UPDATE item SET note = 'a' WHERE id = 1");
		this.capture.query("SELECT 1");
		this.capture.stop();
		as(this.migrator, "SET bemi.skip = 'second'", "UPDATE item SET note = 'b' WHERE id = 1", "RESET bemi.skip",
				"UPDATE item SET note = 'c' WHERE id = 1");
		this.capture.start(Set.of(this.migrator));
		assertThat(this.capture.query("SELECT operation, values ->> 'note' FROM bemi.changes WHERE \"table\" = 'item'"))
			.containsExactly("UPDATE|c");
		assertThat(this.database.query(REASONS)).containsExactly(sentence("first", "1 change of public.item"),
				sentence("second", "1 change of public.item"));
		assertThat(this.database.query("SELECT count(*) FROM bemi.source")).containsExactly("1");
	}

	@Test
	void hardenedItIsTheSame() throws Exception {
		this.database.execute(Files.readString(Path.of("../docs/sql/harden.sql"))
			.replace("the application''s role", this.database.server().username()));
		as(this.migrator, "SET bemi.skip = 'x'", "UPDATE item SET note = 'a' WHERE id = 1");
		as(this.other, "SET bemi.skip = 'x'", "UPDATE item SET note = 'b' WHERE id = 2");
		assertThat(this.capture.query("SELECT primary_key, metadata #>> '{_bemi,skip}', metadata #>> '{_bemi,db,user}'"
				+ " FROM bemi.changes WHERE \"table\" = 'item'"))
			.containsExactly("2|refused|" + this.other);
		assertThat(this.database.query("SELECT role FROM bemi.skip")).containsExactly(this.migrator);
		assertThat(this.database.query(REASONS)).containsExactly(sentence("x", "1 change of public.item"));
	}

	@Test
	void whoMayOnlyInsertIsNeverMadeToFail() throws SQLException {
		this.database.execute("CREATE TABLE log (id integer PRIMARY KEY)",
				"REVOKE ALL ON item FROM " + quote(this.other), "GRANT INSERT ON log TO " + quote(this.other));
		as(this.other, "SET bemi.skip = 'x'", "SET search_path = ''", "SET standard_conforming_strings = off",
				"INSERT INTO public.log VALUES (1)");
		this.database.execute("ALTER TABLE bemi.skip RENAME TO elsewhere");
		as(this.migrator, "SET bemi.skip = 'x'", "UPDATE item SET note = 'a' WHERE id = 1");
		assertThat(this.capture.query("SELECT \"table\", primary_key, metadata #>> '{_bemi,skip}' FROM bemi.changes"
				+ " WHERE \"table\" <> 'barrier' ORDER BY id"))
			.containsExactly("log|1|refused", "item|1|refused");
	}

}
