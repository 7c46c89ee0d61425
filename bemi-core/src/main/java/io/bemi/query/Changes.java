package io.bemi.query;

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

}
