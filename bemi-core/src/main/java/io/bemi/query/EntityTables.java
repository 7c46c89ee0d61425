package io.bemi.query;

import java.util.Map;
import java.util.Optional;

/**
 * Knows in which tables the entities of the application are. An application with JPA has
 * one without doing anything.
 */
public interface EntityTables {

	/**
	 * Knows no entity.
	 */
	EntityTables NONE = new EntityTables() {

		@Override
		public Optional<EntityTable> find(Class<?> type) {
			return Optional.empty();
		}

		@Override
		public Object id(Object entity) {
			throw new IllegalArgumentException("There are no entities");
		}

		@Override
		public Map<String, Object> key(Class<?> type, Object id) {
			throw new IllegalArgumentException("There are no entities");
		}

	};

	/**
	 * Looks an entity up.
	 * @param type its class, or a subclass such as a proxy's
	 * @return its tables; empty when it is no entity
	 */
	Optional<EntityTable> find(Class<?> type);

	/**
	 * Reads the id of an entity.
	 * @param entity the entity
	 * @return its id
	 * @throws IllegalArgumentException when it is no entity, or has no id yet
	 */
	Object id(Object entity);

	/**
	 * Takes an id apart.
	 * @param type the class of the entity
	 * @param id its id, possibly of several parts
	 * @return the value of each column of the key, by its name
	 * @throws IllegalArgumentException when it is no id of the entity
	 */
	Map<String, Object> key(Class<?> type, Object id);

}
