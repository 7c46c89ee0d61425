package io.bemi.dashboard;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import io.bemi.dashboard.DashboardApplication.Seen;
import io.bemi.query.Json;
import io.bemi.testsupport.PostgresServer;
import io.bemi.testsupport.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.ConfigurableApplicationContext;

import static io.bemi.dashboard.Dashboard.API;
import static io.bemi.dashboard.Dashboard.asList;
import static io.bemi.dashboard.Dashboard.asObject;
import static io.bemi.dashboard.Dashboard.encoded;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The dashboard by HTTP, over what an application has really recorded.
 */
class DashboardIntegrationTests {

	private static final String RANGE = "since=2020-01-01T00:00:00Z&until=2100-01-01T00:00:00Z";

	private static final String PAYLOAD = "<script>alert(1)</script>\"'&\u2028";

	private static final List<String> EVIL = List.of("'; DROP TABLE note; --", "\" OR \"1\"=\"1", "') OR 1=1 --",
			"\\'; VALUES (1)", "$1", "?", "x\" flag \"i\") || (@ == \"", "\u0000", "{\"a'); DROP TABLE note; --\": 1}",
			"%27 OR 1=1", "note\" --");

	private static final TestDatabase database = PostgresServer.shared().createDatabase();

	private static ConfigurableApplicationContext application;

	private static Dashboard anonymous;

	private static Dashboard writer;

	private static Dashboard auditor;

	private static Dashboard masked;

	private static Dashboard tenant;

	@BeforeAll
	static void run() {
		database.execute("CREATE TABLE note (id int PRIMARY KEY, text text, secret text)",
				"CREATE TABLE draft (id int PRIMARY KEY, text text, secret text)",
				"CREATE TABLE person (ssn text PRIMARY KEY, name text)",
				"CREATE TABLE \"Odd \"\"<b>\" (a int, b text, PRIMARY KEY (a, b))",
				"INSERT INTO note VALUES (100, 'there before', 'old')");
		application = DashboardApplication.run(database, "bemi.dashboard.enabled=true",
				"bemi.dashboard.trace-url=https://traces.example.org/{traceId}");
		int port = DashboardApplication.port(application);
		anonymous = new Dashboard(port, null);
		writer = new Dashboard(port, "writer");
		auditor = new Dashboard(port, "auditor");
		masked = new Dashboard(port, "masked");
		tenant = new Dashboard(port, "tenant");
		// What was before all rows are copied is not known.
		ingested();
		Awaitility.await()
			.untilAsserted(
					() -> assertThat(database.query("SELECT bool_and(completed_at IS NOT NULL) FROM bemi.baseline"))
						.containsExactly("t"));
		by("{\"user\": \"ann\", \"tenant\": \"a\", \"requestId\": \"r-1\", \"n\": 5, \"a.b\": {\"c\": \"x\"}}",
				"INSERT INTO note VALUES (1, 'first', 's3cret'), (2, 'second', 'k')",
				"UPDATE note SET text = 'changed' WHERE id = 1");
		by("{\"user\": \"bob\", \"tenant\": \"b\", \"requestId\": \"r-2\"}",
				"UPDATE note SET secret = 'n3w' WHERE id = 2", "DELETE FROM note WHERE id = 1",
				"INSERT INTO person VALUES ('123-45', 'Carl')");
		by("{\"user\": " + quoted(PAYLOAD) + ", " + quoted("<i>" + PAYLOAD) + ": 1}",
				"INSERT INTO \"Odd \"\"<b>\" VALUES (1, '" + PAYLOAD.replace("'", "''") + "')");
		ingested();
	}

	private static String quoted(String text) {
		StringBuilder json = new StringBuilder();
		Json.append(json, text);
		return json.toString();
	}

	private static void by(String context, String... statements) {
		List<String> all = new ArrayList<>();
		all.add("SET bemi.context = '" + context.replace("'", "''") + "'");
		all.addAll(List.of(statements));
		database.execute(all.toArray(String[]::new));
	}

	private static void ingested() {
		DashboardApplication.changes(application).awaitIngested();
	}

	@AfterAll
	static void close() {
		application.close();
		database.close();
	}

	// Access

