package io.bemi.dashboard;

import java.net.http.HttpRequest;

import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application that has the dashboard on its class path and has not asked for it.
 */
class DashboardOffIntegrationTests {

	private static final TestDatabase database = PostgresServer.shared().createDatabase();

	private static ConfigurableApplicationContext application;

	private static Dashboard auditor;

	@BeforeAll
	static void run() {
		application = DashboardApplication.run(database);
		auditor = new Dashboard(DashboardApplication.port(application), "auditor");
	}

	@AfterAll
	static void close() {
		application.close();
		database.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/bemi", "/bemi/", "/bemi/index.html", "/bemi/changes", "/bemi/assets/bemi-history.js",
			"/bemi/api/v1/me", "/bemi/api/v1/status", "/bemi/api/v1/tables", "/bemi/api/v1/changes",
			"/bemi/api/v1/changes/stream", "/bemi/api/v1/changes/1", "/bemi/api/v1/counts", "/bemi/api/v1/top",
			"/bemi/api/v1/export?format=csv", "/bemi/api/v1/records", "/bemi/api/v1/records/diff",
			"/bemi/api/v1/transactions/1", "/bemi/api/v1/openapi.json", "/bemi/api/v1/embed/history",
			"/io/bemi/dashboard/openapi.json", "/io/bemi/dashboard/page/index.html", "/page/index.html", "/index.html",
			"/assets/bemi-history.js", "/dashboard/page/index.html", "/io/bemi/dashboard/http/DashboardFilter.class" })
	void nothingIsThere(String path) {
		assertThat(auditor.status(path)).isEqualTo(404);
	}

	@Test
	void nothingTakesARevert() {
		HttpRequest.Builder request = auditor.post("/revert", "{}");
		assertThat(auditor.send(request).statusCode()).as("without a token Spring Security refuses any POST")
			.isIn(403, 404);
		assertThat(application.getBeanNamesForType(io.bemi.dashboard.http.DashboardFilter.class)).isEmpty();
		assertThat(application.containsBean("bemiDashboard")).isFalse();
	}

}
