package io.bemi.autoconfigure.context;

import java.util.ArrayList;
import java.util.Map;

import io.bemi.context.ContextChanges;
import jakarta.persistence.EntityManager;
import jakarta.persistence.FlushModeType;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.dao.support.DataAccessUtils;
import org.springframework.orm.jpa.EntityManagerFactoryInfo;
import org.springframework.orm.jpa.EntityManagerHolder;
import org.springframework.orm.jpa.JpaDialect;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Writes what a persistence context has kept back before the context changes: JPA sends
 * its SQL when it flushes, and the change belongs to the context that it was made in.
 */
final class PersistenceContextFlush implements DisposableBean {

	private final AutoCloseable registration = ContextChanges.listen(PersistenceContextFlush::flush);

	private static void flush() {
		if (!TransactionSynchronizationManager.isActualTransactionActive()
				|| TransactionSynchronizationManager.isCurrentTransactionReadOnly()) {
			return;
		}
		// A copy, because what an entity's callbacks do may bind other resources.
		for (Map.Entry<Object, Object> resource : new ArrayList<>(
				TransactionSynchronizationManager.getResourceMap().entrySet())) {
			if (resource.getValue() instanceof EntityManagerHolder holder && !holder.isRollbackOnly()) {
				flush(holder.getEntityManager(), resource.getKey());
			}
		}
	}

	private static void flush(EntityManager entityManager, Object factory) {
		// Whoever has asked for another flush mode wants to decide on the moment.
		if (!entityManager.isOpen() || !entityManager.isJoinedToTransaction()
				|| entityManager.getFlushMode() != FlushModeType.AUTO) {
			return;
		}
		try {
			entityManager.flush();
		}
		catch (RuntimeException ex) {
			// Who handles what the commit throws has to know this, too.
			JpaDialect dialect = (factory instanceof EntityManagerFactoryInfo info) ? info.getJpaDialect() : null;
			throw (dialect != null) ? DataAccessUtils.translateIfNecessary(ex, dialect) : ex;
		}
	}

	@Override
	public void destroy() throws Exception {
		this.registration.close();
	}

}
