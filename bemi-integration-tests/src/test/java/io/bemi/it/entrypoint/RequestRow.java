package io.bemi.it.entrypoint;

import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * A request, on its own thread.
 */
@RestController
class RequestRow extends RequestsRow {

	private final Writes writes;

	RequestRow(Requests requests, Writes writes) {
		super(requests, "/request", "http", "RequestRow.write");
		this.writes = writes;
	}

	@PostMapping("/request" + Entry.PATH)
	void write(@PathVariable Way way, @PathVariable String key) {
		this.writes.write(new Entry(way, key));
	}

}
