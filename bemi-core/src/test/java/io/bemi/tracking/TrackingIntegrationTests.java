package io.bemi.tracking;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

import io.bemi.tracking.TrackingReport.UntrackedTable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Tests for {@link Tracking}.
 */
@ParameterizedClass
@ValueSource(ints = { 14, 18 })
class TrackingIntegrationTests {

	private final TrackedDatabase database;

	TrackingIntegrationTests(int version) {
		this.database = new TrackedDatabase(version);
	}

	@AfterEach
	void dropDatabase() {
		this.database.close();
	}

	@Test
	void tracksTablesThatAreThere() {
		this.database.execute("CREATE TABLE orders (id integer PRIMARY KEY)", "CREATE SCHEMA \"Größe \"\"1\"\"\"",
				"CREATE TABLE \"Größe \"\"1\"\"\".\"Order Lines\" (\"Id\" integer PRIMARY KEY)");
		TrackingReport report = this.database.track();
		assertThat(report.tracked()).containsExactly("Größe \"1\".Order Lines", "public.orders");
		assertThat(report.untracked()).isEmpty();
		assertThat(report.complete()).isTrue();
		assertThat(report.eventTriggerMissing()).isNull();
		assertThat(this.database.publishedTables()).containsExactly("Größe \"1\".Order Lines", "public.orders");
		assertThat(this.database.tablesWithTrigger()).hasSize(2);
	}

	@Test
	void tracksTablesCreatedLater() {
		this.database.track();
		this.database.execute("CREATE TABLE one (id integer PRIMARY KEY)", "CREATE TABLE two AS SELECT 1 AS id",
				"ALTER TABLE two ADD PRIMARY KEY (id)", "SELECT 1 AS id INTO three",
				"ALTER TABLE three REPLICA IDENTITY FULL",
				"CREATE SCHEMA other CREATE TABLE other.four (id integer PRIMARY KEY)");
		assertThat(this.database.publishedTables()).containsExactly("other.four", "public.one", "public.three",
				"public.two");
		assertThat(this.database.tablesWithTrigger()).hasSize(4);
	}

	@Test
	void createTableByRoleWithoutRightsSucceedsAndIsTracked() throws SQLException {
		this.database.track();
		String role = this.database.createRole("without rights", "");
		this.database.execute("GRANT CREATE ON SCHEMA public TO \"" + role + "\"");
		this.database.executeAs(role, "CREATE TABLE mine (id integer PRIMARY KEY)", "INSERT INTO mine VALUES (1)",
				"CREATE TABLE keyless (id integer)", "INSERT INTO keyless VALUES (1)", "UPDATE keyless SET id = 2",
				"DELETE FROM keyless", "DROP TABLE mine");
		this.database.executeAs(role, "CREATE TABLE mine (id integer PRIMARY KEY)");
		assertThat(this.database.publishedTables()).containsExactly("public.mine");
	}

	@Test
	void failureInsideEventTriggerNeverFailsTheCommand() {
		this.database.track();
		this.database.execute("DROP PUBLICATION bemi");
		assertThatNoException().isThrownBy(() -> this.database.execute("CREATE TABLE one (id integer PRIMARY KEY)"));
		assertThat(this.database.tablesWithTrigger()).isEmpty();
	}

	@Test
	void eventTriggerCallsNothingThatBelongsToSomebodyElse() throws SQLException {
		this.database.track();
		String role = this.database.createRole("intruder", "");
		this.database.execute("GRANT CREATE, USAGE ON SCHEMA bemi TO \"" + role + "\"");
		// A better match for the call than Bemi's own function.
		this.database.executeAs(role, """
				CREATE FUNCTION bemi.track(relation integer) RETURNS text LANGUAGE plpgsql AS $$
				BEGIN RAISE 'intruded'; END $$""");
		this.database.execute("CREATE TABLE one (id integer PRIMARY KEY)");
		assertThat(this.database.tablesWithTrigger()).isEmpty();
	}

