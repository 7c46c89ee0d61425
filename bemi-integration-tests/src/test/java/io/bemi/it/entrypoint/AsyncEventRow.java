package io.bemi.it.entrypoint;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Import;
import org.springframework.scheduling.annotation.Async;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.event.TransactionalEventListener;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * An asynchronous {@code @TransactionalEventListener} for an event of a request.
 */
@RestController
@Import(AsyncEventRow.Listener.class)
class AsyncEventRow extends RequestsRow {

	private final ApplicationEventPublisher events;

	AsyncEventRow(Requests requests, ApplicationEventPublisher events) {
		super(requests, "/async-event", "async", "Listener.on");
		this.events = events;
	}

	@Transactional
	@PostMapping("/async-event" + Entry.PATH)
	public void publish(@PathVariable Way way, @PathVariable String key) {
		this.events.publishEvent(new Event(new Entry(way, key)));
	}

	record Event(Entry entry) {
	}

	static class Listener {

		private final Writes writes;

		Listener(Writes writes) {
			this.writes = writes;
		}

		@Async
		@TransactionalEventListener
		void on(Event event) {
			this.writes.write(event.entry());
		}

	}

}
