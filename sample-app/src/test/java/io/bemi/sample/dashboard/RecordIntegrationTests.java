package io.bemi.sample.dashboard;

import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

import static org.assertj.core.api.Assertions.assertThat;

@DashboardTest
class RecordIntegrationTests {

	private static long changedTwice(Sample sample) {
		long id = sample.todo("Sleep");
		sample.new Request("auditor").send("PUT", "/todos/" + id, "{\"task\": \"Sleep well\"}");
		sample.awaitChanges(id, 2);
		sample.change(id, "{\"isCompleted\": true}");
		return id;
	}

	@Test
	void theSliderShowsTheStateThen(Browser browser, Sample sample) {
		long id = changedTwice(sample);
		browser.open("/bemi/record?schema=public&table=todo&record=" + id);
		awaitState(browser, String.valueOf(id), "Sleep well", "true");
		WebElement slider = browser.find("input[type=range]");
		browser.actions().clickAndHold(slider).moveByOffset(-slider.getSize().getWidth() / 2, 0).release().perform();
		awaitState(browser, String.valueOf(id), "Sleep", "false");
		slider.sendKeys(Keys.ARROW_RIGHT);
		awaitState(browser, String.valueOf(id), "Sleep well", "false");
		browser.click("Moment: later change");
		awaitState(browser, String.valueOf(id), "Sleep well", "true");
		browser.click(".timeline-item", "Created");
		awaitState(browser, String.valueOf(id), "Sleep", "false");
		assertThat(browser.address()).contains("&at=20");
		browser.open(browser.address());
		awaitState(browser, String.valueOf(id), "Sleep", "false");
	}

	private static void awaitState(Browser browser, String... values) {
		browser.awaitTexts(".state-table tbody td:nth-child(2)", values);
	}

	@Test
	void whoTouchedEachFieldLastIsBesideIt(Browser browser, Sample sample) {
		long id = changedTwice(sample);
		browser.open("/bemi/record?schema=public&table=todo&record=" + id);
		browser.awaitTexts(".state-table th[scope=row]", "id", "task", "isCompleted");
		assertThat(browser.texts(".touched a")).extracting((text) -> text.split(" ")[0])
			.containsExactly("writer", "auditor", "writer");
		browser.click(".touched a", "auditor");
		assertThat(browser.address()).startsWith("/bemi/change?id=");
		browser.awaitText(".fields", "Sleep well");
	}

	@Test
	void twoMomentsAreCompared(Browser browser, Sample sample) {
		long id = changedTwice(sample);
		browser.open("/bemi/record?schema=public&table=todo&record=" + id);
		browser.click("Two moments");
		browser.awaitTexts(".record-state .fields dt", "isCompleted");
		browser.find("input[type=range]", "From").sendKeys(Keys.HOME);
		browser.awaitTexts(".record-state .fields dt", "task", "isCompleted");
		browser.awaitTexts(".record-state del", "from Sleep", "from false");
		browser.awaitTexts(".record-state ins", "to Sleep well", "to true");
	}

	@Test
	void aDeletedRecordIsShownAsItWas(Browser browser, Sample sample) {
		long id = sample.todo("Short-lived");
		sample.new Request("writer").send("DELETE", "/todos/" + id, "");
		sample.awaitChanges(id, 2);
		browser.open("/bemi/record");
		browser.choose("Table", "todo");
		browser.type("Primary key", String.valueOf(id));
		browser.awaitTexts(".absent", "The record does not exist at this moment.");
		browser.click("Moment: earlier change");
		awaitState(browser, String.valueOf(id), "Short-lived", "false");
	}

	@Test
	void anUnknownRecordIsSaidToBeSo(Browser browser, Sample sample) {
		browser.open("/bemi/record?schema=public&table=todo&record=987654321");
		browser.awaitText(".empty", "The history knows no such record");
	}

}
