package io.bemi.autoconfigure.entrypoint;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.ApplicationContext;
import org.springframework.jms.config.JmsListenerContainerFactory;
import org.springframework.jms.config.JmsListenerEndpoint;
import org.springframework.jms.config.JmsListenerEndpointRegistry;
import org.springframework.jms.listener.AbstractMessageListenerContainer;
import org.springframework.jms.listener.MessageListenerContainer;

/**
 * Gives the listeners of all JMS containers an entry point: of those that are registered,
 * at whatever time, and of those that are beans. Spring's factories have no hook for it,
 * so Spring's registry, while it is still empty, is replaced by one that has.
 */
final class JmsListenerPostProcessor implements BeanPostProcessor {

	private static final Logger logger = LoggerFactory.getLogger(JmsListenerPostProcessor.class);

	private final ApplicationContext context;

	JmsListenerPostProcessor(ApplicationContext context) {
		this.context = context;
	}

	@Override
	public Object postProcessBeforeInitialization(Object bean, String beanName) {
		if (!(bean instanceof JmsListenerEndpointRegistry registry) || bean instanceof Registry) {
			return bean;
		}
		if (bean.getClass() != JmsListenerEndpointRegistry.class || !registry.getListenerContainerIds().isEmpty()) {
			logger.warn("The messages of the listeners in '{}' will have no entry point in their context: it is a {}",
					beanName, bean.getClass().getName());
			return bean;
		}
		Registry replacement = new Registry();
		replacement.setApplicationContext(this.context);
		return replacement;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof AbstractMessageListenerContainer container) {
			wrapListener(container);
		}
		return bean;
	}

	private static void wrapListener(AbstractMessageListenerContainer container) {
		Object listener = container.getMessageListener();
		if (listener != null) {
			container.setMessageListener(
					MessageListenerProxy.of(listener, JmsEntryPoints.of(listener, container.getDestinationName())));
		}
	}

	private static final class Registry extends JmsListenerEndpointRegistry {

		@Override
		protected MessageListenerContainer createListenerContainer(JmsListenerEndpoint endpoint,
				JmsListenerContainerFactory<?> factory) {
			MessageListenerContainer container = super.createListenerContainer(endpoint, factory);
			if (container instanceof AbstractMessageListenerContainer accessible) {
				wrapListener(accessible);
			}
			return container;
		}

	}

}
