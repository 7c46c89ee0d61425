package io.bemi.it.entrypoint;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Import;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.event.TransactionPhase;
import org.springframework.transaction.event.TransactionalEventListener;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * A {@code @TransactionalEventListener} for an event of a request, after its transaction
 * has committed.
 */
@RestController
@Import(AfterCommitRow.Listener.class)
class AfterCommitRow extends RequestsRow {

	private final ApplicationEventPublisher events;

	AfterCommitRow(Requests requests, ApplicationEventPublisher events) {
		super(requests, "/after-commit", "event", "Listener.on");
		this.events = events;
	}

	@Transactional
	@PostMapping("/after-commit" + Entry.PATH)
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

		@TransactionalEventListener(phase = TransactionPhase.AFTER_COMMIT)
		void on(Event event) {
			this.writes.write(event.entry());
		}

	}

}
