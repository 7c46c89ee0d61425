package io.bemi.autoconfigure.entrypoint;

import java.lang.reflect.Field;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.amqp.rabbit.config.AbstractRabbitListenerContainerFactory;
import org.springframework.amqp.rabbit.config.ContainerCustomizer;
import org.springframework.amqp.rabbit.listener.AbstractMessageListenerContainer;
import org.springframework.amqp.rabbit.listener.adapter.MessageListenerAdapter;
import org.springframework.amqp.rabbit.listener.adapter.MessagingMessageListenerAdapter;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.util.ReflectionUtils;

/**
 * The customizer of RabbitMQ's containers, and what the listeners that Spring makes call.
 */
final class RabbitRuntimeHints implements RuntimeHintsRegistrar {

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		hints.proxies().registerJdkProxy(ContainerCustomizer.class);
		hints.reflection().registerType(ContainerCustomizer.class, MemberCategory.INVOKE_PUBLIC_METHODS);
		PrivateFields.register(hints, AbstractRabbitListenerContainerFactory.class, List.of("containerCustomizer"));
		PrivateFields.register(hints, AbstractMessageListenerContainer.class, List.of("adviceChain"));
		PrivateFields.register(hints, MessageListenerAdapter.class,
				List.of(MessageMethod.DELEGATE, MessageMethod.DEFAULT_METHOD));
		Field handler = ReflectionUtils.findField(MessagingMessageListenerAdapter.class, "handlerAdapter");
		if (handler != null) {
			hints.reflection().registerField(handler);
			hints.reflection().registerType(handler.getType(), MemberCategory.INVOKE_PUBLIC_METHODS);
		}
	}

}
