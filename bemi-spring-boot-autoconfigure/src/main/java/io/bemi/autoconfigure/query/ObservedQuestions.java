package io.bemi.autoconfigure.query;

import java.util.function.Supplier;

import io.bemi.autoconfigure.observation.Observations;
import io.bemi.query.QuestionObserver;

/**
 * Observes each question that is asked of the history.
 */
final class ObservedQuestions implements QuestionObserver {

	private final Observations observations;

	ObservedQuestions(Observations observations) {
		this.observations = observations;
	}

	@Override
	public <T> T observe(String kind, Supplier<T> question) {
		return this.observations.observe("bemi.query", kind, question);
	}

}
