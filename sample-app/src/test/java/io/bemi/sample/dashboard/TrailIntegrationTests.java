package io.bemi.sample.dashboard;

import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a request, a transaction and a trace have touched.
 */
@DashboardTest
class TrailIntegrationTests {

	@Test
	void aRequestIsFollowed(Browser browser, Sample sample) {
		sample.new Request("writer").send("POST", "/todos/complete", "");
		long first = sample.todo("Sleep");
		long second = sample.todo("Eat");
		sample.new Request("writer").id("complete-all").send("POST", "/todos/complete", "");
		sample.awaitChangesOf("complete-all", 2);
		browser.open("/bemi/changes?table=todo&operation=UPDATE&record=" + first);
		browser.click(".row-head", "");
		browser.click(".row-body a", "Request");
		assertThat(browser.address()).isEqualTo("/bemi/request?id=complete-all");
		browser.awaitTexts("h1", "Request complete-all");
		browser.awaitText(".trail-summary", "2 changes in 1 table, 1 transaction: todo 2");
		assertThat(browser.texts(".trail-summary .chip")).contains("user writer", "endpoint POST /todos/complete");
		// Which of them the server comes to first is not said, but stays so.
		List<String> keys = browser.texts(".row-key");
		assertThat(keys).containsExactlyInAnyOrder(String.valueOf(first), String.valueOf(second));
		browser.click(".day a", "Transaction");
		assertThat(browser.address()).startsWith("/bemi/transaction?id=");
		browser.awaitTexts(".row-key", keys.toArray(String[]::new));
	}

	@Test
	void aTraceIsFollowed(Browser browser, Sample sample) {
		String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
		long id = sample.new Request("writer").trace(trace).create("Traced");
		sample.new Request("writer").trace(trace).send("PUT", "/todos/" + id, "{\"isCompleted\": true}");
		sample.awaitChanges(id, 2);
		browser.open("/bemi/changes?table=todo&record=" + id);
		browser.click(".row-head", "");
		browser.click(".row-body a", "Trace");
		assertThat(browser.address()).isEqualTo("/bemi/trace?id=" + trace);
		browser.awaitTexts(".row-head .op", "Created", "Updated");
		browser.awaitText(".trail-summary", "2 changes in 1 table, 2 transactions");
		assertThat(browser.find("a", "Open trace").getAttribute("href")).isEqualTo(Sample.TRACES + trace);
	}

	@Test
	void whatChangedNothingIsSaidToBeSo(Browser browser, Sample sample) {
		browser.open("/bemi/request?id=none");
		browser.awaitText(".empty", "It changed nothing that is recorded");
	}

	@Test
	void whatIsNotYetRecordedIsShownAsSoonAsItIs(Browser browser, Sample sample) {
		browser.open("/bemi/request?id=on-its-way");
		browser.awaitText(".empty", "shown as soon as it is recorded");
		sample.new Request("writer").id("on-its-way").create("Early bird");
		browser.awaitTexts(".row-head .op", "Created");
		assertThat(browser.texts(".empty")).isEmpty();
	}

}
