package io.bemi.it.entrypoint;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;

/**
 * A {@code DeferredResult}, completed by a thread of an executor.
 */
@RestController
class DeferredResultRow extends RequestsRow {

	private final Writes writes;

	private final AsyncTaskExecutor executor;

	DeferredResultRow(Requests requests, Writes writes,
			@Qualifier("applicationTaskExecutor") AsyncTaskExecutor executor) {
		super(requests, "/deferred-result", "http", "DeferredResultRow.write");
		this.writes = writes;
		this.executor = executor;
	}

	@PostMapping("/deferred-result" + Entry.PATH)
	DeferredResult<String> write(@PathVariable Way way, @PathVariable String key) {
		DeferredResult<String> result = new DeferredResult<>();
		this.executor.execute(() -> {
			this.writes.write(new Entry(way, key));
			result.setResult("");
		});
		return result;
	}

}
