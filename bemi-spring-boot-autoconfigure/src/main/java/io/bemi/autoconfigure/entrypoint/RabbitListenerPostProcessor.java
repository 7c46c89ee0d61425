package io.bemi.autoconfigure.entrypoint;

import java.lang.reflect.Proxy;

import org.aopalliance.aop.Advice;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.rabbit.config.AbstractRabbitListenerContainerFactory;
import org.springframework.amqp.rabbit.config.ContainerCustomizer;
import org.springframework.amqp.rabbit.listener.AbstractMessageListenerContainer;
import org.springframework.beans.BeansException;
import org.springframework.beans.DirectFieldAccessor;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.util.ObjectUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Gives the listeners of all RabbitMQ containers an entry point: of those that factories
 * make, at whatever time, and of those that are beans. It is the first in the chain of
 * advice that each container has, so that retries run within it.
 */
final class RabbitListenerPostProcessor implements BeanPostProcessor {

	private static final Logger logger = LoggerFactory.getLogger(RabbitListenerPostProcessor.class);

	// Containers read their advice when they are initialized.
	@Override
	public Object postProcessBeforeInitialization(Object bean, String beanName) {
		if (bean instanceof AbstractMessageListenerContainer container) {
			advise(container);
		}
		return bean;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof AbstractRabbitListenerContainerFactory<?> factory) {
			customize(factory, beanName);
		}
		return bean;
	}

	private static <C extends AbstractMessageListenerContainer> void customize(
			AbstractRabbitListenerContainerFactory<C> factory, String beanName) {
		try {
			Object own = new DirectFieldAccessor(factory).getPropertyValue("containerCustomizer");
			factory.setContainerCustomizer(customizer(own));
		}
		catch (BeansException ex) {
			logger.warn("The messages of '{}' will have no entry point in their context", beanName, ex);
		}
	}

	// A dynamic proxy, because the type of a customizer's argument differs between the
	// lines.
	@SuppressWarnings("unchecked")
	private static <C extends AbstractMessageListenerContainer> ContainerCustomizer<C> customizer(
			@Nullable Object own) {
		return (ContainerCustomizer<C>) Proxy.newProxyInstance(ContainerCustomizer.class.getClassLoader(),
				new Class<?>[] { ContainerCustomizer.class }, (proxy, method, arguments) -> switch (method.getName()) {
					case "configure" -> {
						if (own != null) {
							ReflectionUtils.invokeMethod(method, own, arguments);
						}
						if (arguments[0] instanceof AbstractMessageListenerContainer container) {
							advise(container);
						}
						yield null;
					}
					case "equals" -> proxy == arguments[0];
					case "hashCode" -> System.identityHashCode(proxy);
					default -> "bemiContainerCustomizer";
				});
	}

	private static void advise(AbstractMessageListenerContainer container) {
		if (MessageMethod.field(container, "adviceChain") instanceof Advice[] chain) {
			Advice[] extended = ObjectUtils.addObjectToArray(chain, new RabbitEntryPointInterceptor(container), 0);
			container.setAdviceChain(extended);
		}
	}

}