	@Test
	void neverTracksWhatIsNotLogged() {
		this.database.execute("CREATE UNLOGGED TABLE unlogged (id integer PRIMARY KEY)",
				"CREATE TABLE flyway_schema_history (id integer PRIMARY KEY)", "CREATE FOREIGN DATA WRAPPER nowhere",
				"CREATE SERVER nowhere FOREIGN DATA WRAPPER nowhere",
				"CREATE FOREIGN TABLE far (id integer) SERVER nowhere", "CREATE VIEW v AS SELECT 1 AS id",
				"CREATE MATERIALIZED VIEW m AS SELECT 1 AS id");
		String reason = "%s is unlogged, so that its changes are not in the log. Type: ALTER TABLE %1$s SET LOGGED;";
		assertThat(this.database.track()).isEqualTo(new TrackingReport(List.of(),
				List.of(new TrackingReport.UntrackedTable("public", "unlogged", reason.formatted("public.unlogged"))),
				true, null));
		this.database.execute("CREATE UNLOGGED TABLE later (id integer PRIMARY KEY)",
				"CREATE TEMP TABLE temporary (id integer PRIMARY KEY)", "CREATE TEMP TABLE t2 AS SELECT 1 AS id",
				"CREATE TABLE databasechangelog (id integer)");
		assertThat(this.database.tablesWithTrigger()).isEmpty();
		assertThat(this.database.publishedTables()).isEmpty();
		assertThat(this.database.query("SELECT * FROM bemi.untracked ORDER BY 2")).containsExactly(
				"public|later|" + reason.formatted("public.later"),
				"public|unlogged|" + reason.formatted("public.unlogged"));
		this.database.execute("ALTER TABLE later SET LOGGED");
		assertThat(this.database.publishedTables()).containsExactly("public.later");
		// The server's own check: a table that is published stays logged.
		assertThatExceptionOfType(IllegalStateException.class)
			.isThrownBy(() -> this.database.execute("ALTER TABLE later SET UNLOGGED"))
			.withMessageContaining("to unlogged because it is part of a publication");
		this.database.execute("ALTER PUBLICATION bemi DROP TABLE later", "ALTER TABLE later SET UNLOGGED");
		assertThat(this.database.tablesWithTrigger()).isEmpty();
	}

	@Test
	void saysWhetherATableHoldsNothing() {
		this.database.track();
		this.database.createSlot();
		this.database.execute("CREATE TABLE a (id integer PRIMARY KEY)", "CREATE TABLE b AS SELECT 1 AS id",
				"ALTER TABLE b ADD PRIMARY KEY (id)", "CREATE TABLE c (id integer PRIMARY KEY) PARTITION BY RANGE (id)",
				"CREATE TABLE c1 PARTITION OF c DEFAULT", "INSERT INTO c VALUES (1)", "ALTER TABLE c ADD COLUMN n text",
				"BEGIN; TRUNCATE c; ALTER TABLE c DROP COLUMN n; COMMIT");
		assertThat(this.database.readMessages().stream().filter((message) -> message.contains("\"empty\"")))
			.map((message) -> message.replaceFirst(
					".*\"name\": \"(\\w+)\", \"empty\": (\\w+),.*\"primary\": true.*\"severed\": (\\w+).*", "$1 $2 $3"))
			.containsExactly("a true true", "b false true", "c true true", "c true false", "c false false",
					"c true false");
	}

	@Test
	void roleThatMayOnlyTruncateAPartitionSaysSo() throws SQLException {
		String role = this.database.createRole("truncates", "");
		this.database.execute("CREATE TABLE a (id integer PRIMARY KEY) PARTITION BY RANGE (id)",
				"CREATE TABLE a1 PARTITION OF a DEFAULT", "GRANT TRUNCATE ON a1 TO \"" + role + "\"");
		this.database.track();
		this.database.createSlot();
		this.database.executeAs(role, "TRUNCATE a1");
		assertThat(this.database.readMessages()).filteredOn((message) -> message.contains("\"severed\": true"))
			.hasSize(1);
	}

	@Test
	void anotherPublicationIsNoneOfOurs() {
		this.database.execute("CREATE TABLE a (id integer PRIMARY KEY)");
		this.database.track();
		this.database.createSlot();
		this.database.execute("CREATE PUBLICATION other", "ALTER PUBLICATION other ADD TABLE a");
		assertThat(this.database.readMessages()).isEmpty();
		this.database.execute("ALTER PUBLICATION bemi SET TABLE a");
		assertThat(this.database.readMessages()).filteredOn((message) -> message.contains("\"severed\""))
			.hasSizeLessThan(2);
	}

