package io.bemi.tracking;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * The drop scripts, and the copies that an administrator runs.
 */
@ParameterizedClass
@ValueSource(ints = { 14, 18 })
class UninstallIntegrationTests {

	private static final Path DOCS = Path.of("../docs/sql");

	private static final String LEFT = """
			SELECT slot_name FROM pg_replication_slots WHERE database = current_database()
			UNION ALL SELECT pubname FROM pg_publication
			UNION ALL SELECT evtname FROM pg_event_trigger
			UNION ALL SELECT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal
			UNION ALL SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace::regnamespace::text = 'bemi'
			""";

	private final TrackedDatabase database;

	UninstallIntegrationTests(int version) {
		this.database = new TrackedDatabase(version);
	}

	@BeforeEach
	void createTables() {
		this.database.execute("CREATE TABLE \"Orders\" (id integer PRIMARY KEY)",
				"CREATE TABLE parts (id integer PRIMARY KEY) PARTITION BY RANGE (id)",
				"CREATE TABLE part1 PARTITION OF parts FOR VALUES FROM (0) TO (10)");
	}

	@AfterEach
	void dropDatabase() {
		this.database.close();
	}

	@Test
	void leavesNothingBehind() throws IOException {
		this.database.track();
		this.database.track(new TrackingSettings("second", List.of("*"), List.of(), "Zweite"));
		createSlot();
		assertThat(this.database.query(LEFT)).hasSizeGreaterThan(10);
		run("drop.sql");
		assertThat(this.database.query(LEFT)).isEmpty();
		assertThat(this.database.query("SELECT nspname FROM pg_namespace WHERE nspname = 'bemi'")).isEmpty();
		this.database.execute("INSERT INTO \"Orders\" VALUES (1)", "INSERT INTO parts VALUES (1)",
				"CREATE TABLE later (id integer)");
	}

	@Test
	void mayBeRepeatedAndUndone() throws IOException {
		run("drop.sql");
		this.database.track();
		run("drop.sql");
		run("drop.sql");
		assertThat(this.database.track().tracked()).hasSize(2);
	}

	@Test
	void keepsWhatWasRecordedUntilToldOtherwise() throws IOException {
		this.database.track();
		this.database.execute("CREATE TABLE bemi.change (id integer)",
				"INSERT INTO bemi.meta (component, version) VALUES ('store', 1)");
		assertThat(catchMessage(() -> run("drop-data.sql"))).contains("Run drop.sql first");
		run("drop.sql");
		assertThat(this.database.query("SELECT component FROM bemi.meta")).containsExactly("store");
		assertThat(this.database.query("SELECT count(*) FROM bemi.change")).containsExactly("0");
		run("drop-data.sql");
		assertThat(this.database.query("SELECT nspname FROM pg_namespace WHERE nspname = 'bemi'")).isEmpty();
	}

	@Test
	void mendsFlywaysHistoryWhateverItsName() throws IOException {
		this.database.execute(
				"CREATE TABLE \"Versions\" (installed_rank integer PRIMARY KEY, version text, description text,"
						+ " type text, script text, checksum integer, installed_by text, installed_on timestamp,"
						+ " execution_time integer, success boolean)",
				"INSERT INTO \"Versions\" (installed_rank, script) VALUES (1, 'V1__a.sql'),"
						+ " (2, 'io.bemi.autoconfigure.tracking.BemiTrackingMigration')");
		this.database.track();
		run("drop.sql");
		assertThat(this.database.query("SELECT script FROM \"Versions\"")).containsExactly("V1__a.sql");
	}

	@Test
	void scriptsByHandDoTheSame() throws IOException {
		this.database.execute(Files.readString(DOCS.resolve("install.sql")));
		assertThat(this.database.publishedTables()).containsExactly("public.Orders", "public.parts");
		this.database.execute("CREATE TABLE later (id integer PRIMARY KEY)");
		assertThat(this.database.publishedTables()).contains("public.later");
		TrackingReport report = this.database.track(TrackingSettings.everything("application"));
		assertThat(report.untracked()).isEmpty();
		this.database.execute(Files.readString(DOCS.resolve("drop.sql")));
		assertThat(this.database.query(LEFT)).isEmpty();
	}

	@Test
	void upgradeByHandDoesTheSame() throws IOException {
		String upgrade = Files.readString(DOCS.resolve("upgrade-2.sql"));
		FirstVersion.install(this.database);
		this.database.execute(upgrade, Files.readString(DOCS.resolve("upgrade-3.sql")),
				Files.readString(DOCS.resolve("upgrade-4.sql")), Files.readString(DOCS.resolve("upgrade-5.sql")));
		assertThat(this.database.query("SELECT version FROM bemi.meta")).containsExactly("5");
		assertThat(this.database.publishedTables()).containsExactly("public.Orders", "public.parts");
		assertThat(catchMessage(() -> this.database.execute(upgrade))).contains("another version than 1");
		this.database.execute(Files.readString(DOCS.resolve("drop.sql")));
		assertThat(this.database.query(LEFT)).isEmpty();
	}

	@Test
	void scriptsForAdministratorsAreTheOnesInTheJar() throws IOException {
		String steps = resource("V001__tracking.sql") + "\n" + resource("V002__sql_comments.sql") + "\n"
				+ resource("V003__shapes.sql") + "\n" + resource("V004__partition_identity.sql") + "\n"
				+ resource("V005__skip.sql");
		assertThat(Files.readString(DOCS.resolve("install.sql"))).contains(steps);
		assertThat(Files.readString(DOCS.resolve("upgrade-2.sql"))).contains(resource("V002__sql_comments.sql"));
		assertThat(Files.readString(DOCS.resolve("upgrade-3.sql"))).contains(resource("V003__shapes.sql"));
		assertThat(Files.readString(DOCS.resolve("upgrade-4.sql"))).contains(resource("V004__partition_identity.sql"));
		assertThat(Files.readString(DOCS.resolve("upgrade-5.sql"))).contains(resource("V005__skip.sql"));
		assertThat(Files.readString(DOCS.resolve("drop.sql"))).isEqualTo(resource("drop.sql"));
		assertThat(Files.readString(DOCS.resolve("drop-data.sql"))).isEqualTo(resource("drop-data.sql"));
	}

	@Test
	void scriptsAreAscii() throws IOException {
		// A database in another encoding than UTF-8 would refuse anything else.
		for (String name : List.of("V001__tracking.sql", "V002__sql_comments.sql", "V003__shapes.sql",
				"V004__partition_identity.sql", "V005__skip.sql", "drop.sql", "drop-data.sql")) {
			assertThat(StandardCharsets.US_ASCII.newEncoder().canEncode(resource(name))).as(name).isTrue();
		}
	}

	private void createSlot() {
		this.database.query("SELECT pg_create_logical_replication_slot('bemi_" + this.database.database().name()
				+ "', 'pgoutput')");
	}

	private void run(String script) throws IOException {
		this.database.execute(resource(script));
	}

	private static String resource(String name) throws IOException {
		try (InputStream content = Tracking.class.getResourceAsStream(name)) {
			return new String(Objects.requireNonNull(content).readAllBytes(), StandardCharsets.UTF_8);
		}
	}

	private static String catchMessage(ThrowingCallable call) {
		return String.valueOf(catchThrowable(call).getMessage());
	}

}
