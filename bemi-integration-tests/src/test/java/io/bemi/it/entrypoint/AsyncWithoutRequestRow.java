package io.bemi.it.entrypoint;

import java.util.Map;

import org.springframework.context.annotation.Import;
import org.springframework.scheduling.annotation.Async;

/**
 * An {@code @Async} method that is called outside of any context.
 */
@Import(AsyncWithoutRequestRow.Background.class)
class AsyncWithoutRequestRow implements EntryPointRow {

	private final Background background;

	AsyncWithoutRequestRow(Background background) {
		this.background = background;
	}

	@Override
	public void enter(Entry entry) {
		this.background.write(entry);
	}

	@Override
	public Map<String, Object> context(Entry entry) {
		return entry.context("async", "Background.write");
	}

	static class Background {

		private final Writes writes;

		Background(Writes writes) {
			this.writes = writes;
		}

		@Async
		void write(Entry entry) {
			this.writes.write(entry);
		}

	}

}
