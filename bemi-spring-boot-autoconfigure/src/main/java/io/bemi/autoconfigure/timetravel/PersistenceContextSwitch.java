package io.bemi.autoconfigure.timetravel;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.bemi.timetravel.TravelParticipant;
import jakarta.persistence.EntityManagerFactory;
import org.springframework.orm.jpa.EntityManagerFactoryUtils;
import org.springframework.orm.jpa.EntityManagerHolder;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Sets aside the persistence contexts that are open on a thread, as "open in view" leaves
 * them, while it reads the past: new ones stand in for them.
 */
final class PersistenceContextSwitch implements TravelParticipant {

	@Override
	public Runnable enter() {
		List<Runnable> backs = new ArrayList<>();
		for (Map.Entry<Object, Object> resource : new ArrayList<>(
				TransactionSynchronizationManager.getResourceMap().entrySet())) {
			if (resource.getKey() instanceof EntityManagerFactory factory
					&& resource.getValue() instanceof EntityManagerHolder holder) {
				TransactionSynchronizationManager.unbindResource(factory);
				EntityManagerHolder past = new EntityManagerHolder(factory.createEntityManager());
				TransactionSynchronizationManager.bindResource(factory, past);
				backs.add(() -> {
					TransactionSynchronizationManager.unbindResourceIfPossible(factory);
					EntityManagerFactoryUtils.closeEntityManager(past.getEntityManager());
					TransactionSynchronizationManager.bindResource(factory, holder);
				});
			}
		}
		return () -> backs.forEach(Runnable::run);
	}

}
