package io.bemi.sample.dashboard;

import org.junit.jupiter.api.Test;

import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.UserDetailsManager;

import static org.assertj.core.api.Assertions.assertThat;

@DashboardTest
class AccessIntegrationTests {

	@Test
	void whoHasNotTheRoleSeesWhy(Browser browser, Sample sample) {
		browser.is("writer");
		browser.open("/bemi/changes");
		browser.awaitTexts("h1", "Forbidden");
		browser.awaitTexts("p", "This needs the role 'BEMI'");
		assertThat(browser.problems()).hasSize(1).allMatch((entry) -> entry.contains("403"));
	}

	@Test
	void whoIsNotLoggedInIsAskedTo(Browser browser, Sample sample) {
		browser.is(null);
		browser.open("/bemi");
		assertThat(browser.script("return document.querySelector('#app')")).isNull();
		assertThat(browser.problems()).hasSize(1).allMatch((entry) -> entry.contains("401"));
	}

	@Test
	void whoMayOnlyLookIsToldSo(Browser browser, Sample sample) {
		((UserDetailsManager) sample.application().getBean(UserDetailsService.class))
			.createUser(User.withUsername("reader").password("{noop}secret").roles("BEMI").build());
		long id = sample.todo("Only look");
		browser.is("reader");
		browser.open("/bemi/changes?table=todo&record=" + id);
		browser.click(".row-head", "");
		assertThat(browser.texts("a")).contains("Record").doesNotContain("Revert …", "Revert these …");
		browser.open("/bemi/revert");
		browser.awaitText(".notice-forbidden", "You may look, but not revert");
	}

	@Test
	void anUnknownScreenLeadsBack(Browser browser, Sample sample) {
		browser.open("/bemi/nowhere");
		browser.awaitTexts("h1", "Not found");
		browser.click("Go to the overview");
		browser.awaitTexts("h1", "Overview");
	}

}
