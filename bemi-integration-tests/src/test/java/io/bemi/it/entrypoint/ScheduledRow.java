package io.bemi.it.entrypoint;

import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.Queue;

import org.springframework.scheduling.annotation.Scheduled;

/**
 * A {@code @Scheduled} method.
 */
class ScheduledRow implements EntryPointRow {

	private final Queue<Entry> entries = new ConcurrentLinkedQueue<>();

	private final Writes writes;

	ScheduledRow(Writes writes) {
		this.writes = writes;
	}

	@Override
	public void enter(Entry entry) {
		this.entries.add(entry);
	}

	@Scheduled(fixedDelay = 20)
	void writeAll() {
		for (Entry entry = this.entries.poll(); entry != null; entry = this.entries.poll()) {
			this.writes.write(entry);
		}
	}

	@Override
	public Map<String, Object> context(Entry entry) {
		return entry.context("scheduled", "ScheduledRow.writeAll");
	}

}
