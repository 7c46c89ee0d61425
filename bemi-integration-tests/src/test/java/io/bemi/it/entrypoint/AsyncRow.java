package io.bemi.it.entrypoint;

import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ConcurrentHashMap;

import org.springframework.scheduling.annotation.Async;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.context.annotation.Import;

/**
 * An {@code @Async} method that a request has called, and which writes when the response
 * has been received.
 */
@RestController
@Import(AsyncRow.Later.class)
class AsyncRow extends RequestsRow {

	private final Later later;

	AsyncRow(Requests requests, Later later) {
		super(requests, "/async", "async", "Later.write");
		this.later = later;
	}

	@Override
	public void enter(Entry entry) {
		this.later.expect(entry);
		super.enter(entry);
		this.later.release(entry);
	}

	@PostMapping("/async" + Entry.PATH)
	void write(@PathVariable Way way, @PathVariable String key) {
		this.later.write(new Entry(way, key));
	}

	static class Later {

		private final Map<Entry, CountDownLatch> responses = new ConcurrentHashMap<>();

		private final Writes writes;

		Later(Writes writes) {
			this.writes = writes;
		}

		void expect(Entry entry) {
			this.responses.put(entry, new CountDownLatch(1));
		}

		void release(Entry entry) {
			response(entry).countDown();
		}

		@Async
		void write(Entry entry) {
			try {
				response(entry).await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				throw new IllegalStateException(ex);
			}
			this.writes.write(entry);
		}

		private CountDownLatch response(Entry entry) {
			CountDownLatch response = this.responses.get(entry);
			if (response == null) {
				throw new IllegalStateException("Not expected: " + entry);
			}
			return response;
		}

	}

}
