package io.bemi.dashboard;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.io.DefaultResourceLoader;

import static io.bemi.dashboard.Dashboard.API;
import static io.bemi.dashboard.Dashboard.asList;
import static io.bemi.dashboard.Dashboard.asObject;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The dashboard of an application without Spring Security, and so without its firewall
 * and its tokens.
 */
class DashboardOpenIntegrationTests {

	private static final TestDatabase database = PostgresServer.shared().createDatabase();

	private static ConfigurableApplicationContext application;

	private static Dashboard anybody;

	@BeforeAll
	static void run() {
		database.execute("CREATE TABLE note (id int PRIMARY KEY, text text)");
		application = DashboardApplication.run(
				DashboardApplication.builder(database, Application.class)
					.resourceLoader(new DefaultResourceLoader(new FilteredClassLoader("org.springframework.security"))),
				"bemi.dashboard.enabled=true", "bemi.dashboard.access=open");
		anybody = new Dashboard(DashboardApplication.port(application), null);
		database.execute("SET bemi.context = '{\"requestId\": \"r-1\"}'", "INSERT INTO note VALUES (1, 'first')");
		DashboardApplication.changes(application).awaitIngested();
	}

	@AfterAll
	static void close() {
		application.close();
		database.close();
	}

	@Test
	void everybodyReadsAndReverts() {
		assertThat(anybody.object("/me")).containsEntry("user", null)
			.containsEntry("canRevert", true)
			.containsEntry("csrf", null);
		assertThat(anybody.changes("table=note")).hasSize(1);
		HttpResponse<String> plan = anybody
			.send(anybody.post("/revert/plan", "{\"selection\": {\"request\": \"r-1\"}}"));
		assertThat(asList(asObject(plan).get("steps"))).hasSize(1);
	}

	@Test
	void anotherSiteSendsNothing() {
		for (String[] header : new String[][] { { "Origin", "https://evil.example.org" }, { "Origin", "null" },
				{ "Origin", "http://localhost:1" }, { "Sec-Fetch-Site", "cross-site" },
				{ "Sec-Fetch-Site", "same-site" }, { "Sec-Fetch-Site", "none" } }) {
			HttpRequest.Builder request = anybody
				.post("/revert", "{\"selection\": {\"request\": \"r-1\"}, \"reason\": \"x\"}")
				.header(header[0], header[1]);
			HttpResponse<String> refused = anybody.send(request);
			assertThat(refused.statusCode()).as(String.join(": ", header)).isEqualTo(403);
			assertThat(refused.body()).contains("Another site has sent this request");
		}
		HttpResponse<String> preflight = anybody.send(anybody.request(API + "/revert")
			.method("OPTIONS", HttpRequest.BodyPublishers.noBody())
			.header("Origin", "https://evil.example.org")
			.header("Access-Control-Request-Method", "POST")
			.header("Access-Control-Request-Headers", "content-type"));
		assertThat(preflight.statusCode()).isEqualTo(405);
		assertThat(preflight.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
		assertThat(anybody
			.send(anybody.request(API + "/revert")
				.header("Content-Type", "application/x-www-form-urlencoded")
				.POST(HttpRequest.BodyPublishers.ofString("selection=1")))
			.statusCode()).isEqualTo(415);
		assertThat(database.query("SELECT count(*) FROM note")).as("nothing was reverted").containsExactly("1");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/bemi/assets/..%2f..%2fopenapi.json", "/bemi/assets/%2e%2e/%2e%2e/openapi.json",
			"/bemi/assets/../../openapi.json", "/bemi/assets/..\\..\\openapi.json", "/bemi/assets/%5c..%5copenapi.json",
			"/bemi/assets/..;/openapi.json", "/bemi/assets/..;x=1/..;/openapi.json", "/bemi/%2e%2e;/openapi.json",
			"/bemi/openapi.json", "/bemi//openapi.json", "/bemi/assets/.bemi.svg", "/bemi/assets/%2e/..%2fbemi.svg",
			"/bemi/assets/%252e%252e/openapi.json", "/bemi/assets%2fbemi.svg", "/bemi/assets/bemi.svg%00",
			"/bemi/assets/bemi.svg%00.js", "/bemi/api%2fv1/changes", "/bemi/api/v1/changes/",
			"/bemi/api/v1/changes/..%2fstatus", "/bemi/api/v1/changes%2f1", "/bemi/api/v2/changes",
			"/bemi/%2fapi/v1/changes", "/BEMI/api/v1/changes", "/io/bemi/dashboard/openapi.json",
			"/bemi/META-INF/MANIFEST.MF", "/bemi/package-info.class" })
	void noPathLeadsAround(String path) throws Exception {
		String answer = Dashboard.raw(DashboardApplication.port(application), path);
		String body = answer.split("\r\n\r\n", 2)[1];
		assertThat(answer).doesNotContain("primaryKey").doesNotContain("openapi\"").doesNotContain("<svg");
		assertThat(body).isNotBlank().doesNotContain("\tat ").doesNotContain("Manifest-Version");
		if (answer.startsWith("HTTP/1.1 200 ")) {
			assertThat(body).as("the page itself, for its own address").contains("<meta name=\"bemi-base\"");
		}
		else {
			assertThat(answer.split(" ", 3)[1]).as(path).isIn("400", "404");
		}
	}

	/**
	 * The server has made one path of them, before anybody is asked for anything.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "/bemi;x=1/api/v1/changes", "/bemi/api/v1/changes;x=1", "/bemi/./api/v1/changes",
			"/bemi/x/../api/v1/changes", "//bemi/api/v1/changes", "/bemi/api//v1/changes", "/bemi/%61pi/v1/changes" })
	void otherWaysToWriteAPathAreThePath(String path) throws Exception {
		String answer = Dashboard.raw(DashboardApplication.port(application), path);
		assertThat(answer).startsWith("HTTP/1.1 200 ").contains("\"primaryKey\"");
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
