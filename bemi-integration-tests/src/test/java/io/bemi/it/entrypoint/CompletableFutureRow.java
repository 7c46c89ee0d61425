package io.bemi.it.entrypoint;

import java.util.concurrent.CompletableFuture;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * A {@code CompletableFuture} on the executor of Spring Boot, whose second stage writes.
 */
@RestController
class CompletableFutureRow extends RequestsRow {

	private final Writes writes;

	private final AsyncTaskExecutor executor;

	CompletableFutureRow(Requests requests, Writes writes,
			@Qualifier("applicationTaskExecutor") AsyncTaskExecutor executor) {
		super(requests, "/completable-future", "http", "CompletableFutureRow.write");
		this.writes = writes;
		this.executor = executor;
	}

	@PostMapping("/completable-future" + Entry.PATH)
	CompletableFuture<String> write(@PathVariable Way way, @PathVariable String key) {
		return CompletableFuture.supplyAsync(() -> new Entry(way, key), this.executor).thenApplyAsync((entry) -> {
			this.writes.write(entry);
			return "";
		}, this.executor);
	}

}