	@Test
	void statementsSucceedWhoseMessageCannotBeWritten() {
		this.database.execute("CREATE TABLE a (id integer PRIMARY KEY) PARTITION BY RANGE (id)",
				"CREATE TABLE a1 PARTITION OF a FOR VALUES FROM (0) TO (10)", "CREATE TABLE a2 PARTITION OF a DEFAULT");
		this.database.track();
		this.database.execute(
				"""
						CREATE OR REPLACE FUNCTION bemi.table_message(relation oid, rewritten boolean, severed boolean, empty boolean)
						RETURNS void LANGUAGE plpgsql AS $$ BEGIN RAISE 'no message'; END $$""");
		assertThatNoException().isThrownBy(() -> this.database.execute("ALTER TABLE a ADD COLUMN n bigint",
				"TRUNCATE a1", "ALTER TABLE a DETACH PARTITION a1",
				"ALTER TABLE a ATTACH PARTITION a1 FOR VALUES FROM (0) TO (10)", "ALTER TABLE a ALTER n TYPE integer",
				"DROP TABLE a1", "CREATE TABLE b AS SELECT 1 AS id", "ALTER TABLE b ADD PRIMARY KEY (id)",
				"ALTER PUBLICATION bemi SET (publish = 'insert')", "TRUNCATE a", "DROP TABLE a"));
	}

	@Test
	void aTableThatCannotBePublishedInTimeIsNamedAndTrackedLater() throws SQLException {
		// 14 lets several transactions add tables at the same time.
		boolean waits = Integer.parseInt(this.database.query("SHOW server_version_num").get(0)) >= 150000;
		this.database.track();
		try (Connection other = this.database.database().connect();
				Connection connection = this.database.database().connect();
				Statement first = other.createStatement();
				Statement second = connection.createStatement()) {
			other.setAutoCommit(false);
			first.execute("CREATE TABLE first (id integer PRIMARY KEY)");
			second.execute("CREATE TABLE second (id integer PRIMARY KEY)");
			assertThat(String.valueOf(second.getWarnings())).contains(waits
					? "Bemi could not track table public.second after CREATE TABLE: canceling statement due to lock timeout."
							+ " Later type: SELECT * FROM bemi.track_all();"
					: "null");
			other.commit();
		}
		assertThat(this.database.query("SELECT \"table\", reason FROM bemi.untracked"))
			.isEqualTo(waits ? List.of("second|not tracked yet. Type: SELECT * FROM bemi.track_all();") : List.of());
		this.database.query("SELECT * FROM bemi.track_all()");
		assertThat(this.database.publishedTables()).containsExactly("public.first", "public.second");
	}

	@Test
	void flywaysHistoryIsNotTrackedWhateverItsName() {
		this.database.execute(
				"CREATE TABLE \"Versions\" (installed_rank integer PRIMARY KEY, version text, description text,"
						+ " type text, script text, checksum integer, installed_by text, installed_on timestamp,"
						+ " execution_time integer, success boolean)",
				"CREATE TABLE releases (version text PRIMARY KEY, description text, type text, success boolean)");
		assertThat(this.database.track().tracked()).containsExactly("public.releases");
		assertThat(this.database.tablesWithTrigger()).containsExactly("releases");
	}

	@Test
	void continuesWhatTheFirstVersionBegan() {
		this.database.execute("CREATE TABLE a (id integer PRIMARY KEY)", "CREATE TABLE b (id integer PRIMARY KEY)",
				"CREATE TABLE \"Versions\" (installed_rank integer PRIMARY KEY, version text, description text,"
						+ " type text, script text, checksum integer, success boolean)");
		FirstVersion.install(this.database);
		assertThat(this.database.publishedTables()).containsExactly("public.Versions", "public.a", "public.b");
		TrackingReport report = this.database
			.track(new TrackingSettings("second", List.of("a"), List.of(), "bemi", true));
		assertThat(report.tracked()).containsExactly("public.a", "public.b");
		assertThat(this.database.publishedTables()).containsExactly("public.a", "public.b");
		assertThat(this.database.tablesWithTrigger()).containsExactly("a", "b");
		assertThat(tablesWithComments()).containsExactly("a");
	}

	@Test
	void olderInstancesLeaveCommentsAlone() {
		this.database.execute("CREATE TABLE a (id integer PRIMARY KEY)");
		this.database.track(new TrackingSettings("app", List.of("*"), List.of(), "bemi", true));
		this.database.execute("CREATE TABLE later (id integer PRIMARY KEY)");
		this.database.execute("SELECT bemi.configure('app', '{*}', '{}', 'bemi')", "SELECT bemi.track('a'::regclass)");
		assertThat(tablesWithComments()).containsExactly("a", "later");
		assertThat(this.database.query("SELECT relation FROM bemi.tracking_state WHERE NOT settled")).isEmpty();
	}

