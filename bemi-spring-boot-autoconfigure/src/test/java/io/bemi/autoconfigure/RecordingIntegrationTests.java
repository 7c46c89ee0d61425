package io.bemi.autoconfigure;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import io.bemi.autoconfigure.ingestion.BemiIngestion;
import io.bemi.change.Change;
import io.bemi.context.ContextProvider;
import io.bemi.ingestion.IngestionStatus.Phase;
import io.bemi.query.Changes;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application with the starter, real HTTP and a real server: every change is recorded
 * with its context, whoever makes it.
 */
@ParameterizedClass
@ValueSource(ints = { 14, 18 })
class RecordingIntegrationTests {

	private static final String APPLICATION_NAME = "recording-test";

	/** The last two are on the class path of Spring Boot 3.5's tests only. */
	private static final List<String> EXCLUDED = List.of(
			"org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration",
			"org.springframework.boot.autoconfigure.security.servlet.SecurityAutoConfiguration",
			"org.springframework.boot.actuate.autoconfigure.security.servlet.ManagementWebSecurityAutoConfiguration");

	private final TestDatabase database;

	RecordingIntegrationTests(int version) {
		this.database = PostgresServer.version(version).createDatabase();
		this.database.execute("CREATE TABLE item (id int PRIMARY KEY, name text)");
	}

	@AfterEach
	void dropDatabase() {
		this.database.close();
	}

	private ConfigurableApplicationContext start(String... properties) {
		return new SpringApplicationBuilder(Application.class)
			.properties("server.port=0", "spring.datasource.url=" + this.database.url(),
					"spring.datasource.username=" + this.database.server().username(),
					"spring.datasource.password=" + this.database.server().password(),
					"spring.application.name=" + APPLICATION_NAME, "spring.main.banner-mode=off",
					"spring.autoconfigure.exclude=" + String.join(",", EXCLUDED))
			.properties(properties)
			.run();
	}

