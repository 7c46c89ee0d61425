package io.bemi.sample.dashboard;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.openqa.selenium.WebElement;

import static org.assertj.core.api.Assertions.assertThat;

@DashboardTest
class OverviewIntegrationTests {

	@Test
	void saysThatChangesAreRecorded(Browser browser, Sample sample) {
		sample.todo("Water the plants");
		browser.open("/bemi");
		assertThat(browser.texts("h1")).containsExactly("Overview");
		browser.awaitTexts(".state-word", "Connected");
		assertThat(browser.texts(".figure dt")).containsExactly("Behind by", "Waiting", "Last commit", "Baseline");
		assertThat(browser.find(".figure:last-child").getText()).containsPattern("(\\d+) of \\1 table");
		assertThat(browser.texts(".top-user")).containsExactly("auditor");
		assertThat(browser.script("return document.title")).isEqualTo("Overview · Bemi · sample");
	}

	@Test
	void aClickOnABarShowsItsChanges(Browser browser, Sample sample) {
		sample.todo("Buy seeds");
		browser.open("/bemi?by=table");
		WebElement chart = browser.find(".chart .u-over");
		int width = chart.getSize().getWidth();
		int height = chart.getSize().getHeight();
		// The last of 25 hours, close to its foot.
		browser.actions().moveToElement(chart, (int) (width * (0.5 - 0.7 / 25)), height / 2 - 3).perform();
		browser.awaitText(".tip", "public.todo");
		browser.actions().click().perform();
		browser.rest();
		assertThat(browser.address()).startsWith("/bemi/changes?schema=public&table=todo&since=").contains("&until=");
		browser.awaitText(".row-summary", "“Buy seeds”");
		assertThat(browser.texts(".row-table")).containsOnly("todo");
		assertThat(browser.texts(".chips .chip-key")).containsExactly("table", "since", "until");
	}

	@Test
	void theNumbersBelowTheChartShowTheSame(Browser browser, Sample sample) {
		sample.change(sample.todo("Call Ann"), "{\"isCompleted\": true}");
		browser.open("/bemi");
		browser.click("summary", "As a table");
		assertThat(browser.texts(".numbers thead th")).contains("Time", "create", "update");
		List<String> names = browser.texts(".legend > span");
		assertThat(names).anyMatch((name) -> name.startsWith("update "));
		browser.click(".numbers tbody tr:last-child td a", "");
		assertThat(browser.address()).startsWith("/bemi/changes?").contains("operation=");
		assertThat(browser.texts(".row-head .op").stream().distinct()).hasSize(1);
	}

	@Test
	void whoAndWhatChangesMostLeadsToTheChanges(Browser browser, Sample sample) {
		long id = sample.todo("Pay the rent");
		sample.new Request("auditor").send("PUT", "/todos/" + id, "{\"isCompleted\": true}");
		sample.awaitChanges(id, 2);
		browser.open("/bemi?range=1h");
		assertThat(browser.texts(".heading [aria-pressed=true]")).containsExactly("Hour");
		browser.click("section[aria-labelledby='top-context-user'] a", "auditor");
		assertThat(browser.address()).contains("context.user=auditor");
		assertThat(browser.texts(".row-user")).isNotEmpty().containsOnly("auditor");
		browser.script("history.back()");
		browser.click("section[aria-labelledby='top-context-endpoint'] a", "PUT /todos/{id}");
		assertThat(browser.address()).contains("context.endpoint=PUT+/todos/{id}".replace('+', ' '));
		browser.open("/bemi?range=1h");
		browser.click("section[aria-labelledby='top-transaction'] a", "");
		assertThat(browser.address()).startsWith("/bemi/transaction?id=");
	}

	@Test
	void rangesAndGroupsAreChosen(Browser browser, Sample sample) {
		sample.todo("Read");
		browser.open("/bemi");
		browser.click(".heading button", "Week");
		assertThat(browser.address()).isEqualTo("/bemi?range=7d");
		browser.click(".card button", "User");
		assertThat(browser.address()).contains("range=7d").contains("by=context.user");
		browser.awaitText(".legend", "writer");
		browser.click("a", "Changes");
		assertThat(browser.address()).isEqualTo("/bemi/changes");
	}

}
