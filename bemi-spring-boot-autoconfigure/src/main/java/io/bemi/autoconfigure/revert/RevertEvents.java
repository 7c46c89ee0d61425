package io.bemi.autoconfigure.revert;

import io.bemi.revert.RevertListener;
import io.bemi.revert.RevertPlan;
import io.bemi.revert.RevertReport;

import org.springframework.context.ApplicationEventPublisher;

/**
 * Publishes the report of each revert as an application event.
 */
final class RevertEvents implements RevertListener {

	private final ApplicationEventPublisher publisher;

	RevertEvents(ApplicationEventPublisher publisher) {
		this.publisher = publisher;
	}

	@Override
	public void reverted(RevertPlan plan, RevertReport report) {
		this.publisher.publishEvent(report);
	}

}
