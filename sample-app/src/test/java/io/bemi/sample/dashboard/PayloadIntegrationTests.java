package io.bemi.sample.dashboard;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.SearchContext;

import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.UserDetailsManager;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What others have stored is shown as text, whatever it is.
 */
@DashboardTest
class PayloadIntegrationTests {

	private static final String VALUE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'><svg onload=alert(3)>";

	private static final String USER = "<img src=x onerror=alert(4)>";

	private static final String TABLE = "<img src=x onerror=\"alert(5)\">";

	private static final String COLUMN = "\"'><script>alert(6)</script>";

	private static final String KEY = "<svg onload=alert(7)>{{1+1}}javascript:alert(8)";

	// What would be there if any of it were read as markup.
	private static final String FOREIGN = """
			return [...document.querySelectorAll('script:not([src]), [onerror], [onload], iframe, object, embed, a[href^="javascript:" i]')]
				.map((element) => element.outerHTML);
			""";

	@Test
	void valuesAndContextsAreText(Browser browser, Sample sample) {
		((UserDetailsManager) sample.application().getBean(UserDetailsService.class))
			.createUser(User.withUsername(USER).password("{noop}secret").roles().build());
		long id = sample.todo(VALUE);
		sample.new Request(USER).id("payload")
			.send("PUT", "/todos/" + id + "?" + encoded(COLUMN) + "=" + encoded(VALUE),
					"{\"task\": \"" + VALUE.replace("\"", "\\\"") + "!\"}");
		sample.awaitChanges(id, 2);
		browser.open("/bemi?by=context.user&key=" + encoded("params"));
		browser.awaitText("section[aria-labelledby='top-context-user']", USER);
		browser.awaitText(".legend", USER);
		isHarmless(browser);
		browser.click("section[aria-labelledby='top-context-user'] a", USER);
		browser.awaitText(".row-user", USER);
		browser.awaitText(".chip-active", USER);
		browser.click(".row-head", "");
		browser.awaitText(".row-body", "</script><script>alert(1)</script>");
		browser.awaitText(".row-body .chip", COLUMN);
		isHarmless(browser);
		browser.open("/bemi/changes?range=1h&text=" + encoded(VALUE) + "&context.user=" + encoded(USER));
		browser.awaitText(".row-user", USER);
		browser.awaitText(".chip-active", VALUE.substring(0, 60));
		isHarmless(browser);
		browser.open("/bemi/record?schema=public&table=todo&record=" + id);
		browser.awaitText(".state-table", VALUE + "!");
		browser.awaitText(".touched", USER);
		isHarmless(browser);
		browser.open("/bemi/request?id=payload");
		browser.awaitText(".trail-summary", USER);
		isHarmless(browser);
		browser.open("/bemi/revert?of=request&id=payload");
		browser.awaitText(".step", "<svg onload=alert(3)>");
		browser.click("summary", "SQL");
		browser.awaitText("pre", "onerror=alert(2)");
		browser.find("textarea").sendKeys(VALUE);
		browser.click("Revert 1 change");
		browser.awaitText(".notice-done", "1 row written");
		isHarmless(browser);
		browser.open("/embed.html?record=" + id);
		SearchContext shadow = browser.find("bemi-history").getShadowRoot();
		Browser.await(() -> assertThat(shadow.findElement(By.cssSelector(".history")).getText()).contains(USER));
		assertThat(shadow.findElements(By.cssSelector("script, img, svg[onload]"))).isEmpty();
	}

	@Test
	void namesAreText(Browser browser, Sample sample) {
		String table = quoted(TABLE);
		sample.database()
			.execute("CREATE TABLE " + table + " (id text PRIMARY KEY, " + quoted(COLUMN) + " jsonb)",
					"INSERT INTO " + table + " VALUES ('" + KEY.replace("'", "''") + "', '{\"<script>\": \"<b>\"}')",
					"UPDATE " + table + " SET " + quoted(COLUMN) + " = '{\"<script>\": [\"<i>\", \"</textarea>\"]}'");
		sample.awaitChangesOfTable(TABLE, 2);
		browser.open("/bemi?by=table");
		browser.awaitText(".legend", TABLE);
		browser.awaitText("section[aria-labelledby='top-table']", TABLE);
		isHarmless(browser);
		browser.open("/bemi/changes");
		browser.choose("Table", TABLE);
		browser.awaitTexts(".row-table", TABLE, TABLE);
		browser.awaitTexts(".row-key", KEY.substring(0, 39) + "…", KEY.substring(0, 39) + "…");
		browser.click(".row-head", "");
		browser.awaitTexts(".row-body .fields dt", COLUMN);
		browser.awaitText(".row-body .fields", "</textarea>");
		isHarmless(browser);
		browser.click(".row-body a", "Record");
		browser.awaitText("h1", TABLE + " " + KEY);
		browser.awaitText(".state-table", COLUMN);
		isHarmless(browser);
		browser.open("/bemi/revert?of=filters&operation=UPDATE&schema=public&table=" + encoded(TABLE));
		browser.awaitText(".lead", TABLE);
		browser.awaitTexts(".step dt", COLUMN);
		isHarmless(browser);
		sample.database().execute("DROP TABLE " + table);
	}

	@Test
	void addressesAreText(Browser browser, Sample sample) {
		String value = encoded(VALUE);
		long id = sample.todo("Sleep");
		for (String path : List.of("/bemi/changes?table=" + value + "&schema=" + value,
				"/bemi/changes?context." + value + "=" + value,
				"/bemi/record?schema=" + value + "&table=" + value + "&record=" + value, "/bemi/request?id=" + value,
				"/bemi/trace?id=" + value, "/bemi/revert?of=request&id=" + value,
				"/bemi?by=context." + value + "&key=" + value, "/bemi/changes?until=" + value,
				"/bemi?since=" + value + "&until=" + value,
				"/bemi/record?schema=public&table=todo&record=" + id + "&at=" + value + "&from=" + value,
				"/bemi/changes?operation=" + value, "/bemi/" + encoded("<img src=x onerror=alert(9)>"))) {
			browser.open(path);
			browser.find("h1");
			isHarmless(browser);
		}
		// Some of it is refused, with a message.
		assertThat(browser.problems()).allMatch((entry) -> entry.contains("status of 400"));
	}

	private static void isHarmless(Browser browser) {
		assertThat((List<?>) browser.script(FOREIGN)).isEmpty();
	}

	private static String quoted(String name) {
		return '"' + name.replace("\"", "\"\"") + '"';
	}

	private static String encoded(String text) {
		return URLEncoder.encode(text, StandardCharsets.UTF_8);
	}

}
