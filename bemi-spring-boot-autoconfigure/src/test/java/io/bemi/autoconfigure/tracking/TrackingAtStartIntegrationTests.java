package io.bemi.autoconfigure.tracking;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;

import javax.sql.DataSource;

import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import io.bemi.tracking.Tracking;
import io.bemi.tracking.TrackingReport;
import io.bemi.tracking.TrackingSettings;
import org.awaitility.Awaitility;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceInitializationAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tracking set up by an application: with its own Flyway, and without.
 */
@ExtendWith(OutputCaptureExtension.class)
@ParameterizedClass
@ValueSource(ints = { 14, 18 })
class TrackingAtStartIntegrationTests {

	private static final String HISTORY = "SELECT version, description, type, success FROM flyway_schema_history"
			+ " ORDER BY installed_rank";

	@TempDir
	private Path migrations;

	private final TestDatabase database;

	TrackingAtStartIntegrationTests(int version) {
		this.database = PostgresServer.version(version).createDatabase();
	}

	@AfterEach
	void dropDatabase() {
		this.database.close();
	}

	@Test
	void migrationStandsInTheHistoryOfTheApplicationsFlyway() throws IOException {
		migration("V1__orders.sql", "CREATE TABLE orders (id integer PRIMARY KEY);");
		withFlyway().run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(this.database.query(HISTORY)).containsExactly("1|orders|SQL|t", "null|Bemi tracking|SCHEMA|t");
			assertThat(tracked()).containsExactly("orders");
		});
	}

	@Test
	void historyOfAnotherNameIsNotTracked() throws IOException {
		migration("V1__orders.sql", "CREATE TABLE orders (id integer PRIMARY KEY);");
		withFlyway().withPropertyValues("spring.flyway.table=versions").run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(this.database.query("SELECT script FROM versions")).hasSize(2);
			assertThat(tracked()).containsExactly("orders");
		});
	}

	@Test
	void commentsCountWhereThePropertySaysSo() throws IOException {
		migration("V1__orders.sql", "CREATE TABLE orders (id integer PRIMARY KEY);");
		withFlyway().withPropertyValues("bemi.tracking.sql-comments=true")
			.run((context) -> assertThat(
					this.database.query("SELECT tgrelid::regclass FROM pg_trigger WHERE tgnargs > 0"))
				.containsExactly("orders"));
		withFlyway().run((context) -> assertThat(
				this.database.query("SELECT tgrelid::regclass FROM pg_trigger WHERE tgnargs > 0"))
			.isEmpty());
	}

	@Test
	void laterMigrationsAreTrackedAndTheHistoryStays() throws IOException {
		migration("V1__orders.sql", "CREATE TABLE orders (id integer PRIMARY KEY);");
		withFlyway().run((context) -> assertThat(context).hasNotFailed());
		this.database.execute("DROP EVENT TRIGGER bemi_tracking");
		migration("V2__lines.sql", "CREATE TABLE lines (id integer PRIMARY KEY);");
		withFlyway().run((context) -> assertThat(context).hasNotFailed());
		withFlyway().run((context) -> assertThat(context).hasNotFailed());
		assertThat(this.database.query(HISTORY)).containsExactly("1|orders|SQL|t", "null|Bemi tracking|SCHEMA|t",
				"2|lines|SQL|t");
		assertThat(tracked()).containsExactly("lines", "orders");
	}

	@Test
	void instancesWithoutTheStarterMigrateBeforeAndAfter() throws IOException {
		migration("V1__orders.sql", "CREATE TABLE orders (id integer PRIMARY KEY);");
		migration("R__view.sql", "CREATE OR REPLACE VIEW v AS SELECT * FROM orders;");
		plainFlyway().migrate();
		withFlyway().run((context) -> assertThat(context).hasNotFailed());
		plainFlyway().validate();
		migration("V2__lines.sql", "CREATE TABLE lines (id integer PRIMARY KEY);");
		plainFlyway().migrate();
		withFlyway().run((context) -> assertThat(context).hasNotFailed());
		assertThat(tracked()).containsExactly("lines", "orders");
	}

	@Test
	void oneTransactionForAllMigrationsIsNoHindrance() throws IOException {
		migration("V1__orders.sql", "CREATE TABLE orders (id integer PRIMARY KEY);");
		migration("V2__lines.sql", "CREATE TABLE lines (id integer PRIMARY KEY);");
		withFlyway().withPropertyValues("spring.flyway.group=true")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(tracked()).containsExactly("lines", "orders");
	}

	@Test
	void baselineIsNoHindrance() throws IOException {
		this.database.execute("CREATE TABLE old (id integer PRIMARY KEY)");
		migration("V1__never.sql", "CREATE TABLE old (id integer PRIMARY KEY);");
		migration("V2__lines.sql", "CREATE TABLE lines (id integer PRIMARY KEY);");
		withFlyway().withPropertyValues("spring.flyway.baseline-on-migrate=true")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(tracked()).containsExactly("lines", "old");
	}

	@Test
	void migrateSucceedsWhereTheRoleMayNotSetTrackingUp(CapturedOutput output) throws Exception {
		String role = "app_" + this.database.name();
		this.database.execute("CREATE ROLE " + role + " LOGIN PASSWORD 'secret'",
				"CREATE SCHEMA app AUTHORIZATION " + role);
		migration("V1__orders.sql", "CREATE TABLE app.orders (id integer PRIMARY KEY);");
		PGSimpleDataSource limited = new PGSimpleDataSource();
		limited.setUrl(this.database.url());
		limited.setUser(role);
		limited.setPassword("secret");
		try {
			runner(limited).withConfiguration(AutoConfigurations.of(FlywayAutoConfiguration.class))
				.withPropertyValues("spring.flyway.schemas=app",
						"spring.flyway.locations=filesystem:" + this.migrations)
				.run((context) -> {
					assertThat(context).hasNotFailed();
					assertThat(this.database.query("SELECT to_regclass('app.orders')")).containsExactly("app.orders");
					assertThat(output).containsOnlyOnce("GRANT CREATE ON DATABASE");
				});
		}
		finally {
			this.database.execute("DROP OWNED BY " + role + " CASCADE", "DROP ROLE " + role);
		}
	}

	@Test
	void withoutFlywayTablesOfInitScriptsAreTracked() throws IOException {
		Path script = Files.writeString(this.migrations.resolve("schema.sql"),
				"CREATE TABLE notes (id integer PRIMARY KEY);");
		runner(this.database.dataSource())
			.withConfiguration(AutoConfigurations.of(DataSourceInitializationAutoConfiguration.class))
			.withPropertyValues("spring.sql.init.mode=always", "spring.sql.init.schema-locations=file:" + script)
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(tracked()).containsExactly("notes");
				assertThat(context.getBean(BemiTrackingInstaller.class).report()).map(TrackingReport::tracked)
					.hasValueSatisfying((tables) -> assertThat(tables).containsExactly("public.notes"));
			});
	}

	@Test
	void eachTableThatIsLeftOutIsNamedOnce(CapturedOutput output) {
		this.database.execute("CREATE TABLE keyless (id integer)");
		runner(this.database.dataSource()).run((context) -> {
			assertThat(context).hasNotFailed();
			context.getBean(BemiTrackingInstaller.class).start();
			assertThat(output).containsOnlyOnce("Changes of table public.keyless are not tracked");
		});
	}

	@Test
	void manualModeOnlyLooks(CapturedOutput output) throws IOException {
		this.database.execute("CREATE TABLE orders (id integer PRIMARY KEY)");
		ApplicationContextRunner manual = runner(this.database.dataSource())
			.withPropertyValues("bemi.tracking.mode=manual");
		manual.run((context) -> {
			assertThat(output).contains("docs/sql/install.sql");
			assertThat(this.database.query("SELECT nspname FROM pg_namespace WHERE nspname = 'bemi'")).isEmpty();
		});
		this.database.execute(Files.readString(Path.of("../docs/sql/install.sql")));
		manual.run((context) -> assertThat(context.getBean(BemiTrackingInstaller.class).report())
			.map(TrackingReport::tracked)
			.hasValueSatisfying((tables) -> assertThat(tables).containsExactly("public.orders")));
	}

	@Test
	void triesAgainUntilItWorks() throws SQLException {
		this.database.execute("CREATE TABLE busy (id integer PRIMARY KEY)", "CREATE PUBLICATION bemi FOR ALL TABLES");
		StaticListableBeanFactory beans = new StaticListableBeanFactory();
		beans.addBean("dataSource", this.database.dataSource());
		BemiTrackingInstaller installer = new BemiTrackingInstaller(new Tracking(TrackingSettings.everything("app")),
				BemiTrackingProperties.Mode.AUTO, beans.getBeanProvider(DataSource.class), Duration.ofMillis(100));
		installer.start();
		try (Connection connection = this.database.connect(); Statement statement = connection.createStatement()) {
			assertThat(installer.report()).isEmpty();
			statement.execute("DROP PUBLICATION bemi");
			Awaitility.await()
				.atMost(Duration.ofSeconds(20))
				.untilAsserted(() -> assertThat(tracked()).containsExactly("busy"));
		}
		finally {
			installer.stop();
		}
	}

	private ApplicationContextRunner withFlyway() {
		return runner(this.database.dataSource())
			.withConfiguration(AutoConfigurations.of(FlywayAutoConfiguration.class))
			.withPropertyValues("spring.flyway.locations=filesystem:" + this.migrations);
	}

	private static ApplicationContextRunner runner(DataSource dataSource) {
		return new ApplicationContextRunner().withBean(DataSource.class, () -> dataSource)
			.withConfiguration(AutoConfigurations.of(BemiTrackingAutoConfiguration.class));
	}

	private Flyway plainFlyway() {
		return Flyway.configure()
			.dataSource(this.database.dataSource())
			.locations("filesystem:" + this.migrations)
			.load();
	}

	private void migration(String name, String sql) throws IOException {
		Files.writeString(this.migrations.resolve(name), sql);
	}

	private List<String> tracked() {
		return this.database.query("SELECT tablename FROM pg_publication_tables p WHERE pubname = 'bemi' AND EXISTS"
				+ " (SELECT FROM pg_trigger g WHERE g.tgname = '_bemi_session'"
				+ " AND g.tgrelid = format('%I.%I', p.schemaname, p.tablename)::regclass) ORDER BY 1");
	}

}
