package io.bemi.query;

import java.util.function.Supplier;

/**
 * Is around each question that is asked of the history.
 */
public interface QuestionObserver {

	/** Looks away. */
	QuestionObserver NONE = new QuestionObserver() {

		@Override
		public <T> T observe(String kind, Supplier<T> question) {
			return question.get();
		}

	};

	/**
	 * Lets a question be asked.
	 * @param kind what sort of question: {@code list}, {@code find}, {@code stream} and
	 * {@code places} (until the first answer is there), {@code count}, {@code counts} or
	 * {@code top}
	 * @param question asks it, on this thread
	 * @return what it gives
	 */
	<T> T observe(String kind, Supplier<T> question);

}
