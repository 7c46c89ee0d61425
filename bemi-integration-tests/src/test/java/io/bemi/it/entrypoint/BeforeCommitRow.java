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
 * A {@code @TransactionalEventListener} for an event of a request, before its transaction
 * commits.
 */
@RestController
@Import(BeforeCommitRow.Listener.class)
class BeforeCommitRow extends RequestsRow {

	private final ApplicationEventPublisher events;

	BeforeCommitRow(Requests requests, ApplicationEventPublisher events) {
		super(requests, "/before-commit", "event", "Listener.on");
		this.events = events;
	}

	@Transactional
	@PostMapping("/before-commit" + Entry.PATH)
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

		@TransactionalEventListener(phase = TransactionPhase.BEFORE_COMMIT)
		void on(Event event) {
			this.writes.write(event.entry());
		}

	}

}
