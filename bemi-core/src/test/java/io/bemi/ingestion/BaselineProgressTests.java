package io.bemi.ingestion;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link BaselineProgress}, {@link BaselineMonitor} and
 * {@link BaselineSettings}.
 */
class BaselineProgressTests {

	private final BaselineMonitor monitor = new BaselineMonitor();

	private static PendingBaseline table(long id, long rows) {
		return new PendingBaseline(id, (int) id, "public", "t" + id, null, rows);
	}

	@Test
	void nothingToCopyIsComplete() {
		assertThat(this.monitor.progress().isComplete()).isTrue();
		assertThat(this.monitor.progress().percent()).hasValue(100);
	}

	@Test
	void countsRowsOfAllTables() {
		this.monitor.pending(List.of(table(1, 100), table(2, 0)), table(1, 100));
		assertThat(this.monitor.progress())
			.extracting(BaselineProgress::tables, BaselineProgress::table, BaselineProgress::rows,
					BaselineProgress::remaining)
			.containsExactly(2, "public.t1", 100L, null);
		this.monitor.expect(table(1, 100), 300);
		this.monitor.expect(table(2, 0), 700);
		this.monitor.stored(table(1, 100), 200, true);
		assertThat(this.monitor.progress())
			.extracting(BaselineProgress::tables, BaselineProgress::rows, BaselineProgress::expected)
			.containsExactly(1, 300L, 1000L);
		assertThat(this.monitor.progress().percent()).hasValue(30);
		assertThat(this.monitor.progress().remaining()).isPositive();
		this.monitor.stored(table(2, 0), 10, true);
		assertThat(this.monitor.progress()).extracting(BaselineProgress::rows, BaselineProgress::expected)
			.containsExactly(310L, 310L);
	}

	@Test
	void moreRowsThanExpectedAreNeverAllOfThem() {
		this.monitor.pending(List.of(table(1, 0)), table(1, 0));
		this.monitor.expect(table(1, 0), 10);
		this.monitor.stored(table(1, 0), 1000, false);
		assertThat(this.monitor.progress().percent()).hasValue(99);
	}

	@Test
	void anUnknownNumberOfRowsHasNoPercentage() {
		this.monitor.pending(List.of(table(1, 0)), table(1, 0));
		assertThat(this.monitor.progress().percent()).isEmpty();
	}

	@Test
	void whatCannotBeCopiedNowIsNotComplete() {
		this.monitor.pending(List.of(table(1, 0)), null);
		assertThat(this.monitor.progress().isComplete()).isFalse();
		assertThat(this.monitor.progress().table()).isNull();
		this.monitor.pending(List.of(), null);
		assertThat(this.monitor.progress().isComplete()).isTrue();
	}

	@Test
	void saysHowFarItIs() {
		assertThat(new BaselineProgress(2, "public.t", 50, 200, Duration.ofSeconds(130)))
			.hasToString("50 of about 200 rows (25 %), about 2 minutes left, now of public.t, 2 tables to go");
		assertThat(new BaselineProgress(1, "public.t", 50, 200, Duration.ofHours(3))).asString()
			.contains("about 3 hours left");
		assertThat(new BaselineProgress(1, "public.t", 0, 0, null))
			.hasToString("0 of about 0 rows, now of public.t, 1 tables to go");
		assertThat(BaselineProgress.NONE).hasToString("complete");
	}

	@Test
	void patternsAreThoseOfTracking() {
		BaselineSettings settings = new BaselineSettings(List.of("a*", "shop.*_log", "x.y_z"));
		assertThat(settings.isExcluded("public", "abc")).isTrue();
		assertThat(settings.isExcluded("public", "cab")).isFalse();
		assertThat(settings.isExcluded("shop", "x_log")).isTrue();
		assertThat(settings.isExcluded("other", "x_log")).isFalse();
		assertThat(settings.isExcluded("x", "yaz")).isFalse();
		assertThat(BaselineSettings.ALL.isExcluded("public", "abc")).isFalse();
	}

}
