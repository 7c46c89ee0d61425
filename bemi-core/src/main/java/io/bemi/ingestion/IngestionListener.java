package io.bemi.ingestion;

import java.time.Duration;

/**
 * Is told what becomes of what ingestion has read, by the thread that stores it: to be
 * quick about it, and not to throw.
 */
public interface IngestionListener {

	/** Is not interested. */
	IngestionListener NONE = new IngestionListener() {
	};

	/**
	 * A write into the sink begins: of changes, of rows that were there before, or of a
	 * position alone.
	 * @return is told how it ends
	 */
	default Stage storing() {
		return Stage.NONE;
	}

	/**
	 * Within a write, some rows are added that were there before changes were recorded.
	 * @param table schema and name of their table
	 * @return is told how that ends
	 */
	default Stage copying(String table) {
		return Stage.NONE;
	}

	/**
	 * Something that has begun. It ends once.
	 */
	interface Stage {

		/** Is not interested. */
		Stage NONE = new Stage() {
		};

		/**
		 * It is done.
		 * @param rows how many changes, or rows
		 * @param busy for how long the sink was at work; a large transaction is written
		 * while it arrives
		 */
		default void completed(long rows, Duration busy) {
		}

		/**
		 * Nothing of it is stored, or nobody knows.
		 * @param ex why
		 */
		default void failed(RuntimeException ex) {
		}

	}

}
