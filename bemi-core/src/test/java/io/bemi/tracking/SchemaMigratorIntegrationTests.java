package io.bemi.tracking;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link SchemaMigrator}.
 */
class SchemaMigratorIntegrationTests {

	// Mixed case, a quote and a letter outside ASCII.
	private static final String SCHEMA = "Bemi \"ß\"";

	private static final String QUOTED = "\"Bemi \"\"ß\"\"\"";

	private final SchemaMigrator older = migrator("V001__first.sql");

	private final SchemaMigrator newer = migrator("V001__first.sql", "V002__second.sql");

	private TestDatabase database;

	@BeforeEach
	void createDatabase() {
		this.database = PostgresServer.shared().createDatabase();
	}

	@AfterEach
	void dropDatabase() {
		this.database.close();
	}

	@Test
	void createsSchemaAndAppliesSteps() throws SQLException {
		try (Connection connection = this.database.connect()) {
			assertThat(this.newer.currentVersion(connection)).isZero();
			assertThat(this.newer.migrate(connection)).isEqualTo(2);
			assertThat(connection.getAutoCommit()).isTrue();
		}
		assertThat(this.database.query("SELECT id, note, second FROM " + QUOTED + ".first"))
			.containsExactly("42|a;b {fn now()} ?|null");
		assertThat(this.database.query("SELECT component, version FROM " + QUOTED + ".meta"))
			.containsExactly("example|2");
	}

	@Test
	void appliesOnlyWhatIsMissing() throws SQLException {
		try (Connection connection = this.database.connect()) {
			assertThat(this.older.migrate(connection)).isEqualTo(1);
			assertThat(this.newer.migrate(connection)).isEqualTo(2);
		}
	}

	@Test
	void leavesNewerSchemaAlone() throws SQLException {
		try (Connection connection = this.database.connect()) {
			this.newer.migrate(connection);
			assertThat(this.older.migrate(connection)).isEqualTo(2);
			assertThat(this.newer.migrate(connection)).isEqualTo(2);
		}
	}

	@Test
	void secondStartRunsNoDdl() throws SQLException {
		try (Connection connection = this.database.connect()) {
			this.newer.migrate(connection);
			this.database.execute("CREATE TABLE public.ddl (tag text)", """
					CREATE FUNCTION public.log_ddl() RETURNS event_trigger LANGUAGE plpgsql AS $$
					BEGIN INSERT INTO public.ddl VALUES (tg_tag); END $$""",
					"CREATE EVENT TRIGGER log_ddl ON ddl_command_start EXECUTE FUNCTION public.log_ddl()");
			this.newer.migrate(connection);
			this.older.migrate(connection);
		}
		assertThat(this.database.query("SELECT tag FROM public.ddl")).isEmpty();
	}

	@Test
	void failedStepLeavesNothingBehind() throws SQLException {
		SchemaMigrator broken = migrator("V001__first.sql", "V002__second.sql", "V003__broken.sql");
		try (Connection connection = this.database.connect()) {
			assertThatExceptionOfType(SQLException.class).isThrownBy(() -> broken.migrate(connection))
				.withMessageContaining("division by zero");
			assertThat(connection.getAutoCommit()).isTrue();
			assertThat(broken.currentVersion(connection)).isZero();
		}
	}

	@Test
	void severalInstancesAtOnceApplyEachStepOnce() {
		ExecutorService executor = Executors.newFixedThreadPool(4);
		try {
			List<CompletableFuture<Integer>> versions = IntStream.range(0, 4)
				.mapToObj((instance) -> CompletableFuture.supplyAsync(this::migrateOnce, executor))
				.toList();
			assertThat(versions).extracting(CompletableFuture::join).containsOnly(2);
		}
		finally {
			executor.shutdown();
		}
	}

	private int migrateOnce() {
		try (Connection connection = this.database.connect()) {
			return this.newer.migrate(connection);
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void componentsHaveVersionsOfTheirOwn() throws SQLException {
		SchemaMigrator other = new SchemaMigrator("other", SCHEMA, List.of("V001__other.sql"), getClass());
		try (Connection connection = this.database.connect()) {
			this.newer.migrate(connection);
			assertThat(other.migrate(connection)).isEqualTo(1);
			assertThat(this.newer.currentVersion(connection)).isEqualTo(2);
		}
	}

	@Test
	void saysWhatToGrantWhenSchemaMayNotBeCreated() throws SQLException {
		try (Limited role = new Limited(this.database); Connection connection = role.connect()) {
			assertThatExceptionOfType(SchemaMigrationException.class).isThrownBy(() -> this.newer.migrate(connection))
				.withMessageContaining("GRANT CREATE ON DATABASE \"" + this.database.name() + "\" TO \"" + role.name());
			this.database.execute("GRANT CREATE ON DATABASE " + this.database.name() + " TO \"" + role.name() + "\"");
			assertThat(this.newer.migrate(connection)).isEqualTo(2);
		}
	}

	@Test
	void createsNothingWhenSchemaWasMadeByAdministrator() throws SQLException {
		try (Limited role = new Limited(this.database); Connection connection = role.connect()) {
			this.database.execute("CREATE SCHEMA " + QUOTED + " AUTHORIZATION \"" + role.name() + "\"");
			assertThat(this.newer.migrate(connection)).isEqualTo(2);
		}
	}

	@Test
	void saysWhatToGrantWhenSchemaBelongsToSomebodyElse() throws SQLException {
		try (Limited role = new Limited(this.database); Connection connection = role.connect()) {
			migrateOnce();
			assertThatExceptionOfType(SchemaMigrationException.class).isThrownBy(() -> this.newer.migrate(connection))
				.withMessageContaining("GRANT USAGE, CREATE ON SCHEMA " + QUOTED);
		}
	}

	@Test
	void gapInNumbersIsRefused() {
		assertThatExceptionOfType(IllegalArgumentException.class)
			.isThrownBy(() -> migrator("V001__first.sql", "V003__broken.sql"))
			.withMessageContaining("without a gap");
	}

	private static SchemaMigrator migrator(String... resources) {
		return new SchemaMigrator("example", SCHEMA, List.of(resources), SchemaMigratorIntegrationTests.class);
	}

	/**
	 * A role that may connect and nothing else.
	 */
	private record Limited(TestDatabase database, String name) implements AutoCloseable {

		Limited(TestDatabase database) {
			this(database, "Limited " + database.name());
			database.execute("CREATE ROLE \"" + this.name + "\" LOGIN PASSWORD 'limited'");
		}

		Connection connect() throws SQLException {
			return DriverManager.getConnection(this.database.url(), this.name, "limited");
		}

		@Override
		public void close() throws SQLException {
			try (Connection connection = this.database.connect(); Statement statement = connection.createStatement()) {
				statement.execute("DROP OWNED BY \"" + this.name + "\" CASCADE");
				statement.execute("DROP ROLE \"" + this.name + "\"");
			}
		}

	}

}
