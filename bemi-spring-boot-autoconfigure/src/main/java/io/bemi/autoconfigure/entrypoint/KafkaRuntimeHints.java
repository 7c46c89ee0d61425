package io.bemi.autoconfigure.entrypoint;

import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.kafka.config.AbstractKafkaListenerContainerFactory;
import org.springframework.kafka.listener.DelegatingMessageListener;
import org.springframework.kafka.listener.adapter.BatchMessagingMessageListenerAdapter;
import org.springframework.kafka.listener.adapter.HandlerAdapter;
import org.springframework.kafka.listener.adapter.KafkaBackoffAwareMessageListenerAdapter;
import org.springframework.kafka.listener.adapter.MessagingMessageListenerAdapter;
import org.springframework.kafka.listener.adapter.RecordMessagingMessageListenerAdapter;

/**
 * The listeners of Kafka that Spring makes: their proxies, and what they call.
 */
final class KafkaRuntimeHints implements RuntimeHintsRegistrar {

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		for (Class<?> listener : List.of(RecordMessagingMessageListenerAdapter.class,
				BatchMessagingMessageListenerAdapter.class, KafkaBackoffAwareMessageListenerAdapter.class)) {
			MessageListenerProxy.register(hints, listener, DelegatingMessageListener.class);
		}
		PrivateFields.register(hints, AbstractKafkaListenerContainerFactory.class, List.of("containerCustomizer"));
		PrivateFields.register(hints, MessagingMessageListenerAdapter.class, List.of("handlerMethod"));
		PrivateFields.register(hints, HandlerAdapter.class, List.of("invokerHandlerMethod", "delegatingHandler"));
	}

}
