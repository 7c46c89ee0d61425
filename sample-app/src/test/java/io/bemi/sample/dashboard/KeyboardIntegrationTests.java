package io.bemi.sample.dashboard;

import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * All of it without a mouse.
 */
@DashboardTest
class KeyboardIntegrationTests {

	@Test
	void everythingIsDoneByKeys(Browser browser, Sample sample) {
		long id = sample.todo("Sleep");
		sample.change(id, "{\"task\": \"Sleep well\"}");
		sample.change(id, "{\"isCompleted\": true}");
		browser.open("/bemi");
		Keyboard keyboard = new Keyboard(browser);
		overview(browser, keyboard);
		changes(browser, keyboard, sample, id);
		record(browser, keyboard, id);
		revert(browser, keyboard);
		assertThat(sample.read(id)).containsEntry("task", "Sleep").containsEntry("isCompleted", false);
	}

	private static void overview(Browser browser, Keyboard keyboard) {
		keyboard.tabTo("a", "Skip to content").press(Keys.ENTER).isAt("h1", "Overview");
		keyboard.tabTo("button", "Hour").press(Keys.ENTER).isAt("button", "Hour");
		keyboard.tabTo("button", "Table").press(Keys.SPACE).isAt("button", "Table");
		assertThat(browser.address()).isEqualTo("/bemi?range=1h&by=table");
		keyboard.tabTo("summary", "As a table").press(Keys.ENTER);
		keyboard.tabTo(".numbers td a", "").press(Keys.ENTER).isAt("h1", "Changes");
		assertThat(browser.address()).startsWith("/bemi/changes?schema=public&table=todo&since=");
		// Back to what is above.
		keyboard.tabBackTo("nav a", "Changes").press(Keys.ENTER);
		assertThat(browser.address()).isEqualTo("/bemi/changes");
	}

	private static void changes(Browser browser, Keyboard keyboard, Sample sample, long id) {
		keyboard.tabTo("select", "Table").press("todo").isAt("select", "Table");
		keyboard.tabTo("input", "Record").press(String.valueOf(id), Keys.ENTER).isAt("input", "Record");
		browser.awaitTexts(".row-head .op", "Updated", "Updated", "Created");
		keyboard.tabTo("input", "Updated").press(Keys.SPACE).isAt("input", "Updated");
		browser.awaitTexts(".row-head .op", "Updated", "Updated");
		keyboard.tabTo("input", "Value in the context").press("writer").tabTo("button", "Add").press(Keys.ENTER);
		keyboard.isAt("input", "Value in the context");
		keyboard.tabTo("summary", "More filters").press(Keys.ENTER);
		keyboard.tabTo("input", "Field changed").press("task", Keys.ENTER);
		browser.awaitTexts(".row-summary", "task “Sleep” → “Sleep well”");
		keyboard.tabTo(".chip-active", "changed task").press(Keys.ENTER).isAt(".chip-active", "");
		browser.awaitTexts(".row-head .op", "Updated", "Updated");
		// It opens, says what it knows, and closes.
		keyboard.tabTo(".row-head", "").press(Keys.ENTER);
		browser.awaitTexts(".row-body .fields dt", "isCompleted");
		keyboard.tabTo("summary", "2 unchanged").press(Keys.ENTER);
		browser.awaitTexts(".row-body .fields dt", "isCompleted", "id", "task");
		keyboard.tabTo("button", "Copy as SQL").press(Keys.SPACE).press(Keys.ESCAPE).isAt(".row-head", "");
		assertThat(browser.texts(".row-body")).isEmpty();
		// What comes meanwhile.
		sample.change(id, "{\"task\": \"Sleep long\"}");
		browser.awaitText(".new-ones", "Show 1 new change");
		keyboard.tabBackTo("button", "Show 1 new change").press(Keys.ENTER).isAt(".row-head", "");
		browser.awaitText(".row-head", "“Sleep long”");
		keyboard.tabTo("nav a", "Record").press(Keys.ENTER).isAt("h1", "Record");
	}

	private static void record(Browser browser, Keyboard keyboard, long id) {
		keyboard.tabTo("select", "Table").press("todo");
		keyboard.tabTo("input", "Primary key").press(String.valueOf(id), Keys.ENTER);
		browser.awaitTexts(".state-table tbody td:nth-child(2)", String.valueOf(id), "Sleep long", "true");
		keyboard.tabTo("button", "Two moments").press(Keys.ENTER);
		keyboard.tabTo("input[type=range]", "From").press(Keys.HOME).isAt("input[type=range]", "From");
		browser.awaitTexts(".record-state .fields dt", "task", "isCompleted");
		keyboard.tabBackTo("button", "One moment").press(Keys.ENTER);
		keyboard.tabTo("input[type=range]", "Moment").press(Keys.ARROW_LEFT).press(Keys.ARROW_LEFT);
		browser.awaitTexts(".state-table tbody td:nth-child(2)", String.valueOf(id), "Sleep well", "false");
		keyboard.tabBackTo("button", "Moment: earlier change")
			.press(Keys.ENTER)
			.isAt("button", "Moment: earlier change");
		browser.awaitTexts(".state-table tbody td:nth-child(2)", String.valueOf(id), "Sleep", "false");
		keyboard.tabTo(".timeline-item", "Created").press(Keys.ENTER).isAt(".timeline-item", "Created");
		keyboard.tabBackTo("a", "Go back to this moment").press(Keys.ENTER).isAt("h1", "Revert");
	}

	private static void revert(Browser browser, Keyboard keyboard) {
		keyboard.tabTo("summary", "SQL").press(Keys.ENTER);
		keyboard.tabTo("button", "Revert 3 changes").press(Keys.ENTER).isAt("textarea", "Reason");
		keyboard.press("By mistake").tabTo("button", "Revert 3 changes").press(Keys.ENTER).isAt("h2", "Reverted");
		browser.awaitText(".notice-done", "1 row written");
		keyboard.tabTo("a", "See what it wrote").press(Keys.ENTER).isAt("h1", "Transaction");
		browser.awaitTexts(".row-head .op", "Updated");
	}

}
