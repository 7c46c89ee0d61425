package io.bemi.it.entrypoint;

import java.util.Map;

import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * A request, on its own thread.
 */
@RestController
class RequestRow implements EntryPointRow {

	private final Requests requests;

	private final Writes writes;

	RequestRow(Requests requests, Writes writes) {
		this.requests = requests;
		this.writes = writes;
	}

	@Override
	public void enter(Entry entry) {
		this.requests.post("/request", entry);
	}

	@PostMapping("/request" + Entry.PATH)
	void write(@PathVariable Way way, @PathVariable String key) {
		this.writes.write(new Entry(way, key));
	}

	@Override
	public Map<String, Object> context(Entry entry) {
		return entry.context("/request", "http", "RequestRow.write");
	}

}