	@ParameterizedTest
	@ValueSource(strings = { "/me", "/status", "/tables", "/changes", "/changes/stream", "/changes/1",
			"/counts?" + RANGE, "/top?by=table&" + RANGE, "/export?format=csv",
			"/records?schema=public&table=note&record=2",
			"/records/diff?schema=public&table=note&record=2&from=2020-01-01T00:00:00Z&to=2020-01-01T00:00:00Z",
			"/transactions/1", "/openapi.json", "/embed/history?schema=public&table=note&record=2", "/nothing", "" })
	void onlyWhoHasTheRoleReads(String path) {
		assertThat(anonymous.status(API + path)).isEqualTo(401);
		assertThat(writer.status(API + path)).isEqualTo(403);
		assertThat(new Dashboard(DashboardApplication.port(application), "reverter").status(API + path)).isEqualTo(403);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/me", "/status", "/tables", "/changes", "/counts?" + RANGE, "/top?by=table&" + RANGE,
			"/export?format=csv", "/records?schema=public&table=note&record=2", "/openapi.json",
			"/embed/history?schema=public&table=note&record=2" })
	void whoHasTheRoleReads(String path) {
		HttpResponse<String> response = auditor.get(API + path);
		assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
		assertThat(response.headers().firstValue("Cache-Control")).hasValue("no-store");
		assertThat(response.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
		assertThat(response.headers().firstValue("Referrer-Policy")).hasValue("no-referrer");
		assertThat(response.headers().firstValue("Content-Security-Policy"))
			.hasValue("default-src 'none'; frame-ancestors 'none'");
	}

	@Test
	void thePageAsksToLogIn() {
		HttpResponse<String> response = anonymous.get("/bemi");
		assertThat(response.statusCode()).isEqualTo(401);
		assertThat(response.headers().firstValue("WWW-Authenticate").orElse("")).startsWith("Basic");
		assertThat(writer.status("/bemi")).isEqualTo(403);
		assertThat(writer.status("/bemi/assets/any.js")).isEqualTo(403);
		assertThat(anonymous.status("/bemi/assets/any.js")).isEqualTo(401);
		assertThat(auditor.status("/bemi/assets/any.js")).isEqualTo(404);
	}

	@Test
	void theApiSaysWhoAsks() {
		Map<String, Object> me = auditor.object("/me");
		assertThat(me).containsEntry("user", "auditor")
			.containsEntry("canRead", true)
			.containsEntry("canRevert", true)
			.containsEntry("application", "shop")
			.containsEntry("traceUrl", "https://traces.example.org/{traceId}");
		assertThat(new Dashboard(DashboardApplication.port(application), "reader").object("/me"))
			.containsEntry("canRevert", false);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/bemi/../bemi/api/v1/changes", "/bemi/./api/v1/changes", "/bemi//api/v1/changes",
			"//bemi/api/v1/changes", "/bemi/api/v1/changes/", "/bemi/api/v1/changes;x=1", "/bemi;x=1/api/v1/changes",
			"/bemi/%61pi/v1/changes", "/bemi/api%2Fv1/changes", "/bemi/%2e%2e/bemi/api/v1/changes",
			"/bemi/api/v1/..%2fv1/changes", "/BEMI/api/v1/changes", "/bemi/API/v1/changes", "/bemi/api/v1/changes%00",
			"/bemi/api/v1/changes.json", "/bemi/assets/../api/v1/changes", "/bemi\\api\\v1\\changes",
			"/bemi/assets/..%2f..%2fopenapi.json", "/bemi/assets/%2e%2e/%2e%2e/openapi.json", "/bemi/openapi.json",
			"/bemi/assets/../../openapi.json", "/bemi/assets/..\\..\\openapi.json", "/bemi/package-info.class" })
	void noPathLeadsAround(String path) throws Exception {
		String answer = Dashboard.raw(DashboardApplication.port(application), path);
		assertThat(answer.split(" ", 3)[1]).as(path).isIn("400", "401", "404");
		assertThat(answer).doesNotContain("primaryKey").doesNotContain("openapi\"").doesNotContain("committedAt");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/bemi/../bemi/assets/..%2fopenapi.json", "/bemi/assets/..%2f..%2fopenapi.json",
			"/bemi/assets/%2e%2e/%2e%2e/openapi.json", "/bemi/assets/..\\..\\openapi.json",
			"/bemi/assets/..;/openapi.json", "/bemi/assets/..;x=1/..;/openapi.json", "/bemi/assets//bemi.svg",
			"/bemi//openapi.json", "//bemi/openapi.json", "/bemi/%2e%2e/application.properties",
			"/bemi/assets/%252e%252e/openapi.json", "/bemi/assets%2fbemi.svg", "/bemi/api%2fv1/changes",
			"/bemi/api/v1//changes", "/bemi/api/v1/changes/", "/bemi/api/v1/changes;x=1",
			"/bemi/api/v1/changes/..%2fstatus", "/bemi/api/v2/changes", "/bemi/assets/bemi.svg%00.js" })
	void noPathLeadsAroundForWhoMayRead(String path) throws Exception {
		String answer = Dashboard.raw(DashboardApplication.port(application), path, "Authorization: Basic "
				+ Base64.getEncoder().encodeToString("auditor:secret".getBytes(StandardCharsets.US_ASCII)));
		assertThat(answer.split(" ", 3)[1]).as(path).isIn("400", "404");
		assertThat(answer).doesNotContain("primaryKey").doesNotContain("openapi\"").doesNotContain("<svg");
		assertThat(answer.split("\r\n\r\n", 2)[1]).as("says what is wrong, and not where")
			.isNotBlank()
			.doesNotContain("\tat ");
	}

	@Test
	void anotherOriginHasNoPermission() {
		HttpRequest.Builder read = auditor.request(API + "/changes").header("Origin", "https://evil.example.org");
		HttpResponse<String> answer = auditor.send(read);
		assertThat(answer.headers().map().keySet()).as("the browser keeps the answer from the other page")
			.noneMatch((name) -> name.toLowerCase(Locale.ROOT).startsWith("access-control"));
		assertThat(answer.headers().firstValue("Cross-Origin-Resource-Policy")).hasValue("same-origin");
		for (Dashboard user : List.of(anonymous, writer, auditor)) {
			for (String path : List.of("/changes", "/revert", "/embed/history", "/nothing")) {
				HttpResponse<String> preflight = user.send(user.request(API + path)
					.method("OPTIONS", HttpRequest.BodyPublishers.noBody())
					.header("Origin", "https://evil.example.org")
					.header("Access-Control-Request-Method", "POST")
					.header("Access-Control-Request-Headers", "content-type,x-csrf-token"));
				assertThat(preflight.statusCode()).as(path).isIn(401, 403, 404, 405);
				assertThat(preflight.headers().map().keySet())
					.noneMatch((name) -> name.toLowerCase(Locale.ROOT).startsWith("access-control"));
			}
		}
	}

	@Test
	void otherMethodsAreRefused() {
		for (String method : List.of("PUT", "DELETE", "PATCH")) {
			HttpRequest.Builder request = auditor
				.withToken(auditor.request(API + "/changes").method(method, HttpRequest.BodyPublishers.noBody()));
			assertThat(auditor.send(request).statusCode()).isEqualTo(405);
		}
		HttpResponse<String> response = auditor.get(API + "/revert");
		assertThat(response.statusCode()).isEqualTo(405);
		assertThat(response.headers().firstValue("Allow")).hasValue("POST");
	}

	// Reading

	@Test
	void changesAreListedAndPagedThrough() {
		Map<String, Object> page = auditor.object("/changes?schema=public&table=note&limit=2");
		assertThat(asList(page.get("changes"))).extracting((change) -> change.get("operation"))
			.containsExactly("DELETE", "UPDATE");
		List<Object> seen = new ArrayList<>();
		String next = "";
		do {
			page = auditor.object("/changes?table=note&order=oldest&limit=2" + next);
			asList(page.get("changes"))
				.forEach((change) -> seen.add(change.get("operation") + " " + change.get("primaryKey")));
			next = "&cursor=" + page.get("next");
		}
		while (page.get("next") != null);
		assertThat(seen).containsExactly("CREATE 1", "CREATE 2", "UPDATE 1", "UPDATE 2", "DELETE 1");
	}

	@Test
	void aChangeHasAllThatThePageShows() {
		Map<String, Object> change = auditor.changes("table=note&operation=UPDATE&record=1").get(0);
		assertThat(change)
			.containsKeys("id", "committedAt", "transactionId", "position", "metadata", "unknown", "masked")
			.containsEntry("primaryKey", "1")
			.containsEntry("changed", List.of("text"))
			.containsEntry("diff", Map.of("text", Map.of("old", "first", "new", "changed")));
		assertThat(String.valueOf(change.get("committedAt")))
			.matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z");
		assertThat(auditor.object("/changes/" + change.get("id"))).isEqualTo(change);
		Map<String, Object> transaction = auditor.object("/transactions/" + change.get("transactionId"));
		assertThat(asList(transaction.get("changes"))).containsExactly(change);
		assertThat(transaction).containsEntry("more", false);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			schema=public&table=note&record=2                                  | 2
			operation=CREATE&operation=DELETE&table=note                       | 3
			table=note&changed=text                                            | 1
			table=note&changed=secret&changedFrom="k"&changedTo="n3w"          | 1
			table=note&changed=secret&changedTo="other"                        | 0
			context.user=ann                                                   | 3
			context.n=5                                                        | 3
			context.n="5"                                                      | 0
			context."a.b".c=x                                                  | 3
			request=r-1                                                        | 3
			transaction=1                                                      | 0
			trace=none                                                         | 0
			values={"text":"second"}&RANGE                                     | 2
			before={"secret":"k"}&RANGE                                        | 1
			text=SECOND&RANGE&table=note                                       | 2
			text=s3cret&RANGE                                                  | 3
			text=.*&RANGE&table=note                                           | 0
			since=2100-01-01T00:00:00Z                                         | 0
			record=[1, "x"]                                                    | 0
			""")
	void filtersNarrow(String query, int expected) {
		assertThat(auditor.changes(query(query))).hasSize(expected);
	}

	private static String query(String query) {
		List<String> parts = new ArrayList<>();
		for (String part : query.replace("RANGE", RANGE).split("&", -1)) {
			String[] pair = part.split("=", 2);
			parts.add(encoded(pair[0]) + "=" + encoded(pair[1]));
		}
		return String.join("&", parts);
	}

	@Test
	void countsAndTops() {
		List<Map<String, Object>> counts = auditor
			.list("/counts?by=operation&bucket=YEAR&zone=Europe/Berlin&table=note&" + RANGE);
		Map<String, String> byGroup = new LinkedHashMap<>();
		counts.forEach((count) -> byGroup.put(String.valueOf(count.get("group")), String.valueOf(count.get("count"))));
		assertThat(byGroup).containsEntry("CREATE", "2").containsEntry("UPDATE", "2").containsEntry("DELETE", "1");
		assertThat(auditor.list("/top?by=table&limit=1&table=note&" + RANGE).toString())
			.isEqualTo("[{group=public.note, count=5}]");
		assertThat(auditor.list("/top?by=context.user&table=note&" + RANGE).toString())
			.isEqualTo("[{group=ann, value=ann, count=3}, {group=bob, value=bob, count=2}]");
		assertThat(auditor.list("/top?by=transaction&" + RANGE)).hasSizeGreaterThan(3);
	}

	@Test
	void groupsOfAContextKeepTheirTypes() {
		by("{\"requestId\": \"r-types\", \"account\": 42}", "INSERT INTO draft VALUES (40), (41)");
		by("{\"requestId\": \"r-types\", \"account\": \"42\"}", "INSERT INTO draft VALUES (42)");
		by("{\"requestId\": \"r-types\", \"account\": {\"id\": [1.10]}}", "INSERT INTO draft VALUES (43)");
		by("{\"requestId\": \"r-types\"}", "INSERT INTO draft VALUES (44)");
		by("{\"requestId\": \"r-types\", \"account\": null}", "INSERT INTO draft VALUES (45)");
		ingested();
		for (String question : List.of("/top?by=context.account", "/counts?bucket=YEAR&by=context.account")) {
			List<Map<String, Object>> groups = auditor.list(question + "&request=r-types&" + RANGE);
			groups.forEach((group) -> group.remove("from"));
			assertThat(groups).as(question)
				.containsExactlyInAnyOrder(Json.readObject("{\"group\": \"42\", \"value\": 42, \"count\": 2}"),
						Json.readObject("{\"group\": \"42\", \"value\": \"42\", \"count\": 1}"),
						Json.readObject(
								"{\"group\": \"{\\\"id\\\": [1.10]}\", \"value\": {\"id\": [1.10]}, \"count\": 1}"),
						Json.readObject("{\"group\": null, \"count\": 2}"));
		}
		assertThat(auditor.changes(query("request=r-types&context.account=42"))).hasSize(2);
	}

	@Test
	void recordsAreShownAsTheyWere() {
		List<Map<String, Object>> history = auditor.changes("table=note&record=1&order=oldest");
		String created = String.valueOf(history.get(0).get("committedAt"));
		String updated = String.valueOf(history.get(1).get("committedAt"));
		String record = "schema=public&table=note&record=1";
		Map<String, Object> then = auditor.object("/records?" + record + "&at=" + updated);
		assertThat(then).containsEntry("exists", true);
		assertThat(asObject(then.get("values"))).containsEntry("text", "changed").containsEntry("secret", "s3cret");
		assertThat(asObject(asObject(then.get("lastTouched")).get("text")))
			.containsEntry("changeId", history.get(1).get("id"))
			.containsEntry("user", "ann");
		assertThat(asObject(asObject(then.get("lastTouched")).get("secret"))).containsEntry("changeId",
				history.get(0).get("id"));
		assertThat(auditor.object("/records?" + record)).containsEntry("exists", false);
		assertThat(String.valueOf(auditor.object("/records?schema=public&table=note&record=100").get("values")))
			.contains("there before");
		Map<String, Object> diff = auditor.object("/records/diff?" + record + "&from=" + created + "&to=" + updated);
		assertThat(diff.get("diff")).isEqualTo(Map.of("text", Map.of("old", "first", "new", "changed")));
	}

	@Test
	void statusAndTablesAreTold() {
		Map<String, Object> status = auditor.object("/status");
		assertThat(status).containsEntry("state", "CONNECTED")
			.containsKeys("message", "advice", "lagBytes", "lastCommit");
		Awaitility.await().untilAsserted(() -> assertThat(auditor.object("/status").get("lagSeconds")).isNotNull());
		assertThat(asObject(status.get("baseline")).toString()).contains("completed=");
		assertThat(status.get("gaps")).isEqualTo(List.of());
		assertThat(auditor.list("/tables")).filteredOn((table) -> "note".equals(table.get("table")))
			.singleElement()
			.satisfies((table) -> assertThat(table).containsEntry("columns", List.of("id", "text", "secret"))
				.containsEntry("key", List.of("id"))
				.containsEntry("hasKey", true)
				.containsEntry("schema", "public"));
		assertThat(auditor.list("/tables")).filteredOn((table) -> "Odd \"<b>".equals(table.get("table")))
			.singleElement()
			.satisfies((table) -> assertThat(table).containsEntry("key", List.of("a", "b")));
	}

	// Wrong and evil requests

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			/changes?limit=501                                        | limit
			/changes?limit=0                                          | limit
			/changes?limit=x                                          | limit
			/changes?nothing=1                                        | nothing
			/changes?table=a&table=b                                  | table
			/changes?since=yesterday                                  | since
			/changes?since=2026-13-01T00:00:00Z                       | since
			/changes?cursor=x                                         | cursor
			/changes?order=up                                         | order
			/changes?operation=create                                 | operation
			/changes?values=[1]                                       | values
			/changes?values={                                         | values
			/changes?values={"a":1}                                   | since
			/changes?text=x                                           | since
			/changes?transaction=x                                    | transaction
			/changes?transaction=99999999999999999999                 | transaction
			/changes?changedTo=1                                      | changed
			/changes?changed=a&changedTo=nil                          | changedTo
			/changes?context..x=1                                     | context
			/changes?record=                                          | -
			/counts?by=table                                          | since
			/counts?by=values.x&RANGE                                 | by
			/counts?bucket=SECOND&RANGE                               | bucket
			/counts?zone=Moon&RANGE                                   | zone
			/top?RANGE                                                | by
			/export                                                   | format
			/export?format=xlsx                                       | format
			/records?schema=public&table=note                         | record
			/records?schema=public&table=none&record=1                | none
			/transactions/x                                           | transaction
			/me?x=1                                                   | x
			""")
	void aWrongRequestIsToldWhatIsWrong(String path, String said) {
		String[] parts = path.split("\\?", 2);
		HttpResponse<String> response = auditor.get(API + parts[0] + ((parts.length > 1) ? "?" + query(parts[1]) : ""));
		if (said.equals("-")) {
			assertThat(response.statusCode()).isEqualTo(200);
			return;
		}
		assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
		assertThat(response.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
		assertThat(String.valueOf(asObject(response).get("detail"))).contains(said);
	}

	@Test
	void tooMuchIsRefused() {
		String many = "changed=a&".repeat(51);
		assertThat(auditor.status(API + "/changes?" + many + "x=1")).isEqualTo(400);
		assertThat(auditor.status(API + "/changes?table=" + "x".repeat(9_000))).isEqualTo(400);
		assertThat(auditor.status(API + "/changes?values=" + encoded("[".repeat(2_000)))).isEqualTo(400);
		HttpResponse<String> body = auditor.postWithToken("/revert/plan",
				"{\"selection\": \"" + "x".repeat(70_000) + "\"}");
		assertThat(body.statusCode()).isEqualTo(400);
		assertThat(body.body()).contains("65536");
		assertThat(auditor.get(API + "/changes?" + many + "x=1").body()).contains("at most 50 may be");
		HttpResponse<String> filter = auditor.postWithToken("/revert/plan",
				"{\"selection\": {\"filters\": {\"table\": \"" + "x".repeat(9_000) + "\"}}}");
		assertThat(filter.statusCode()).isEqualTo(400);
		assertThat(filter.body()).contains("longer than 8000 characters");
		String keys = "a.".repeat(30) + "a";
		assertThat(auditor.get(API + "/changes?context." + keys + "=1").body())
			.contains("A key of the context must be");
	}

	@ParameterizedTest
	@ValueSource(strings = { "schema", "table", "record", "operation", "changed", "changedFrom", "changedTo", "since",
			"until", "transaction", "trace", "request", "values", "before", "text", "context.user",
			"context.' OR 1=1 --", "order", "limit", "cursor" })
	void noFilterIsSql(String name) {
		for (String value : EVIL) {
			String filter = name.startsWith("changed") ? "&table=note"
					: List.of("values", "before", "text").contains(name) ? "&" + RANGE : "";
			filter += name.startsWith("changed") && !name.equals("changed") ? "&changed=text" : "";
			String shown = name.startsWith("changed") && !name.equals("changed") && !value.startsWith("{")
					? quoted(value) : value;
			HttpResponse<String> response = auditor
				.get(API + "/changes?" + encoded(name) + "=" + encoded(shown) + filter);
			assertThat(response.statusCode()).as(name + "=" + value + ": " + response.body()).isIn(200, 400);
			if (response.statusCode() == 200) {
				assertThat(asList(asObject(response).get("changes"))).as(name + "=" + value).isEmpty();
			}
			else {
				assertThat(response.body()).doesNotContain("syntax error").doesNotContain("ERROR");
			}
		}
		assertThat(database.query("SELECT count(*) >= 2 FROM note")).containsExactly("t");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/counts?bucket=YEAR&by=", "/counts?bucket=YEAR&by=context.", "/top?by=",
			"/top?by=context.", "/counts?zone=", "/counts?bucket=", "/changes/", "/transactions/",
			"/records?schema=public&table=note&record=", "/records?schema=public&record=1&table=",
			"/embed/history?schema=public&table=note&record=" })
	void nothingElseIsSql(String path) {
		for (String value : EVIL) {
			HttpResponse<String> response = auditor.get(API + path + encoded(value).replace("+", "%20")
					+ (path.contains("by=") || path.contains("zone") || path.contains("bucket") ? "&" + RANGE : ""));
			assertThat(response.statusCode()).as(path + value + ": " + response.body()).isIn(200, 400, 404);
			assertThat(response.body()).as(path + value).doesNotContain("syntax error").doesNotContain("ERROR");
			if (path.contains("context.") && response.statusCode() == 200) {
				assertThat(String.valueOf(Json.parse(response.body()))).as(value)
					.startsWith("[{")
					.doesNotContain("value=");
			}
		}
		assertThat(database.query("SELECT count(*) >= 2 FROM note")).containsExactly("t");
	}

	@Test
	void storedPayloadsAreDataInJson() {
		HttpResponse<String> response = auditor
			.get(API + "/changes?table=" + encoded("Odd \"<b>") + "&context.user=" + encoded(quoted(PAYLOAD)));
		assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json;charset=UTF-8");
		assertThat(asList(asObject(response).get("changes"))).singleElement().satisfies((change) -> {
			assertThat(asObject(change.get("values"))).containsEntry("b", PAYLOAD);
			assertThat(asObject(change.get("metadata"))).containsEntry("user", PAYLOAD).containsKey("<i>" + PAYLOAD);
			assertThat(change).containsEntry("primaryKey", "[1, " + quoted(PAYLOAD) + "]");
		});
	}

	// Masks and rows

	@Test
	void maskedColumnsAreNowhere() {
		String path = "table=note&limit=100";
		assertThat(auditor.get(API + "/changes?" + path).body()).contains("s3cret").contains("n3w");
		List<String> answers = new ArrayList<>();
		answers.add(masked.get(API + "/changes?" + path).body());
		Map<String, Object> first = masked.changes("table=note&order=oldest").get(0);
		answers.add(masked.get(API + "/changes/" + first.get("id")).body());
		answers.add(masked.get(API + "/transactions/" + first.get("transactionId")).body());
		answers.add(masked.get(API + "/export?format=csv").body());
		answers.add(masked.get(API + "/export?format=jsonl").body());
		answers.add(masked.get(API + "/embed/history?schema=public&table=note&record=1").body());
		answers
			.add(masked.get(API + "/records?schema=public&table=note&record=1&at=" + first.get("committedAt")).body());
		answers.add(
				masked
					.get(API + "/records/diff?schema=public&table=note&record=1&from=" + first.get("committedAt")
							+ "&to=" + masked.changes("table=note").get(0).get("committedAt"))
					.body());
		answers.add(masked.postWithToken("/revert/plan", "{\"selection\": {\"request\": \"r-2\"}}").body());
		for (String answer : answers) {
			assertThat(answer).contains("secret")
				.doesNotContain("s3cret")
				.doesNotContain("n3w")
				.doesNotContain("123-45");
		}
		assertThat(first).containsEntry("masked", List.of("secret"));
		assertThat(asObject(first.get("values"))).containsEntry("secret", null).containsEntry("text", "first");
	}

	@Test
	void maskedColumnsCannotBeLookedFor() {
		assertThat(masked.status(API + "/changes?values=" + encoded("{\"secret\":\"k\"}") + "&" + RANGE))
			.isEqualTo(403);
		assertThat(masked.status(API + "/counts?before=" + encoded("{\"secret\":\"k\"}") + "&" + RANGE)).isEqualTo(403);
		assertThat(masked.status(API + "/changes?table=note&changed=secret&changedTo=%22n3w%22")).isEqualTo(403);
		assertThat(masked.changes("text=s3cret&" + RANGE)).isEmpty();
		assertThat(masked.changes("text=first&" + RANGE)).hasSize(2);
		assertThat(masked.status(API + "/changes?record=1")).isEqualTo(403);
		assertThat(masked.status(API + "/changes?schema=public&table=note&record=1")).isEqualTo(200);
		assertThat(masked.status(API + "/records?schema=public&table=person&record=123-45")).isEqualTo(403);
		assertThat(masked.changes("table=person"))
			.allSatisfy((change) -> assertThat(change).containsEntry("primaryKey", null));
	}

	@Test
	void hiddenRowsAreNowhere() {
		assertThat(tenant.changes("limit=100")).hasSize(3);
		assertThat(tenant.list("/top?by=context.user&" + RANGE).toString())
			.isEqualTo("[{group=ann, value=ann, count=3}]");
		assertThat(tenant.list("/counts?bucket=YEAR&" + RANGE).toString()).contains("count=3");
		assertThat(tenant.get(API + "/export?format=jsonl").body().lines()).hasSize(3);
		Map<String, Object> hidden = auditor.changes("request=r-2&table=person").get(0);
		assertThat(tenant.status(API + "/changes/" + hidden.get("id"))).isEqualTo(404);
		assertThat(tenant.status(API + "/transactions/" + hidden.get("transactionId"))).isEqualTo(404);
		assertThat(tenant.status(API + "/records?schema=public&table=person&record=123-45")).isEqualTo(404);
		assertThat(tenant.status(API + "/records?schema=public&table=note&record=2"))
			.as("changed by somebody hidden since")
			.isEqualTo(404);
		assertThat(tenant.object("/embed/history?schema=public&table=note&record=1").get("changes")).asList()
			.hasSize(2);
		assertThat(asObject(tenant.postWithToken("/revert/plan", "{\"selection\": {\"request\": \"r-2\"}}")))
			.containsEntry("steps", List.of())
			.hasToString(asObject(tenant.postWithToken("/revert/plan", "{\"selection\": {\"request\": \"r-9\"}}"))
				.toString());
	}

	@Test
	void whoLooksIsTold() {
		Seen seen = application.getBean(Seen.class);
		seen.events.clear();
		auditor.get(API + "/changes?table=note");
		auditor.get(API + "/export?format=csv&table=note");
		auditor.get(API + "/me");
		writer.get(API + "/changes");
		assertThat(seen.events).extracting((event) -> event.action() + " " + event.path() + " " + event.user().name())
			.containsExactly("VIEW /changes auditor", "EXPORT /export auditor");
		assertThat(seen.events.get(1).parameters()).containsEntry("table", List.of("note"));
	}

	// Export

	@Test
	void exportsCsvWithoutFormulas() {
		by("{\"user\": \"=cmd|' /C calc'!A0\"}", "INSERT INTO draft VALUES (7, 'a,\"b\"' || chr(10) || 'c', '=1+1')");
		ingested();
		HttpResponse<String> response = auditor.get(API + "/export?format=csv&table=draft&record=7");
		assertThat(response.headers().firstValue("Content-Type")).hasValue("text/csv;charset=UTF-8");
		assertThat(response.headers().firstValue("Content-Disposition"))
			.hasValue("attachment; filename=\"changes.csv\"");
		assertThat(response.body()).startsWith(
				"id,committedAt,database,schema,table,primaryKey,operation,user,transactionId,position,changed,values,before,metadata\r\n")
			.contains(",public,draft,7,CREATE,'=cmd|' /C calc'!A0,")
			.contains("\"{\"\"id\"\": 7, ")
			.endsWith("\r\n");
		List<String> lines = auditor.get(API + "/export?format=jsonl&table=draft&record=7").body().lines().toList();
		assertThat(lines).singleElement()
			.satisfies((line) -> assertThat(asObject(Json.parse(line))).containsEntry("primaryKey", "7"));
	}

	// Reverts

	@Test
	void aRevertNeedsTokenOriginTypeAndRole() {
		String body = "{\"selection\": {\"request\": \"r-1\"}, \"reason\": \"test\"}";
		assertThat(auditor.send(auditor.post("/revert", body)).statusCode()).as("without token").isEqualTo(403);
		assertThat(new Dashboard(DashboardApplication.port(application), "reader").postWithToken("/revert", body)
			.statusCode()).as("without role").isEqualTo(403);
		assertThat(auditor.send(auditor.withToken(auditor.post("/revert", body).header("Sec-Fetch-Site", "cross-site")))
			.statusCode()).isEqualTo(403);
		assertThat(auditor
			.send(auditor.withToken(auditor.post("/revert", body).header("Origin", "https://evil.example.org")))
			.statusCode()).isEqualTo(403);
		assertThat(auditor.send(auditor.withToken(auditor.post("/revert", body).header("Origin", "null"))).statusCode())
			.isEqualTo(403);
		assertThat(auditor.send(auditor.withToken(auditor.request(API + "/revert")
			.header("Content-Type", "text/plain")
			.POST(HttpRequest.BodyPublishers.ofString(body)))).statusCode()).isEqualTo(415);
		assertThat(database.query("SELECT count(*) FROM note WHERE id = 1")).as("nothing was reverted")
			.containsExactly("0");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "[]", "{}", "{\"selection\": {}}", "{\"selection\": {\"filters\": {}}}",
			"{\"selection\": {\"filters\": {\"x\": 1}}}", "{\"selection\": {\"transaction\": \"x\"}}",
			"{\"selection\": {\"request\": \"a\", \"transaction\": \"1\"}}", "{\"selection\": {\"record\": {}}}",
			"{\"selection\": {\"request\": \"r-1\"}, \"x\": 1}", "{\"selection\": {\"request\": {}}}",
			"{\"selection\": {\"request\": \"a\"}, \"selection\": {\"request\": \"b\"}}",
			"{\"selection\": {\"changes\": []}}", "{\"selection\": {\"changes\": \"1\"}}",
			"{\"selection\": {\"changes\": [{}]}}", "{\"selection\": {\"changes\": [null]}}" })
	void aWrongSelectionIsRefused(String body) {
		HttpResponse<String> response = auditor.postWithToken("/revert/plan", body);
		assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
	}

	@Test
	void revertsWhatWasPlanned() {
		by("{\"requestId\": \"r-plan\"}", "INSERT INTO draft VALUES (20, 'new', null)");
		ingested();
		String selection = "{\"filters\": {\"request\": \"r-plan\", \"operation\": [\"CREATE\"]}}";
		Map<String, Object> plan = asObject(
				auditor.postWithToken("/revert/plan", "{\"selection\": " + selection + "}"));
		assertThat(asList(plan.get("steps"))).singleElement()
			.satisfies((step) -> assertThat(step).containsEntry("action", "DELETE")
				.containsEntry("primaryKey", "20")
				.containsEntry("table", "draft"));
		assertThat(String.valueOf(plan.get("sql"))).contains("DELETE FROM");
		assertThat(auditor.postWithToken("/revert", "{\"selection\": " + selection + "}").statusCode())
			.as("without reason")
			.isEqualTo(400);
		HttpResponse<String> done = auditor.postWithToken("/revert",
				"{\"selection\": " + selection + ", \"reason\": \"a test\"}");
		assertThat(done.statusCode()).as(done.body()).isEqualTo(200);
		assertThat(String.valueOf(asObject(done).get("written"))).isEqualTo("1");
		assertThat(database.query("SELECT count(*) FROM draft WHERE id = 20")).containsExactly("0");
		ingested();
		Map<String, Object> change = auditor.changes("table=draft&record=20").get(0);
		assertThat(asObject(change.get("metadata"))).containsEntry("user", "auditor")
			.containsEntry("endpoint", "POST /bemi/api/v1/revert");
		assertThat(String.valueOf(change.get("metadata"))).contains("reason=a test").contains("by=auditor");
		assertThat(auditor.changes(query("context.\"bemi.revert\".by=auditor&record=20"))).hasSize(1);
	}

	@Test
	void revertsTheChangesThatWereChosen() {
		by("{\"requestId\": \"r-pick\", \"tenant\": \"a\"}",
				"INSERT INTO draft VALUES (50, 't', null), (51, 't', null), (52, 't', 'h1dden')");
		by("{\"requestId\": \"r-pick\", \"tenant\": \"b\"}", "INSERT INTO draft VALUES (53)");
		ingested();
		List<String> ids = auditor.changes("request=r-pick&order=oldest")
			.stream()
			.map((change) -> String.valueOf(change.get("id")))
			.toList();
		String two = "{\"selection\": {\"changes\": [\"" + ids.get(0) + "\", \"" + ids.get(2) + "\", \"" + ids.get(0)
				+ "\"]}";
		Map<String, Object> plan = asObject(auditor.postWithToken("/revert/plan", two + "}"));
		assertThat(asList(plan.get("steps"))).extracting((step) -> step.get("action") + " " + step.get("primaryKey"))
			.containsExactlyInAnyOrder("DELETE 50", "DELETE 52");
		assertThat(masked.postWithToken("/revert/plan", two.replace(ids.get(0), personId()) + "}").body())
			.contains("\"primaryKey\": null")
			.doesNotContain("123-45");
		assertThat(asList(asObject(tenant.postWithToken("/revert/plan", two + "}")).get("steps"))).hasSize(2);
		for (Dashboard user : List.of(auditor, tenant)) {
			String other = user.equals(tenant) ? ids.get(3) : ids.get(3).replace("0001-", "0007-");
			HttpResponse<String> refused = user.postWithToken("/revert/plan", two.replace(ids.get(0), other) + "}");
			assertThat(refused.statusCode()).as(refused.body()).isEqualTo(404);
			assertThat(refused.body()).contains("Of the 2 changes there are 1 that you may see");
		}
		HttpResponse<String> done = auditor.postWithToken("/revert", two + ", \"reason\": \"picked\"}");
		assertThat(done.statusCode()).as(done.body()).isEqualTo(200);
		assertThat(database.query("SELECT string_agg(id::text, ',' ORDER BY id) FROM draft WHERE id BETWEEN 50 AND 53"))
			.containsExactly("51,53");
	}

	private static String personId() {
		return String.valueOf(auditor.changes("table=person").get(0).get("id"));
	}

	@Test
	void aThousandChangesMayBeChosenAndNoMore() {
		List<String> ids = new ArrayList<>();
		for (int i = 0; i < 1_000; i++) {
			ids.add("\"0001-0000000000000001-%010d\"".formatted(i));
		}
		assertThat(auditor.postWithToken("/revert/plan", "{\"selection\": {\"changes\": " + ids + "}}").body())
			.contains("Of the 1000 changes there are 0");
		ids.add("\"0001-0000000000000001-0000001000\"");
		HttpResponse<String> refused = auditor.postWithToken("/revert/plan",
				"{\"selection\": {\"changes\": " + ids + "}}");
		assertThat(refused.statusCode()).isEqualTo(400);
		assertThat(refused.body()).contains("1 to 1000");
	}

	@Test
	void aConflictIsTold() {
		by("{\"requestId\": \"r-3\"}", "INSERT INTO draft VALUES (30, 'new', null)",
				"UPDATE draft SET text = 'mine' WHERE id = 30");
		by("{\"requestId\": \"r-4\"}", "UPDATE draft SET text = 'theirs' WHERE id = 30");
		ingested();
		String body = "{\"selection\": {\"request\": \"r-3\"}, \"reason\": \"test\"%s}";
		HttpResponse<String> refused = auditor.postWithToken("/revert", body.formatted(""));
		assertThat(refused.statusCode()).as(refused.body()).isEqualTo(409);
		assertThat(asList(asObject(refused).get("conflicts")).get(0)).containsEntry("kind", "LATER_CHANGE")
			.containsEntry("primaryKey", "30");
		assertThat(auditor.postWithToken("/revert", body.formatted(", \"resolutions\": {\"LATER_CHANGE\": \"NEVER\"}"))
			.statusCode()).isEqualTo(400);
		HttpResponse<String> done = auditor.postWithToken("/revert",
				body.formatted(", \"resolutions\": {\"LATER_CHANGE\": \"OVERWRITE\"}"));
		assertThat(done.statusCode()).as(done.body()).isEqualTo(200);
		assertThat(database.query("SELECT count(*) FROM draft WHERE id = 30")).containsExactly("0");
	}

}
