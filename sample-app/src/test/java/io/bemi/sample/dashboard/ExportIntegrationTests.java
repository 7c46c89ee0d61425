package io.bemi.sample.dashboard;

import java.util.List;

import io.bemi.query.Json;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

@DashboardTest
class ExportIntegrationTests {

	@Test
	void whatTheFiltersLeaveIsDownloaded(Browser browser, Sample sample) {
		long id = sample.todo("Sleep, \"well\"");
		sample.change(id, "{\"isCompleted\": true}");
		browser.open("/bemi/changes?table=todo&record=" + id);
		browser.click("Export CSV");
		List<String> csv = browser.downloaded(".csv").lines().toList();
		assertThat(csv).hasSize(3);
		assertThat(csv.get(0)).contains("operation").contains("committedAt");
		assertThat(csv.get(1)).contains("UPDATE").contains("Sleep, \\\"\"well\\\"\"");
		assertThat(csv.get(2)).contains("CREATE");
		browser.click("Export JSON Lines");
		List<String> lines = browser.downloaded(".jsonl").lines().toList();
		assertThat(lines).hasSize(2);
		assertThat(Json.readObject(lines.get(0))).containsEntry("operation", "UPDATE")
			.containsEntry("primaryKey", String.valueOf(id));
		browser.open("/bemi/record?schema=public&table=todo&record=" + id);
		browser.click("Export JSON Lines");
		assertThat(browser.downloaded(".jsonl").lines()).hasSize(2);
	}

}
