package io.bemi.autoconfigure.context;

import io.bemi.context.ContextChanges;
import jakarta.persistence.EntityManager;
import jakarta.persistence.FlushModeType;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.orm.jpa.EntityManagerHolder;
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
		for (Object resource : TransactionSynchronizationManager.getResourceMap().values()) {
			if (resource instanceof EntityManagerHolder holder && !holder.isRollbackOnly()) {
				flush(holder.getEntityManager());
			}
		}
	}

	private static void flush(EntityManager entityManager) {
		// Whoever has asked for another flush mode wants to decide on the moment.
		if (entityManager.isOpen() && entityManager.isJoinedToTransaction()
				&& entityManager.getFlushMode() == FlushModeType.AUTO) {
			entityManager.flush();
		}
	}

	@Override
	public void destroy() throws Exception {
		this.registration.close();
	}

}
