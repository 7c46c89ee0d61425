package io.bemi.ingestion;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps account of a baseline for who watches, and says in the log now and then how far
 * it is.
 */
final class BaselineMonitor {

	private static final Logger logger = LoggerFactory.getLogger(BaselineMonitor.class);

	private static final Duration INTERVAL = Duration.ofSeconds(10);

	/** What is expected of each table that was not complete, by its baseline. */
	private final Map<Long, Long> expected = new HashMap<>();

	private long begun;

	private long copied;

	private long copiedEarlier;

	private int done;

	private long said;

	private volatile BaselineProgress progress = BaselineProgress.NONE;

	BaselineProgress progress() {
		return this.progress;
	}

	/**
	 * Takes the tables that are not complete.
	 * @param tables the tables
	 * @param current the one that is copied now; {@code null} when none of them can be
	 */
	void pending(List<PendingBaseline> tables, @Nullable PendingBaseline current) {
		if (tables.isEmpty()) {
			finish();
			return;
		}
		if (this.expected.isEmpty()) {
			this.begun = System.nanoTime();
			this.said = this.begun;
			this.copied = 0;
			this.copiedEarlier = 0;
			this.done = 0;
		}
		for (PendingBaseline table : tables) {
			if (this.expected.putIfAbsent(table.id(), table.rows()) == null) {
				this.copiedEarlier += table.rows();
			}
		}
		report(tables.size(), (current != null) ? current.toString() : null);
	}

	/**
	 * Takes the server's estimate of the rows of a table.
	 */
	void expect(PendingBaseline table, long rows) {
		this.expected.put(table.id(), Math.max(rows, table.rows()));
	}

	/**
	 * Takes what was stored.
	 * @param table the table as it was before that
	 * @param rows how many rows more
	 * @param complete whether these were the last
	 */
	void stored(PendingBaseline table, long rows, boolean complete) {
		this.copied += rows;
		if (complete) {
			this.done++;
			this.expected.put(table.id(), table.rows() + rows);
		}
		report(this.progress.tables() - (complete ? 1 : 0), table.toString());
		long now = System.nanoTime();
		if (now - this.said >= INTERVAL.toNanos() && !this.progress.isComplete()) {
			this.said = now;
			logger.info("Baseline of the rows that were there before: {}", this.progress);
		}
	}

	private void report(int tables, @Nullable String table) {
		long all = Math.max(this.copied + this.copiedEarlier,
				this.expected.values().stream().mapToLong(Long::longValue).sum());
		long rest = all - this.copied - this.copiedEarlier;
		Duration elapsed = Duration.ofNanos(System.nanoTime() - this.begun);
		Duration remaining = (this.copied > 0) ? elapsed.multipliedBy(rest).dividedBy(this.copied) : null;
		this.progress = new BaselineProgress(tables, table, this.copied + this.copiedEarlier, all, remaining);
	}

	private void finish() {
		if (this.done > 0) {
			logger.info("The baseline is complete: {} rows of {} tables", this.copied, this.done);
			this.done = 0;
		}
		this.expected.clear();
		this.progress = BaselineProgress.NONE;
	}

}
