package io.bemi.sample.dashboard;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;

import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.UserDetailsManager;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every screen, light and dark, wide and narrow: axe-core finds nothing. With
 * {@code -Dbemi.pictures=FOLDER} it leaves pictures.
 */
@DashboardTest
class ScreensIntegrationTests {

	private static final @Nullable String PICTURES = System.getProperty("bemi.pictures");

	private static final Axe axe = new Axe();

	@SuppressWarnings("NullAway.Init")
	private static Household household;

	@BeforeAll
	static void live(Sample sample) {
		household = Household.move(sample);
		if (PICTURES != null) {
			household.spread(6);
		}
	}

	@Test
	void overview(Browser browser) throws IOException {
		browser.open("/bemi?range=7d");
		browser.find(".chart canvas");
		look(browser, "overview");
		browser.click("summary", "As a table");
		browser.click(".heading button", "Custom");
		look(browser, "overview-table");
	}

	@Test
	void changes(Browser browser) throws IOException {
		browser.open("/bemi/changes");
		browser.awaitTexts(".live", "Live");
		browser.click(".row-head", "");
		look(browser, "changes");
		browser.open("/bemi/changes?schema=public&table=todo&operation=UPDATE&changed=task&context.user=ben&text=x");
		browser.awaitText(".field-error", "Text is searched");
		look(browser, "changes-filters");
		browser.open("/bemi/changes?transaction=1");
		browser.awaitText(".empty", "No change answers");
		look(browser, "changes-empty");
		browser.open("/bemi/changes?record=" + household.described());
		browser.click(".row-head", "");
		browser.click(".row-body a", "Link");
		browser.click("summary", "1 unchanged");
		look(browser, "change");
	}

	@Test
	void record(Browser browser) throws IOException {
		browser.open("/bemi/record");
		look(browser, "record-choice");
		browser.open("/bemi/record?schema=public&table=todo&record=" + household.described());
		browser.find("input[type=range]").sendKeys(Keys.ARROW_LEFT, Keys.ARROW_LEFT);
		browser.awaitText(".state-table", "first week of December");
		look(browser, "record");
		browser.click("Two moments");
		browser.awaitText(".record-state", "task");
		look(browser, "record-difference");
	}

	@Test
	void trails(Browser browser) throws IOException {
		browser.open("/bemi/transaction?id=" + household.transactionOfRequest());
		browser.click(".row-head", "");
		look(browser, "transaction");
		browser.open("/bemi/request?id=" + Household.REQUEST);
		look(browser, "request");
		browser.open("/bemi/trace?id=" + Household.TRACE);
		look(browser, "trace");
	}

	@Test
	void reverts(Browser browser) throws IOException {
		browser.open("/bemi/revert");
		look(browser, "revert-choice");
		browser.open("/bemi/revert?of=request&id=" + Household.REQUEST);
		browser.click(".choice", "Leave theirs");
		browser.find("textarea").sendKeys("Ben meant his own todos only");
		look(browser, "revert");
		browser.click("summary", "SQL");
		look(browser, "revert-sql");
		browser.click("button[type=submit]", "");
		browser.awaitText(".notice-done", "left as they are");
		look(browser, "revert-result");
	}

	@Test
	void embed(Browser browser) throws IOException {
		browser.open("/embed.html?record=" + household.described());
		Browser.await(() -> assertThat(
				browser.find("bemi-history").getShadowRoot().findElements(By.cssSelector(".history-item")))
			.hasSize(4));
		look(browser, "embed");
	}

	@Test
	void whatIsNotShown(Browser browser, Sample sample) throws IOException {
		((UserDetailsManager) sample.application().getBean(UserDetailsService.class))
			.createUser(User.withUsername("looker").password("{noop}secret").roles("BEMI").build());
		browser.open("/bemi/nowhere");
		look(browser, "unknown");
		browser.open("/bemi/changes?context.%22=x");
		browser.find(".notice-failed");
		look(browser, "refused");
		assertThat(browser.problems()).isNotEmpty().allMatch((entry) -> entry.contains("400"));
		browser.is("looker");
		browser.open("/bemi/revert");
		look(browser, "revert-forbidden");
		browser.is("writer");
		browser.open("/bemi/changes");
		browser.awaitTexts("h1", "Forbidden");
		look(browser, "forbidden");
		assertThat(browser.problems()).isNotEmpty().allMatch((entry) -> entry.contains("403"));
	}

	private static void look(Browser browser, String screen) throws IOException {
		for (int width : new int[] { Browser.WIDE, Browser.NARROW }) {
			for (boolean dark : new boolean[] { false, true }) {
				browser.look(width, dark);
				browser.rest();
				String name = screen + ((width == Browser.WIDE) ? "" : "-" + width) + (dark ? "-dark" : "-light");
				assertThat(browser.script("return document.documentElement.scrollWidth")).as("Width of " + name)
					.isEqualTo((long) width);
				axe.check(browser, name);
				if (PICTURES != null) {
					browser.script("document.activeElement.blur()");
					Files.write(Files.createDirectories(Path.of(PICTURES)).resolve(name + ".png"),
							browser.picture(width, (width == Browser.WIDE) ? 1120 : 1440));
				}
			}
		}
		browser.look(Browser.WIDE, false);
	}

}
