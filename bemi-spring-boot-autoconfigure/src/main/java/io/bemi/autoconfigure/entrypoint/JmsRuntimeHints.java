package io.bemi.autoconfigure.entrypoint;

import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.jms.listener.adapter.MessageListenerAdapter;
import org.springframework.jms.listener.adapter.MessagingMessageListenerAdapter;

/**
 * The listeners of JMS that Spring makes: their proxies, and what they call.
 */
final class JmsRuntimeHints implements RuntimeHintsRegistrar {

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		MessageListenerProxy.register(hints, MessagingMessageListenerAdapter.class);
		MessageListenerProxy.register(hints, MessageListenerAdapter.class);
		PrivateFields.register(hints, MessagingMessageListenerAdapter.class, List.of("handlerMethod"));
		PrivateFields.register(hints, MessageListenerAdapter.class,
				List.of(MessageMethod.DELEGATE, MessageMethod.DEFAULT_METHOD));
	}

}
