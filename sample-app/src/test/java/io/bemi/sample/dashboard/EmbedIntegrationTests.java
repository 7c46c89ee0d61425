package io.bemi.sample.dashboard;

import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.SearchContext;
import org.openqa.selenium.WebElement;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A record's history in a page of the application.
 */
@DashboardTest
class EmbedIntegrationTests {

	private static final By ITEM = By.cssSelector(".history-item");

	@Test
	void showsTheHistoryOfARecord(Browser browser, Sample sample) {
		long id = sample.todo("Sleep");
		sample.change(id, "{\"task\": \"Sleep well\"}");
		browser.open("/embed.html?record=" + id);
		SearchContext shadow = browser.find("bemi-history").getShadowRoot();
		Browser.await(() -> assertThat(shadow.findElements(ITEM)).hasSize(2));
		WebElement newest = shadow.findElements(ITEM).get(0);
		assertThat(newest.getText()).contains("Updated", "writer", "task").contains("Sleep well");
		WebElement oldest = shadow.findElements(ITEM).get(1);
		oldest.findElement(By.tagName("summary")).click();
		Browser.await(() -> assertThat(oldest.getText()).contains("Created", "isCompleted", "false"));
		assertThat(shadow.findElement(By.cssSelector(".history-heading")).getText()).isEqualTo("What happened to it");
	}

	@Test
	void isNotForWhoeverMayNotReadIt(Browser browser, Sample sample) {
		long id = sample.todo("Secret");
		browser.is("writer");
		browser.open("/embed.html?record=" + id);
		// Without a bean that decides, the script is for readers, too.
		assertThat(browser.problems()).hasSize(1).allMatch((entry) -> entry.contains("403"));
		assertThat(browser.find("main").getText()).doesNotContain("Secret");
	}

}
