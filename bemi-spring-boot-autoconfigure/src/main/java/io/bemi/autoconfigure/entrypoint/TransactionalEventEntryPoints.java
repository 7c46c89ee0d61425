package io.bemi.autoconfigure.entrypoint;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.AbstractApplicationContext;
import org.springframework.transaction.event.TransactionalApplicationListener;

/**
 * Finds the transactional listeners once they are all there.
 */
final class TransactionalEventEntryPoints implements SmartInitializingSingleton {

	private final ConfigurableApplicationContext context;

	TransactionalEventEntryPoints(ConfigurableApplicationContext context) {
		this.context = context;
	}

	@Override
	public void afterSingletonsInstantiated() {
		if (this.context instanceof AbstractApplicationContext registry) {
			for (ApplicationListener<?> listener : registry.getApplicationListeners()) {
				if (listener instanceof TransactionalApplicationListener<?> transactional) {
					transactional.addCallback(new TransactionalEventEntryPoint(listener));
				}
			}
		}
	}

}