	@Test
	void commentsOfPartitionedTablesCountInEveryPartition() {
		this.database.execute("CREATE TABLE parts (id integer PRIMARY KEY) PARTITION BY RANGE (id)",
				"CREATE TABLE part1 PARTITION OF parts FOR VALUES FROM (0) TO (10)");
		this.database.track();
		assertThat(tablesWithComments()).isEmpty();
		this.database.track(new TrackingSettings("app", List.of("parts"), List.of(), "bemi", true));
		this.database.execute("CREATE TABLE part2 PARTITION OF parts FOR VALUES FROM (10) TO (20)");
		assertThat(tablesWithComments()).containsExactly("part1", "part2", "parts");
		this.database.track();
		assertThat(tablesWithComments()).isEmpty();
		assertThat(this.database.tablesWithTrigger()).containsExactly("part1", "part2", "parts");
	}

	private List<String> tablesWithComments() {
		return this.database
			.query("SELECT tgrelid::regclass FROM pg_trigger WHERE tgname = '_bemi_session' AND tgnargs > 0")
			.stream()
			.sorted()
			.toList();
	}

	@Test
	void secondStartRunsNoDdl() {
		this.database.execute("CREATE TABLE orders (id integer PRIMARY KEY)", "CREATE TABLE keyless (id integer)",
				"CREATE TABLE parts (id integer PRIMARY KEY) PARTITION BY RANGE (id)",
				"CREATE TABLE part1 PARTITION OF parts FOR VALUES FROM (0) TO (10)");
		this.database.execute("CREATE SCHEMA log", "CREATE TABLE log.ddl (tag text)");
		TrackingReport first = this.database.track();
		this.database.execute("""
				CREATE FUNCTION log.ddl() RETURNS event_trigger LANGUAGE plpgsql AS $$
				BEGIN INSERT INTO log.ddl VALUES (tg_tag); END $$""",
				"CREATE EVENT TRIGGER log_ddl ON ddl_command_start EXECUTE FUNCTION log.ddl()");
		String catalogue = "SELECT max(xmin::text::bigint) FROM (SELECT xmin FROM pg_class UNION ALL SELECT xmin FROM"
				+ " pg_proc UNION ALL SELECT xmin FROM pg_trigger UNION ALL SELECT xmin FROM pg_publication_rel"
				+ " UNION ALL SELECT xmin FROM bemi.tracking UNION ALL SELECT xmin FROM bemi.meta) rows";
		List<String> before = this.database.query(catalogue);
		TrackingReport second = this.database.track();
		assertThat(second.untracked()).isEqualTo(first.untracked()).hasSize(2);
		assertThat(this.database.query("SELECT tag FROM log.ddl")).isEmpty();
		assertThat(this.database.query(catalogue)).isEqualTo(before);
	}

	@Test
	void tracksPartitionedTableAsAWhole() {
		this.database.execute(
				"CREATE TABLE parts (id integer, day integer, PRIMARY KEY (id, day)) PARTITION BY RANGE (day)",
				"CREATE TABLE part1 PARTITION OF parts FOR VALUES FROM (0) TO (10)",
				"CREATE TABLE lone (id integer, day integer, PRIMARY KEY (id, day))");
		this.database.track();
		assertThat(this.database.publishedTables()).containsExactly("public.lone", "public.parts");
		assertThat(this.database.tablesWithTrigger()).containsExactly("lone", "part1", "parts");

		this.database.execute(
				"CREATE TABLE part2 PARTITION OF parts FOR VALUES FROM (10) TO (20) PARTITION BY RANGE (id)",
				"CREATE TABLE part2a PARTITION OF part2 FOR VALUES FROM (0) TO (10)",
				"ALTER TABLE parts ATTACH PARTITION lone FOR VALUES FROM (20) TO (30)");
		assertThat(this.database.publishedTables()).containsExactly("public.parts");
		assertThat(this.database.tablesWithTrigger()).containsExactly("lone", "part1", "part2", "part2a", "parts");

		this.database.execute("ALTER TABLE parts DETACH PARTITION lone");
		assertThat(this.database.publishedTables()).containsExactly("public.lone", "public.parts");
	}

