package io.bemi.it.entrypoint;

import java.util.Map;

import io.bemi.context.BemiContext;

import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * A thread of the application's own, with {@code BemiContext.wrap} and a key that the
 * request has added.
 */
@RestController
class WrappedRow extends RequestsRow {

	private final Writes writes;

	WrappedRow(Requests requests, Writes writes) {
		super(requests, "/wrapped", "http", "WrappedRow.write");
		this.writes = writes;
	}

	@PostMapping("/wrapped" + Entry.PATH)
	void write(@PathVariable Way way, @PathVariable String key) {
		BemiContext.put("reason", "audit");
		new Thread(BemiContext.wrap(() -> this.writes.write(new Entry(way, key)))).start();
	}

	@Override
	public Map<String, Object> context(Entry entry) {
		Map<String, Object> context = super.context(entry);
		context.put("reason", "audit");
		return context;
	}

}
