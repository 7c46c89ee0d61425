package io.bemi.autoconfigure.entrypoint;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.BeansException;
import org.springframework.beans.DirectFieldAccessor;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.kafka.config.AbstractKafkaListenerContainerFactory;
import org.springframework.kafka.config.ContainerCustomizer;
import org.springframework.kafka.listener.AbstractMessageListenerContainer;
import org.springframework.kafka.listener.DelegatingMessageListener;

/**
 * Gives the listeners of all Kafka containers an entry point: of those that factories
 * make, at whatever time, and of those that are beans.
 */
final class KafkaListenerPostProcessor implements BeanPostProcessor {

	private static final Logger logger = LoggerFactory.getLogger(KafkaListenerPostProcessor.class);

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof AbstractKafkaListenerContainerFactory<?, ?, ?> factory) {
			customize(factory, beanName);
		}
		else if (bean instanceof AbstractMessageListenerContainer<?, ?> container) {
			wrapListener(container);
		}
		return bean;
	}

	@SuppressWarnings("unchecked")
	private static <C extends AbstractMessageListenerContainer<K, V>, K, V> void customize(
			AbstractKafkaListenerContainerFactory<C, K, V> factory, String beanName) {
		try {
			ContainerCustomizer<K, V, C> own = (ContainerCustomizer<K, V, C>) new DirectFieldAccessor(factory)
				.getPropertyValue("containerCustomizer");
			factory.setContainerCustomizer((container) -> {
				if (own != null) {
					own.configure(container);
				}
				wrapListener(container);
			});
		}
		catch (BeansException ex) {
			logger.warn("The messages of '{}' will have no entry point in their context", beanName, ex);
		}
	}

	private static void wrapListener(AbstractMessageListenerContainer<?, ?> container) {
		Object listener = container.getContainerProperties().getMessageListener();
		if (listener != null) {
			@Nullable String id = container.getListenerId();
			container.getContainerProperties()
				.setMessageListener(MessageListenerProxy.of(listener, KafkaEntryPoints.of(listener, id),
						DelegatingMessageListener.class));
		}
	}

}
