package io.bemi.it.entrypoint;

import java.util.Map;

import org.springframework.boot.ApplicationRunner;
import org.springframework.context.annotation.Bean;

/**
 * An {@code ApplicationRunner}, which has run before the table is gone through.
 */
class RunnerRow implements EntryPointRow {

	@Override
	public void enter(Entry entry) {
	}

	@Bean
	static ApplicationRunner seed(Writes writes) {
		return (arguments) -> {
			for (Way way : Way.values()) {
				writes.write(Entry.of("RunnerRow", way));
			}
		};
	}

	@Override
	public Map<String, Object> context(Entry entry) {
		return entry.context("runner", "RunnerRow.seed");
	}

}
