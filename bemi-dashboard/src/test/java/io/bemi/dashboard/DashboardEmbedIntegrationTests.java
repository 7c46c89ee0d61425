package io.bemi.dashboard;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static io.bemi.dashboard.Dashboard.API;
import static io.bemi.dashboard.Dashboard.asList;
import static io.bemi.dashboard.Dashboard.asObject;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Histories of records in an application's own pages, for its customers.
 */
class DashboardEmbedIntegrationTests {

	private static final String NOTE = "/embed/history?schema=public&table=note&record=";

	private static final TestDatabase database = PostgresServer.shared().createDatabase();

	private static ConfigurableApplicationContext application;

	@BeforeAll
	static void run() {
		database.execute("CREATE TABLE note (id int PRIMARY KEY, text text, secret text)",
				"CREATE TABLE draft (id int PRIMARY KEY)");
		application = DashboardApplication.run(
				DashboardApplication.builder(database, DashboardApplication.class, Owners.class),
				"bemi.dashboard.enabled=true");
		database.execute("SET bemi.context = '{\"user\": \"ann\", \"tenant\": \"a\"}'",
				"INSERT INTO note VALUES (1, 'one', 's3cret'), (2, 'two', 's3cret'), (3, 'all', 's3cret'), (9, 'locked', '')",
				"UPDATE note SET text = 'uno' WHERE id = 1", "INSERT INTO draft VALUES (1)");
		DashboardApplication.changes(application).awaitIngested();
	}

	@AfterAll
	static void close() {
		application.close();
		database.close();
	}

	private static Dashboard user(String name) {
		return new Dashboard(DashboardApplication.port(application), name.equals("nobody") ? null : name);
	}

	/**
	 * Of the users, only the auditor has roles.
	 */
	@ParameterizedTest
	@CsvSource({ "writer, 1, 200", "writer, 2, 403", "writer, 3, 200", "writer, 9, 403", "nobody, 1, 401",
			"nobody, 2, 401", "nobody, 3, 200", "auditor, 1, 403", "auditor, 3, 200", "masked, 1, 200" })
	void theApplicationDecidesOfEachRecord(String name, String record, int status) {
		HttpResponse<String> response = user(name).get(API + NOTE + record);
		assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
		if (status != 200) {
			assertThat(response.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
			assertThat(response.body()).doesNotContain("changes").contains("\"detail\"");
		}
	}

	@Test
	void showsTheHistoryOfTheRecordAndNothingElse() {
		List<Map<String, Object>> changes = asList(user("writer").object(NOTE + "1").get("changes"));
		assertThat(changes).extracting((change) -> change.get("operation")).containsExactly("UPDATE", "CREATE");
		assertThat(changes.get(0)).containsOnlyKeys("committedAt", "operation", "user", "diff", "masked")
			.containsEntry("user", "ann")
			.containsEntry("diff", Map.of("text", Map.of("old", "one", "new", "uno")));
		assertThat(user("writer").get(API + NOTE + "1").body()).contains("s3cret");
		assertThat(user("masked").get(API + NOTE + "1").body()).doesNotContain("s3cret")
			.contains("\"masked\": [\"secret\"]");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/me", "/changes", "/changes?table=note&record=1", "/tables",
			"/records?schema=public&table=note&record=1", "/export?format=csv" })
	void nothingElseIsOpenedByIt(String path) {
		assertThat(user("nobody").status(API + path)).isEqualTo(401);
		assertThat(user("writer").status(API + path)).isEqualTo(403);
		assertThat(user("auditor").status(API + path)).isEqualTo(200);
	}

	@Test
	void theScriptIsForEverybodyAndNoOtherFile() {
		HttpResponse<String> script = user("nobody").get("/bemi/assets/bemi-history.js");
		assertThat(script.statusCode()).isEqualTo(200);
		assertThat(script.headers().firstValue("Content-Type").orElse("")).startsWith("text/javascript");
		assertThat(script.body()).contains("bemi-history");
		assertThat(user("nobody").status("/bemi/assets/bemi.svg")).isEqualTo(401);
		assertThat(user("writer").status("/bemi/assets/bemi.svg")).isEqualTo(403);
		assertThat(user("writer").status("/bemi")).isEqualTo(403);
	}

	@Test
	void anotherTableOrSchemaIsAnotherRecord() {
		assertThat(user("writer").status(API + NOTE.replace("note", "draft") + "1")).isEqualTo(403);
		assertThat(user("writer").status(API + NOTE.replace("public", "other") + "1")).isEqualTo(403);
		assertThat(user("writer").status(API + NOTE + "1&table=draft")).isEqualTo(400);
		assertThat(user("writer").status(API + NOTE + "1&record=2")).isEqualTo(400);
	}

	/**
	 * Two that must agree.
	 */
	@Configuration(proxyBeanMethods = false)
	static class Owners {

		@Bean
		DashboardAuthorizer owners() {
			return (schema, table, record, user) -> schema.equals("public") && table.equals("note")
					&& (record.equals("3")
							|| (record.equals("1") && Set.of("writer", "masked").contains(String.valueOf(user.name())))
							|| record.equals("9"));
		}

		@Bean
		DashboardAuthorizer locks() {
			return (schema, table, record, user) -> !record.equals("9");
		}

	}

}