	private static void post(ConfigurableApplicationContext context, String path) throws Exception {
		String port = context.getEnvironment().getProperty("local.server.port");
		HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
			.header("X-Request-Id", "request-" + path.hashCode())
			.POST(HttpRequest.BodyPublishers.noBody())
			.build();
		assertThat(HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).statusCode())
			.isEqualTo(200);
	}

	private static List<Change> awaitChanges(ConfigurableApplicationContext context, int count) {
		Changes changes = context.getBean(Changes.class);
		return Awaitility.await().until(() -> changes.query().list(), (found) -> found.size() == count);
	}

	@Test
	void requestsAreRecordedWithTheirContext() throws Exception {
		try (ConfigurableApplicationContext context = start()) {
			post(context, "/items/1");
			post(context, "/items/2/autocommit");
			List<Change> changes = awaitChanges(context, 2);
			assertThat(changes).extracting(Change::primaryKey).containsExactly("2", "1");
			assertThat(changes.get(1).metadata()).containsEntry("endpoint", "POST /items/{id}")
				.containsEntry("requestId", "request-" + "/items/1".hashCode())
				.containsEntry("tenant", "acme");
			assertThat(changes.get(0).metadata()).containsEntry("endpoint", "POST /items/{id}/autocommit")
				.containsEntry("tenant", "acme");
		}
	}

	@Test
	void otherWritersAreRecordedWithWhatTheDatabaseKnows() throws Exception {
		try (ConfigurableApplicationContext context = start();
				Connection psql = this.database.connect();
				Statement statement = psql.createStatement()) {
			statement.execute("SET application_name = 'psql'");
			statement.execute("INSERT INTO item VALUES (1, 'a')");
			statement.execute("SET bemi.context = '{\"ticket\": \"OPS-1\"}'");
			statement.execute("UPDATE item SET name = 'b'");
			statement.execute("SET bemi.context = 'not json'");
			statement.execute("DELETE FROM item");
			List<Change> changes = awaitChanges(context, 3);
			Map<String, String> database = Map.of("user", this.database.server().username(), "application", "psql",
					"address", "127.0.0.1");
			assertThat(changes.get(2).metadata()).isEqualTo(Map.of("_bemi", Map.of("db", database)));
			assertThat(changes.get(1).metadata()).isEqualTo(Map.of("ticket", "OPS-1", "_bemi", Map.of("db", database)));
			assertThat(changes.get(0).metadata()).isEqualTo(
					Map.of("_bemi", Map.of("db", database, "error", "The setting bemi.context was no JSON object")));
		}
	}

	@Test
	void tablesThatAreCreatedLaterAreRecordedWithoutARestart() throws Exception {
		String role = "role_" + UUID.randomUUID().toString().substring(0, 8);
		try (ConfigurableApplicationContext context = start()) {
			this.database.execute("CREATE TABLE later (id int PRIMARY KEY)", "INSERT INTO later VALUES (1)",
					"CREATE ROLE " + role + " LOGIN", "CREATE SCHEMA AUTHORIZATION " + role);
			try (Connection connection = DriverManager.getConnection(this.database.url(), role, "");
					Statement statement = connection.createStatement()) {
				statement.execute("CREATE TABLE " + role + ".own (id int PRIMARY KEY)");
				statement.execute("INSERT INTO " + role + ".own VALUES (2)");
			}
			List<Change> changes = awaitChanges(context, 2);
			assertThat(changes).extracting((change) -> change.schema() + "." + change.table())
				.containsExactly(role + ".own", "public.later");
			assertThat(changes.get(0).metadata().toString()).contains("user=" + role);
		}
		this.database.execute("DROP OWNED BY " + role, "DROP ROLE " + role);
	}

	@Test
	void anOlderJarLeavesANewerSchemaAlone() throws Exception {
		try (ConfigurableApplicationContext context = start()) {
			post(context, "/items/1");
			awaitChanges(context, 1);
		}
		// What a later version would do.
		this.database.execute("UPDATE bemi.meta SET version = version + 1",
				"ALTER TABLE bemi.change ADD COLUMN later text", "ALTER TABLE bemi.tracking ADD COLUMN later text");
		String schema = "SELECT string_agg(oid || ':' || xmin, ',' ORDER BY oid) FROM pg_class"
				+ " WHERE relnamespace = 'bemi'::regnamespace";
		List<String> before = this.database.query(schema);
		String versions = "SELECT component, version FROM bemi.meta ORDER BY 1";
		List<String> later = this.database.query(versions);
		try (ConfigurableApplicationContext context = start()) {
			post(context, "/items/2");
			awaitChanges(context, 2);
		}
		assertThat(this.database.query(schema)).isEqualTo(before);
		assertThat(this.database.query(versions)).hasSize(2).isEqualTo(later);
	}

	@Test
	void aTableThatCannotBePublishedIsNamedAndStaysWritable() throws Exception {
		this.database.execute("CREATE TABLE keyless (id int)");
		try (ConfigurableApplicationContext context = start()) {
			this.database.execute("INSERT INTO keyless VALUES (1)", "UPDATE keyless SET id = 2", "DELETE FROM keyless");
			assertThat(this.database.query("SELECT reason FROM bemi.untracked")).singleElement()
				.asString()
				.contains("keyless has no primary key");
			Awaitility.await()
				.until(() -> context.getBean(BemiIngestion.class).status().orElseThrow().phase() == Phase.STREAMING);
		}
	}

	@Test
	void aRoleThatMayNotCreateTheSchemaKeepsTheApplicationRunning() throws Exception {
		String role = "role_" + UUID.randomUUID().toString().substring(0, 8);
		this.database.execute("CREATE ROLE " + role + " LOGIN REPLICATION", "ALTER TABLE item OWNER TO " + role);
		try (ConfigurableApplicationContext context = start("spring.datasource.username=" + role)) {
			post(context, "/items/1");
			assertThat(this.database.query("SELECT id FROM item")).containsExactly("1");
			assertThat(context.getBean(BemiIngestion.class).status().orElseThrow().phase()).isEqualTo(Phase.FAILED);
		}
		this.database.execute("GRANT CREATE ON DATABASE " + this.database.name() + " TO " + role);
		try (ConfigurableApplicationContext context = start("spring.datasource.username=" + role)) {
			post(context, "/items/2");
			awaitChanges(context, 1);
			assertThat(this.database.query("SELECT primary_key FROM bemi.change WHERE operation = 'B'"))
				.containsExactly("1");
		}
		this.database.execute("DROP OWNED BY " + role + " CASCADE", "DROP ROLE " + role);
	}

	@Test
	void leavesAnotherApplicationAloneWhenDisabled() throws Exception {
		try (ConfigurableApplicationContext context = start("bemi.enabled=false")) {
			post(context, "/items/1");
			assertThat(context.getBeanNamesForType(Changes.class)).isEmpty();
			assertThat(this.database.query("SELECT count(*) FROM pg_namespace WHERE nspname = 'bemi'"))
				.containsExactly("0");
		}
	}

	/**
	 * The application.
	 */
	@SpringBootConfiguration
	@EnableAutoConfiguration
	@EnableTransactionManagement
	@Import(ItemController.class)
	static class Application {

		@Bean
		ContextProvider tenant() {
			return (request) -> Map.of("tenant", "acme");
		}

	}

	/**
	 * Writes in a transaction and without one.
	 */
	@RestController
	static class ItemController {

		private final JdbcTemplate jdbc;

		ItemController(JdbcTemplate jdbc) {
			this.jdbc = jdbc;
		}

		@PostMapping("/items/{id}")
		@Transactional
		public void insert(@PathVariable("id") int id) {
			this.jdbc.update("INSERT INTO item VALUES (?, 'x')", id);
		}

		@PostMapping("/items/{id}/autocommit")
		void insertInAutocommit(@PathVariable("id") int id) {
			this.jdbc.update("INSERT INTO item VALUES (?, 'x')", id);
		}

	}

}