	@Test
	void partitionWithoutIdentityTakesTheWholeTableOut() {
		this.database.execute(
				"CREATE TABLE parts (id integer, day integer, PRIMARY KEY (id, day)) PARTITION BY RANGE (day)",
				"CREATE TABLE part1 PARTITION OF parts FOR VALUES FROM (0) TO (10)",
				"CREATE TABLE bad (id integer, day integer, PRIMARY KEY (id, day))",
				"ALTER TABLE bad REPLICA IDENTITY NOTHING");
		this.database.track();
		assertThat(this.database.publishedTables()).containsExactly("public.parts");
		this.database.execute("ALTER TABLE parts ATTACH PARTITION bad FOR VALUES FROM (10) TO (20)",
				"INSERT INTO parts VALUES (1, 11)", "UPDATE parts SET id = 2", "UPDATE bad SET id = 3",
				"DELETE FROM parts");
		assertThat(this.database.publishedTables()).isEmpty();
		assertThat(this.database.tablesWithTrigger()).isEmpty();
	}

	@Test
	void newPartitionIsIdentifiedLikeItsRoot() {
		this.database.execute("CREATE TABLE parts (id integer, day integer) PARTITION BY RANGE (day)",
				"ALTER TABLE parts REPLICA IDENTITY FULL",
				"CREATE TABLE keys (id integer NOT NULL, day integer NOT NULL) PARTITION BY RANGE (day)",
				"CREATE UNIQUE INDEX \"Keys\" ON keys (day, id)",
				"ALTER TABLE keys REPLICA IDENTITY USING INDEX \"Keys\"",
				"CREATE TABLE other (id integer, day integer) PARTITION BY RANGE (day)",
				"ALTER TABLE other REPLICA IDENTITY FULL");
		this.database.track(new TrackingSettings("bemi", List.of("parts", "keys"), List.of(), "bemi", false));
		List<String> before = this.database.publishedTables();
		this.database.execute(
				"CREATE TABLE part1 PARTITION OF parts FOR VALUES FROM (0) TO (10) PARTITION BY RANGE (id)",
				"CREATE TABLE \"Part 2\" PARTITION OF part1 FOR VALUES FROM (0) TO (10)",
				"CREATE TABLE key1 PARTITION OF keys FOR VALUES FROM (0) TO (10)",
				"CREATE TABLE other1 PARTITION OF other FOR VALUES FROM (0) TO (10)", "INSERT INTO parts VALUES (1, 2)",
				"INSERT INTO keys VALUES (1, 2)", "UPDATE parts SET id = 3", "UPDATE keys SET id = 3");
		assertThat(this.database.publishedTables()).isEqualTo(before).containsExactly("public.keys", "public.parts");
		assertThat(this.database.query("""
				SELECT concat_ws(' ', relname, relreplident) FROM pg_class
				 WHERE relname IN ('part1', 'Part 2', 'key1', 'other1') ORDER BY relname COLLATE "C"
				""")).containsExactly("Part 2 f", "key1 i", "other1 d", "part1 f");
		this.database.execute("ALTER TABLE \"Part 2\" REPLICA IDENTITY NOTHING");
		assertThat(this.database.publishedTables()).containsExactly("public.keys");
	}

	@Test
	void childThatInheritsIsAskedAboutByItself() {
		this.database.execute("CREATE TABLE parent (id integer PRIMARY KEY)",
				"CREATE TABLE child () INHERITS (parent)");
		TrackingReport report = this.database.track();
		assertThat(report.tracked()).containsExactly("public.parent");
		assertThat(this.database.publishedTables()).containsExactly("public.parent");
		this.database.execute("INSERT INTO child VALUES (1)", "UPDATE parent SET id = 2", "DELETE FROM parent");
	}

	@Test
	void losingTheIdentityTakesATableOut() {
		this.database.execute("CREATE TABLE a (id integer PRIMARY KEY)", "CREATE TABLE b (id integer PRIMARY KEY)",
				"CREATE TABLE c (id integer NOT NULL)", "CREATE UNIQUE INDEX c_id ON c (id)",
				"ALTER TABLE c REPLICA IDENTITY USING INDEX c_id");
		this.database.track();
		assertThat(this.database.publishedTables()).containsExactly("public.a", "public.b", "public.c");
		this.database.execute("ALTER TABLE a DROP CONSTRAINT a_pkey", "ALTER TABLE b REPLICA IDENTITY NOTHING",
				"DROP INDEX c_id");
		assertThat(this.database.publishedTables()).isEmpty();
		this.database.execute("ALTER TABLE a ADD PRIMARY KEY (id)");
		assertThat(this.database.publishedTables()).containsExactly("public.a");
	}

