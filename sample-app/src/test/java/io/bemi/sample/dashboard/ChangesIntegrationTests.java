package io.bemi.sample.dashboard;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.stream.IntStream;

import io.bemi.query.Json;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

@DashboardTest
class ChangesIntegrationTests {

	@Test
	void filtersAreChosen(Browser browser, Sample sample) {
		long id = sample.todo("Sleep");
		sample.change(id, "{\"task\": \"Sleep well\"}");
		sample.change(id, "{\"isCompleted\": true}");
		browser.open("/bemi/changes");
		browser.choose("Table", "todo");
		browser.type("Record", String.valueOf(id));
		browser.awaitTexts(".row-head .op", "Updated", "Updated", "Created");
		browser.click(".toggle", "Updated");
		browser.awaitTexts(".row-head .op", "Updated", "Updated");
		browser.click("summary", "More filters");
		browser.type("Field changed", "task");
		browser.awaitTexts(".row-summary", "task “Sleep” → “Sleep well”");
		assertThat(browser.address())
			.isEqualTo("/bemi/changes?schema=public&table=todo&record=" + id + "&operation=UPDATE&changed=task");
		browser.click(".chip-active", "operation update");
		browser.click(".chip-active", "changed task");
		browser.awaitTexts(".row-head .op", "Updated", "Updated", "Created");
		browser.type("Value in the context", "auditor");
		browser.awaitText(".empty", "No change answers these filters");
		browser.click("button", "Clear all");
		assertThat(browser.address()).isEqualTo("/bemi/changes");
	}

	@Test
	void filtersAreInTheAddress(Browser browser, Sample sample) {
		long id = sample.todo("Write a letter");
		sample.change(id, "{\"task\": \"Write a long letter to Ann\"}");
		sample.change(id, "{\"isCompleted\": true}");
		String record = "/bemi/changes?table=todo&record=" + id;
		browser.open(record + "&changed=isCompleted&changedFrom=false&changedTo=true");
		browser.awaitTexts(".row-summary", "isCompleted false → true");
		browser.open(record + "&range=1h&text=long+letter&operation=UPDATE&changed=task");
		browser.awaitTexts(".row-summary", "task “Write a letter” → “Write a long letter to Ann”");
		browser.open(record + "&range=1h&before=" + encoded("{\"task\": \"Write a letter\"}"));
		browser.awaitTexts(".row-head .op", "Updated");
		browser.open(record + "&range=1h&values=" + encoded("{\"isCompleted\": true}"));
		browser.awaitTexts(".row-summary", "isCompleted false → true");
		browser.open(record + "&until=" + Instant.now().minusSeconds(3600));
		browser.awaitText(".empty", "No change answers these filters");
		browser.open(record + "&text=letter");
		browser.awaitTexts(".field-error", "Text is searched within a range of time: choose one");
	}

	private static String encoded(String text) {
		return URLEncoder.encode(text, StandardCharsets.UTF_8);
	}

	@Test
	void theListHasNoEnd(Browser browser, Sample sample) {
		String batch = "/todos?batch=endless";
		IntStream.range(0, 120)
			.parallel()
			.forEach((number) -> sample.new Request("writer").id("endless")
				.send("POST", batch, "{\"task\": \"Page " + number + "\"}"));
		sample.awaitChangesOf("endless", 120);
		browser.open("/bemi/changes?request=endless");
		assertThat(browser.texts(".row-head")).hasSizeBetween(50, 100);
		for (int pages = 0; pages < 2; pages++) {
			browser.script("scrollTo(0, document.documentElement.scrollHeight)");
			browser.rest();
		}
		Browser.await(() -> assertThat(browser.texts(".row-head")).hasSize(120));
		assertThat(browser.texts(".row-key")).doesNotHaveDuplicates();
		browser.awaitTexts(".foot", "That is all: 120 changes.");
	}

	@Test
	void whatChangesMeanwhileAppears(Browser browser, Sample sample) {
		long id = sample.todo("Cook");
		browser.open("/bemi/changes?table=todo&record=" + id);
		browser.awaitTexts(".live", "Live");
		browser.script("window.stays = true");
		sample.change(id, "{\"task\": \"Cook dinner\"}");
		browser.awaitTexts(".row-summary", "task “Cook” → “Cook dinner”",
				"id " + id + ", task “Cook”, isCompleted false");
		// Who reads is not moved: what comes waits above the list.
		browser.click(".row:last-child .row-head", "");
		browser.find(".row:last-child .row-head").sendKeys("");
		sample.change(id, "{\"isCompleted\": true}");
		browser.click("Show 1 new change");
		assertThat(browser.texts(".row-summary")).hasSize(3).first().isEqualTo("isCompleted false → true");
		browser.click(".live", "Live");
		browser.awaitTexts(".live", "Paused");
		assertThat(browser.script("return window.stays")).isEqualTo(true);
	}

	@Test
	void aRowOpensToItsDifferenceAndItsContext(Browser browser, Sample sample) {
		String before = "Ask the neighbours whether they could water the plants next week";
		long id = sample.todo(before);
		sample.change(id, "{\"task\": \"" + before.replace("next week", "in the first week of May") + "\"}");
		browser.open("/bemi/changes?table=todo&record=" + id);
		browser.click(".row-head", "");
		browser.awaitTexts(".row-body .fields dt", "task");
		assertThat(browser.texts(".row-body del")).containsExactly("removed: next");
		assertThat(browser.texts(".row-body ins")).containsExactly("added: in", "added: the first", "added: of May");
		browser.click(".row-body summary", "2 unchanged");
		assertThat(browser.texts(".row-body .fields dt")).containsExactly("task", "id", "isCompleted");
		assertThat(browser.texts(".row-body .detail-side .chip")).contains("user writer", "endpoint PUT /todos/{id}");
		browser.click(".row-body .chip", "user writer");
		assertThat(browser.address()).isEqualTo("/bemi/changes?table=todo&record=" + id + "&context.user=writer");
		assertThat(browser.texts(".row-user")).containsExactly("writer", "writer");
		browser.click(".row-head", "");
		browser.click(".row-body a", "Link");
		assertThat(browser.address()).startsWith("/bemi/change?id=");
		browser.awaitText("h1", "Updated todo " + id + ",");
		browser.awaitTexts(".fields dt", "task");
	}

	@Test
	void aChangeIsCopied(Browser browser, Sample sample) {
		long id = sample.todo("It's \"quoted\"");
		sample.change(id, "{\"isCompleted\": true}");
		browser.open("/bemi/changes?table=todo&operation=UPDATE&record=" + id);
		browser.click(".row-head", "");
		browser.click("Copy as JSON");
		browser.awaitText(".detail button", "Copied");
		assertThat(Json.readObject(browser.clipboard())).containsEntry("table", "todo")
			.containsEntry("primaryKey", String.valueOf(id))
			.containsEntry("operation", "UPDATE");
		browser.click("Copy as SQL");
		Browser.await(() -> assertThat(browser.clipboard().replace('\n', ' '))
			.isEqualTo("UPDATE \"public\".\"todo\" SET \"isCompleted\" = true WHERE \"id\" = " + id + ";"));
	}

}
