package io.bemi.dashboard;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

import static io.bemi.dashboard.Dashboard.asList;
import static io.bemi.dashboard.Dashboard.asObject;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The dashboard of an application that is not at the root of its server, at a path of its
 * own.
 */
class DashboardContextPathIntegrationTests {

	private static final String CONTEXT_PATH = "/shop/app";

	private static final String API = "/audit/history/api/v1";

	private static final Pattern FILE = Pattern.compile("(?:src|href)=\"([^\"]+)\"");

	private static final TestDatabase database = PostgresServer.shared().createDatabase();

	private static ConfigurableApplicationContext application;

	private static Dashboard auditor;

	@BeforeAll
	static void run() {
		database.execute("CREATE TABLE note (id int PRIMARY KEY, text text)");
		application = DashboardApplication.run(database, "bemi.dashboard.enabled=true",
				"bemi.dashboard.path=/audit/history", "server.servlet.context-path=" + CONTEXT_PATH);
		auditor = new Dashboard(DashboardApplication.port(application), CONTEXT_PATH, "auditor");
		database.execute("SET bemi.context = '{\"requestId\": \"r-1\"}'", "INSERT INTO note VALUES (1, 'first')");
		DashboardApplication.changes(application).awaitIngested();
	}

	@AfterAll
	static void close() {
		application.close();
		database.close();
	}

	@Test
	void thePageNamesItsFilesWhereTheyAre() {
		Dashboard outside = new Dashboard(DashboardApplication.port(application), "auditor");
		for (String path : List.of("/audit/history", "/audit/history/", "/audit/history/changes")) {
			String page = auditor.get(path).body();
			assertThat(page).contains("content=\"/shop/app/audit/history\"");
			List<String> files = files(page);
			assertThat(files).hasSizeGreaterThan(1).allSatisfy((file) -> {
				assertThat(file).startsWith("/shop/app/audit/history/assets/");
				assertThat(outside.status(file)).as(file).isEqualTo(200);
			});
		}
		assertThat(auditor.get("/audit/history/assets/bemi-history.js").body()).contains("bemi-history");
	}

	private static List<String> files(String page) {
		Matcher matcher = FILE.matcher(page);
		List<String> files = new ArrayList<>();
		while (matcher.find()) {
			files.add(matcher.group(1));
		}
		return files;
	}

	@Test
	void theApiIsBelowThePage() {
		assertThat(asObject(auditor.get(API + "/me"))).containsEntry("user", "auditor");
		assertThat(asList(asObject(auditor.get(API + "/changes?table=note")).get("changes"))).hasSize(1);
		assertThat(new Dashboard(DashboardApplication.port(application), CONTEXT_PATH, null).status(API + "/me"))
			.isEqualTo(401);
	}

	@Test
	void nothingIsWhereItWouldBeWithoutThem() {
		Dashboard outside = new Dashboard(DashboardApplication.port(application), "auditor");
		assertThat(outside.status("/bemi/api/v1/me")).isEqualTo(404);
		assertThat(outside.status(API + "/me")).isEqualTo(404);
		assertThat(auditor.status("/bemi")).isEqualTo(404);
		assertThat(auditor.status("/bemi/api/v1/me")).isEqualTo(404);
		assertThat(auditor.status("/audit/historyx/api/v1/me")).isEqualTo(404);
	}

	@Test
	void aRevertIsPlannedWithTheTokenThere() {
		String body = "{\"selection\": {\"request\": \"r-1\"}}";
		Map<String, Object> csrf = asObject(asObject(auditor.get(API + "/me")).get("csrf"));
		assertThat(auditor.send(post(body)).statusCode()).isEqualTo(403);
		HttpResponse<String> plan = auditor
			.send(post(body).header(String.valueOf(csrf.get("header")), String.valueOf(csrf.get("token"))));
		assertThat(plan.statusCode()).as(plan.body()).isEqualTo(200);
		assertThat(asList(asObject(plan).get("steps"))).singleElement()
			.satisfies((step) -> assertThat(step).containsEntry("action", "DELETE"));
	}

	private static java.net.http.HttpRequest.Builder post(String body) {
		return auditor.request(API + "/revert/plan")
			.header("Content-Type", "application/json")
			.POST(java.net.http.HttpRequest.BodyPublishers.ofString(body));
	}

}
