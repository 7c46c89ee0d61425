package io.bemi.autoconfigure.observation;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * Observes work that is worth a span and a timer. Has none of Micrometer's types, which
 * an application need not have.
 */
public interface Observations {

	/** Observes nothing. */
	Observations NONE = new Observations() {

		@Override
		public <T> T observe(String name, @Nullable String kind, Supplier<T> work) {
			return work.get();
		}

		@Override
		public Running start(String name, @Nullable String table) {
			return (error) -> {
			};
		}

	};

	/**
	 * Observes work of this thread; what it calls belongs to it.
	 * @param name the name of the observation
	 * @param kind what sort of it, of few; {@code null} for none
	 * @param work the work
	 * @return what the work gives
	 */
	<T> T observe(String name, @Nullable String kind, Supplier<T> work);

	/**
	 * Starts to observe work that ends later.
	 * @param name the name of the observation
	 * @param table the table that it is about; {@code null} for none
	 * @return what has started
	 */
	Running start(String name, @Nullable String table);

	/**
	 * An observation that has started.
	 */
	@FunctionalInterface
	interface Running {

		/**
		 * Ends it.
		 * @param error why the work has failed; {@code null} when it has not
		 */
		void stop(@Nullable Throwable error);

	}

}
