package io.bemi.store;

import java.io.Closeable;

/**
 * What looks after a store beside ingestion, as long as a sink has it open.
 */
@FunctionalInterface
public interface StoreKeeper {

	/** Leaves that to others. */
	StoreKeeper NONE = (store) -> () -> {
	};

	/**
	 * Begins to look after a store, on threads and connections of its own. What goes
	 * wrong there is nothing to the sink.
	 * @param store the store, of which the tables are there
	 * @return what ends it, without waiting
	 */
	Upkeep start(StoreSettings store);

	/**
	 * What goes on beside a sink.
	 */
	interface Upkeep extends Closeable {

		@Override
		void close();

	}

}
