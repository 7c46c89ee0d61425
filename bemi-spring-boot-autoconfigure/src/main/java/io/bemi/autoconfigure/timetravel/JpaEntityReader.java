package io.bemi.autoconfigure.timetravel;

import io.bemi.timetravel.EntityReader;
import io.bemi.timetravel.TimeTravelException;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;

/**
 * Finds entities with the persistence unit that has them.
 */
final class JpaEntityReader implements EntityReader {

	private final ObjectProvider<EntityManagerFactory> factories;

	JpaEntityReader(ObjectProvider<EntityManagerFactory> factories) {
		this.factories = factories;
	}

	@Override
	public <T> @Nullable T find(Class<T> type, Object id) {
		EntityManagerFactory owner = this.factories.orderedStream()
			.filter((factory) -> factory.getMetamodel()
				.getEntities()
				.stream()
				.anyMatch((entity) -> entity.getJavaType() == type))
			.findFirst()
			.orElseThrow(() -> new TimeTravelException(type.getName() + " is no entity of this application"));
		EntityManager entityManager = owner.createEntityManager();
		try {
			return entityManager.find(type, id);
		}
		finally {
			entityManager.close();
		}
	}

}
