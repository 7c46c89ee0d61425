package io.bemi.it.entrypoint;

import java.util.concurrent.Callable;

import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * A {@code Callable} of a controller.
 */
@RestController
class CallableRow extends RequestsRow {

	private final Writes writes;

	CallableRow(Requests requests, Writes writes) {
		super(requests, "/callable", "http", "CallableRow.write");
		this.writes = writes;
	}

	@PostMapping("/callable" + Entry.PATH)
	Callable<String> write(@PathVariable Way way, @PathVariable String key) {
		return () -> {
			this.writes.write(new Entry(way, key));
			return "";
		};
	}

}
