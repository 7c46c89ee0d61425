package io.bemi.it.entrypoint;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Import;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.event.TransactionPhase;
import org.springframework.transaction.event.TransactionalEventListener;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * A request whose listener writes in the same transaction, by the same persistence
 * context, which writes nothing before it is flushed.
 */
@RestController
@Import(EventsController.Listeners.class)
class EventsController {

	private final WrittenRepository repository;

	private final ApplicationEventPublisher events;

	EventsController(WrittenRepository repository, ApplicationEventPublisher events) {
		this.repository = repository;
		this.events = events;
	}

	@Transactional
	@PostMapping("/events/{id}")
	public void write(@PathVariable String id) {
		this.repository.save(new Written(id + "-request"));
		this.events.publishEvent(new Event(id));
	}

	record Event(String id) {
	}

	static class Listeners {

		private final WrittenRepository repository;

		Listeners(WrittenRepository repository) {
			this.repository = repository;
		}

		@TransactionalEventListener(phase = TransactionPhase.BEFORE_COMMIT)
		public void before(Event event) {
			this.repository.save(new Written(event.id() + "-before"));
		}

		@TransactionalEventListener
		@Transactional(propagation = Propagation.REQUIRES_NEW)
		public void after(Event event) {
			this.repository.save(new Written(event.id() + "-after"));
		}

	}

}
