package io.bemi.it.entrypoint;

import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.WebAsyncTask;

/**
 * A {@code WebAsyncTask} with an executor of its own, which is no bean.
 */
@RestController
class WebAsyncTaskRow extends RequestsRow {

	private final Writes writes;

	WebAsyncTaskRow(Requests requests, Writes writes) {
		super(requests, "/web-async-task", "http", "WebAsyncTaskRow.write");
		this.writes = writes;
	}

	@PostMapping("/web-async-task" + Entry.PATH)
	WebAsyncTask<String> write(@PathVariable Way way, @PathVariable String key) {
		return new WebAsyncTask<>(10_000L, new SimpleAsyncTaskExecutor(), () -> {
			this.writes.write(new Entry(way, key));
			return "";
		});
	}

}