	@Test
	void losingTheIdentityWithoutEventTriggerIsMendedAtTheNextStart() {
		this.database.execute("CREATE TABLE a (id integer PRIMARY KEY)");
		this.database.track();
		this.database.execute("ALTER EVENT TRIGGER bemi_tracking DISABLE", "ALTER TABLE a DROP CONSTRAINT a_pkey");
		TrackingReport report = this.database.track();
		assertThat(report.untracked()).extracting(UntrackedTable::table).containsExactly("a");
		this.database.execute("INSERT INTO a VALUES (1)", "UPDATE a SET id = 2", "DELETE FROM a");
	}

	@Test
	void patternsChooseTables() {
		this.database.execute("CREATE SCHEMA shop", "CREATE TABLE shop.orders (id integer PRIMARY KEY)",
				"CREATE TABLE shop.order_lines (id integer PRIMARY KEY)",
				"CREATE TABLE shop.\"orderXlines\" (id integer PRIMARY KEY)",
				"CREATE TABLE public.secrets (id integer PRIMARY KEY)",
				"CREATE TABLE public.orders (id integer PRIMARY KEY)");
		this.database.track(new TrackingSettings("app", List.of("shop.*", "*.orders"), List.of("order_lines"), "bemi"));
		assertThat(this.database.publishedTables()).containsExactly("public.orders", "shop.orderXlines", "shop.orders");
	}

	@Test
	void excludingATableTakesItOut() {
		this.database.execute("CREATE TABLE a (id integer PRIMARY KEY)", "CREATE TABLE b (id integer PRIMARY KEY)");
		this.database.track();
		TrackingReport report = this.database
			.track(new TrackingSettings("app", List.of("*"), List.of("public.b"), "bemi"));
		assertThat(report.tracked()).containsExactly("public.a");
		assertThat(this.database.publishedTables()).containsExactly("public.a");
		assertThat(this.database.tablesWithTrigger()).containsExactly("a");
	}

	@Test
	void applicationsOnOneDatabaseLeaveEachOthersTablesAlone() {
		this.database.execute("CREATE TABLE a (id integer PRIMARY KEY)", "CREATE TABLE b (id integer PRIMARY KEY)",
				"CREATE TABLE by_hand (id integer PRIMARY KEY)");
		this.database.track(new TrackingSettings("first", List.of("a"), List.of(), "bemi"));
		this.database.track(new TrackingSettings("second", List.of("b"), List.of(), "bemi"));
		this.database.execute("ALTER PUBLICATION bemi ADD TABLE by_hand");
		this.database.track(new TrackingSettings("second", List.of("nothing"), List.of(), "bemi"));
		assertThat(this.database.publishedTables()).containsExactly("public.a", "public.by_hand");
	}

	@Test
	void applicationsMayHavePublicationsOfTheirOwn() {
		this.database.execute("CREATE TABLE a (id integer PRIMARY KEY)", "CREATE TABLE b (id integer PRIMARY KEY)");
		this.database.track(new TrackingSettings("first", List.of("a"), List.of(), "bemi"));
		this.database.track(new TrackingSettings("second", List.of("*"), List.of(), "Zweite"));
		assertThat(this.database.publishedTables()).containsExactly("public.a");
		assertThat(
				this.database.query("SELECT tablename FROM pg_publication_tables WHERE pubname = 'Zweite' ORDER BY 1"))
			.containsExactly("a", "b");
	}

	@Test
	void publicationForAllTablesIsRefusedWithAMessage() {
		this.database.execute("CREATE PUBLICATION bemi FOR ALL TABLES");
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(this.database::track)
			.withMessageContaining("bemi.replication.publication");
	}

	@Test
	void longTransactionDoesNotBlockTheStart() throws SQLException {
		this.database.execute("CREATE TABLE busy (id integer PRIMARY KEY)",
				"CREATE TABLE free (id integer PRIMARY KEY)");
		try (Connection connection = this.database.database().connect();
				Statement statement = connection.createStatement()) {
			connection.setAutoCommit(false);
			statement.execute("INSERT INTO busy VALUES (1)");
			TrackingReport report = this.database.track();
			assertThat(report.complete()).isFalse();
			assertThat(report.tracked()).containsExactly("public.free");
			assertThat(report.untracked()).extracting(UntrackedTable::reason)
				.singleElement()
				.asString()
				.contains("another transaction holds a lock");
			connection.commit();
		}
		assertThat(this.database.track().complete()).isTrue();
	}

