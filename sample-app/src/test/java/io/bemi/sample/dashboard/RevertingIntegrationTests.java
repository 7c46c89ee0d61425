package io.bemi.sample.dashboard;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

@DashboardTest
class RevertingIntegrationTests {

	@Test
	void aRequestIsUndone(Browser browser, Sample sample) {
		long id = sample.todo("Sleep");
		sample.new Request("writer").id("bad")
			.send("PUT", "/todos/" + id, "{\"task\": \"Slepp\", \"isCompleted\": true}");
		sample.awaitChanges(id, 2);
		browser.open("/bemi/request?id=bad");
		browser.click("Revert …");
		assertThat(browser.address()).isEqualTo("/bemi/revert?of=request&id=bad");
		browser.awaitTexts(".lead", "Undo what request bad did.");
		browser.awaitTexts(".step .op", "Change back");
		browser.awaitTexts(".step dt", "task", "isCompleted");
		browser.awaitTexts(".step del", "from Slepp", "from true");
		browser.awaitTexts(".step ins", "to Sleep", "to false");
		browser.click("summary", "SQL");
		browser.awaitText("pre", "UPDATE ONLY \"public\".\"todo\" SET");
		browser.click("Revert 1 change");
		browser.awaitTexts(".field-error", "Say why, for whoever reads the history later");
		assertThat(sample.read(id)).containsEntry("task", "Slepp");
		browser.find("textarea").sendKeys("Typed in haste");
		browser.click("Revert 1 change");
		browser.awaitText(".notice-done", "Reverted 1 row written.");
		assertThat(sample.read(id)).containsEntry("task", "Sleep").containsEntry("isCompleted", false);
		browser.click("See what it wrote");
		browser.click(".row-head", "");
		assertThat(browser.texts(".row-body .chip")).contains("user auditor", "\"bemi.revert\".reason Typed in haste");
		browser.open("/bemi/record?schema=public&table=todo&record=" + id);
		browser.awaitTexts(".timeline .op", "Updated", "Updated", "Created");
	}

	@Test
	void aConflictIsDecided(Browser browser, Sample sample) {
		long id = sample.todo("Sleep");
		sample.new Request("writer").id("early").send("PUT", "/todos/" + id, "{\"task\": \"Sleep late\"}");
		sample.awaitChanges(id, 2);
		sample.change(id, "{\"task\": \"Sleep later\"}");
		browser.open("/bemi/revert?of=request&id=early");
		browser.awaitText("h2", "1 conflict");
		browser.awaitText(".conflict", "Others changed it later.");
		assertThat(browser.find("button[type=submit]").isEnabled()).isFalse();
		browser.awaitText("form", "Decide first about: later change.");
		browser.click(".choice", "Leave theirs");
		browser.find("textarea").sendKeys("Not so late");
		browser.click("button[type=submit]", "");
		browser.awaitText(".notice-done", "0 rows written, 1 left as they are.");
		assertThat(sample.read(id)).containsEntry("task", "Sleep later");
		browser.open("/bemi/revert?of=request&id=early");
		browser.click(".choice", "Go back to the state before");
		browser.find("textarea").sendKeys("Early, after all");
		browser.click("button[type=submit]", "");
		browser.awaitText(".notice-done", "1 row written");
		assertThat(sample.read(id)).containsEntry("task", "Sleep");
	}

	@Test
	void aConflictThatComesMeanwhileIsShown(Browser browser, Sample sample) {
		long id = sample.todo("Sleep");
		sample.new Request("writer").id("meanwhile").send("PUT", "/todos/" + id, "{\"task\": \"Sleep on\"}");
		sample.awaitChanges(id, 2);
		browser.open("/bemi/revert?of=request&id=meanwhile");
		browser.find("textarea").sendKeys("No");
		sample.change(id, "{\"task\": \"Sleep on and on\"}");
		browser.click("Revert 1 change");
		browser.awaitText(".conflict", "Others changed it later.");
		assertThat(sample.read(id)).containsEntry("task", "Sleep on and on");
		assertThat(browser.problems()).hasSize(1).allMatch((entry) -> entry.contains("409"));
	}

	@Test
	void aRecordGoesBackToAMoment(Browser browser, Sample sample) {
		long id = sample.todo("Sleep");
		sample.change(id, "{\"task\": \"Sleep on\"}");
		sample.new Request("writer").send("DELETE", "/todos/" + id, "");
		sample.awaitChanges(id, 3);
		browser.open("/bemi/record?schema=public&table=todo&record=" + id);
		browser.click(".timeline-item", "Created");
		browser.click("Go back to this moment …");
		browser.awaitTexts(".step .op", "Restore");
		browser.find("textarea").sendKeys("Deleted by mistake");
		browser.click("button[type=submit]", "");
		browser.awaitText(".notice-done", "1 row written");
		assertThat(sample.read(id)).containsEntry("task", "Sleep");
	}

	@Test
	void aSelectionIsUndone(Browser browser, Sample sample) {
		long id = sample.todo("Sleep");
		sample.change(id, "{\"isCompleted\": true}");
		browser.open("/bemi/changes?schema=public&table=todo&record=" + id + "&operation=UPDATE");
		browser.click("Revert these …");
		browser.awaitTexts(".step .op", "Change back");
		browser.find("textarea").sendKeys("Not done yet");
		browser.click("button[type=submit]", "");
		browser.awaitText(".notice-done", "1 row written");
		assertThat(sample.read(id)).containsEntry("isCompleted", false);
		sample.awaitChanges(id, 3);
		browser.click("Undo the revert …");
		browser.awaitTexts(".step ins", "to true");
	}

}
