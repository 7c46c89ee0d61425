package io.bemi.query;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

import io.bemi.change.Change;

/**
 * The recorded changes: the entry to every question about the history. <pre>{@code
 * List<Change> history = changes.query().table("todo").primaryKey("26").list();
 * }</pre>
 */
public interface Changes {

	/**
	 * Starts a question that every change answers.
	 * @return the question, to be narrowed
	 */
	ChangeQuery query();

	/**
	 * Finds a change by its id.
	 * @param id the id as {@link Change#id()} gives it
	 * @return the change, or empty when there is none of that id
	 * @throws org.springframework.dao.DataAccessException when the store cannot be read
	 */
	Optional<Change> find(String id);

	/**
	 * The tables of which something is recorded, by each name that they have had.
	 * @return the tables, by database, schema and name; those that are gone, too
	 * @throws org.springframework.dao.DataAccessException when the store cannot be read
	 */
	default List<KnownTable> tables() {
		throw new UnsupportedOperationException("This history does not know its tables");
	}

	/**
	 * How complete the history is.
	 * @return the gaps, and how far the baseline is
	 * @throws org.springframework.dao.DataAccessException when the store cannot be read
	 */
	default HistoryState state() {
		throw new UnsupportedOperationException("This history does not know its state");
	}

	/**
	 * Waits until everything that was committed in the application's database before this
	 * call is in the history, as long as is configured
	 * ({@code bemi.query.await-timeout}).
	 * @throws IngestionTimeoutException when that takes longer; the message says how far
	 * behind ingestion is
	 * @throws IllegalStateException within a transaction of this thread that may write,
	 * or that goes on reading what there was when it began; or when there is nothing to
	 * wait for
	 * @throws org.springframework.dao.DataAccessException when the source or the store
	 * cannot be asked
	 */
	default void awaitIngested() {
		throw new UnsupportedOperationException("This history cannot be waited for");
	}

	/**
	 * Waits until everything that was committed in the application's database before this
	 * call is in the history.
	 * @param timeout how long at most
	 * @throws IngestionTimeoutException when that takes longer; the message says how far
	 * behind ingestion is
	 * @throws IllegalStateException within a transaction of this thread that may write,
	 * or that goes on reading what there was when it began; or when there is nothing to
	 * wait for
	 * @throws org.springframework.dao.DataAccessException when the source or the store
	 * cannot be asked
	 */
	default void awaitIngested(Duration timeout) {
		throw new UnsupportedOperationException("This history cannot be waited for");
	}

}
