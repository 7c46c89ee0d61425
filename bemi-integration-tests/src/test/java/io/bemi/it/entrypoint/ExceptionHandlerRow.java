package io.bemi.it.entrypoint;

import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * An {@code @ExceptionHandler}.
 */
@RestController
class ExceptionHandlerRow extends RequestsRow {

	private final Writes writes;

	ExceptionHandlerRow(Requests requests, Writes writes) {
		super(requests, "/exception-handler", "http", "ExceptionHandlerRow.fail");
		this.writes = writes;
	}

	@PostMapping("/exception-handler" + Entry.PATH)
	void fail(@PathVariable Way way, @PathVariable String key) {
		throw new Failure(new Entry(way, key));
	}

	@ExceptionHandler
	String handle(Failure failure) {
		this.writes.write(failure.entry);
		return "";
	}

	@SuppressWarnings("serial")
	private static final class Failure extends RuntimeException {

		private final Entry entry;

		private Failure(Entry entry) {
			this.entry = entry;
		}

	}

}
