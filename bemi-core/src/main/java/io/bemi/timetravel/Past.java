package io.bemi.timetravel;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.bemi.change.Change;
import io.bemi.change.Change.Difference;
import org.jspecify.annotations.Nullable;

/**
 * What the tables held at one moment, by the names that tables and columns had then. A
 * table is named as the catalogue spells it, with its schema and a dot in front where the
 * name alone is not clear. Each method throws {@link TimeTravelException} when the table
 * or the moment is not known, or a row has a value that is not known.
 */
public interface Past {

	/**
	 * Finds a record.
	 * @param table the table's name
	 * @param key the key as text; a JSON array, as in {@code [1, "a"]}, when it has
	 * several columns
	 * @return the row by column, or empty when there was none
	 */
	Optional<Map<String, @Nullable Object>> find(String table, Object key);

	/**
	 * Finds an entity, detached.
	 * @param <T> the entity's type
	 * @param type the entity's class
	 * @param id its id
	 * @return the entity, or empty when there was none
	 */
	<T> Optional<T> find(Class<T> type, Object id);

	/**
	 * All rows of a table.
	 * @param table the table's name
	 * @return the rows by column, in the order of their keys' texts
	 */
	List<Map<String, @Nullable Object>> rows(String table);

	/**
	 * Everything that had happened to a record.
	 * @param table the table's name
	 * @param key the key as text
	 * @return its changes up to the moment, newest first
	 */
	List<Change> history(String table, Object key);

	/**
	 * How a record differs at another moment.
	 * @param table the table's name
	 * @param key the key as text
	 * @param other the other moment, usually later
	 * @return old and new values of the columns that differ; of all columns where there
	 * is a record at one of the moments only
	 */
	Map<String, Difference> diff(String table, Object key, Moment other);

	/**
	 * How the records of a table differ at another moment.
	 * @param table the table's name
	 * @param other the other moment, usually later
	 * @return the differences by key, of records that differ
	 */
	Map<String, Map<String, Difference>> diff(String table, Moment other);

}