	@Test
	void roleThatOwnsItsTablesNeedsNoMoreThanCreateOnDatabase() throws SQLException {
		String owner = this.database.createRole("owner", "");
		this.database.execute("CREATE SCHEMA app AUTHORIZATION \"" + owner + "\"",
				"CREATE TABLE foreign_owned (id integer PRIMARY KEY)",
				"GRANT CREATE ON DATABASE " + this.database.database().name() + " TO \"" + owner + "\"");
		this.database.executeAs(owner, "CREATE TABLE app.mine (id integer PRIMARY KEY)");
		try (Connection connection = this.database.connectAs(owner)) {
			TrackingReport report = new Tracking(TrackingSettings.everything("app")).track(connection);
			assertThat(report.tracked()).containsExactly("app.mine");
			assertThat(report.eventTriggerMissing()).contains("superuser");
			assertThat(report.untracked()).singleElement()
				.extracting(UntrackedTable::reason)
				.asString()
				.contains("GRANT postgres TO \"" + owner + "\"");
		}
	}

	@Test
	void roleWithoutRightsGetsAMessageThatSaysWhatToType() throws SQLException {
		String role = this.database.createRole("nobody", "");
		try (Connection connection = this.database.connectAs(role)) {
			Tracking tracking = new Tracking(TrackingSettings.everything("app"));
			assertThatExceptionOfType(SchemaMigrationException.class).isThrownBy(() -> tracking.track(connection))
				.withMessageContaining("GRANT CREATE ON DATABASE");
			this.database.execute("CREATE SCHEMA bemi AUTHORIZATION \"" + role + "\"");
			assertThatExceptionOfType(SchemaMigrationException.class).isThrownBy(() -> tracking.track(connection))
				.withMessageContaining("GRANT CREATE ON DATABASE");
			this.database
				.execute("GRANT CREATE ON DATABASE " + this.database.database().name() + " TO \"" + role + "\"");
			assertThatNoException().isThrownBy(() -> tracking.track(connection));
		}
	}

	@Test
	void checkChangesNothing() throws SQLException {
		this.database.execute("CREATE TABLE a (id integer PRIMARY KEY)");
		Tracking tracking = new Tracking(TrackingSettings.everything("app"));
		try (Connection connection = this.database.database().connect()) {
			assertThat(tracking.check(connection)).isNull();
			assertThat(this.database.query("SELECT nspname FROM pg_namespace WHERE nspname = 'bemi'")).isEmpty();
			TrackingReport report = tracking.track(connection);
			assertThat(tracking.check(connection)).isEqualTo(report);
		}
	}

	@Test
	void untrackedTablesCanBeAskedFor() {
		this.database.execute("CREATE TABLE keyless (id integer)");
		this.database.track();
		assertThat(this.database.query("SELECT schema, \"table\", reason FROM bemi.untracked")).singleElement()
			.asString()
			.contains("public|keyless|public.keyless has no primary key")
			.contains("REPLICA IDENTITY FULL");
	}

	@Test
	void worksUnderHostileSettings() {
		String name = this.database.database().name();
		this.database.execute("CREATE TABLE a (id integer PRIMARY KEY)", "CREATE SCHEMA hostile",
				"CREATE FUNCTION hostile.format(text, text) RETURNS text LANGUAGE sql AS 'SELECT NULL::text'",
				"ALTER DATABASE " + name + " SET standard_conforming_strings = off",
				"ALTER DATABASE " + name + " SET search_path = hostile, pg_catalog",
				"ALTER DATABASE " + name + " SET default_transaction_isolation = 'serializable'",
				"ALTER DATABASE " + name + " SET bytea_output = 'escape'",
				"ALTER DATABASE " + name + " SET quote_all_identifiers = on");
		assertThat(this.database.track().tracked()).containsExactly("public.a");
		this.database.execute("CREATE TABLE public.b_c (id integer PRIMARY KEY)");
		assertThat(this.database.publishedTables()).containsExactly("public.a", "public.b_c");
	}

}
