package io.bemi.it.entrypoint;

import java.util.Map;

import org.springframework.boot.CommandLineRunner;

/**
 * A {@code CommandLineRunner}, which has run before the table is gone through.
 */
class CommandLineRunnerRow implements EntryPointRow, CommandLineRunner {

	private final Writes writes;

	CommandLineRunnerRow(Writes writes) {
		this.writes = writes;
	}

	@Override
	public void enter(Entry entry) {
	}

	@Override
	public void run(String... arguments) {
		for (Way way : Way.values()) {
			this.writes.write(Entry.of(name(), way));
		}
	}

	@Override
	public Map<String, Object> context(Entry entry) {
		return entry.context("runner", "CommandLineRunnerRow.run");
	}

}
