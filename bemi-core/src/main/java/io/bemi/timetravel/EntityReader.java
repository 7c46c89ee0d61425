package io.bemi.timetravel;

import org.jspecify.annotations.Nullable;

/**
 * Finds entities, with whatever the application uses for that.
 */
@FunctionalInterface
public interface EntityReader {

	/**
	 * Finds an entity, within {@link TimeTravel#at}.
	 * @param <T> the entity's type
	 * @param type the entity's class
	 * @param id its id
	 * @return the entity, detached; {@code null} when there is none
	 */
	<T> @Nullable T find(Class<T> type, Object id);

}
