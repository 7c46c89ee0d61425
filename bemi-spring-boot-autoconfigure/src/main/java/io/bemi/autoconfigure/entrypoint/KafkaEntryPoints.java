package io.bemi.autoconfigure.entrypoint;

import java.nio.charset.StandardCharsets;
import java.util.function.Function;

import io.bemi.context.EntryPoint;
import io.bemi.context.Trace;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.kafka.listener.DelegatingMessageListener;
import org.springframework.kafka.listener.adapter.HandlerAdapter;
import org.springframework.kafka.listener.adapter.MessagingMessageListenerAdapter;
import org.springframework.messaging.handler.invocation.InvocableHandlerMethod;

/**
 * The entry points of the messages that one Kafka listener gets.
 */
final class KafkaEntryPoints {

	private static final String NAME = "kafka";

	private KafkaEntryPoints() {
	}

	/**
	 * Finds out what a listener calls.
	 * @param listener the listener of a container, as the container has it
	 * @param otherwise the method to name when it is not known
	 */
	static Function<Object, EntryPoint> of(Object listener, @Nullable String otherwise) {
		Object target = innermost(listener);
		if (target instanceof MessagingMessageListenerAdapter<?, ?> adapter
				&& MessageMethod.field(adapter, "handlerMethod") instanceof HandlerAdapter handler) {
			if (MessageMethod.field(handler, "invokerHandlerMethod") instanceof InvocableHandlerMethod method) {
				String name = MethodNames.of(method.getMethod(), method.getBean());
				return (data) -> new EntryPoint(NAME, () -> name, trace(data));
			}
			KafkaMethodRecorder recorder = KafkaMethodRecorder.install(adapter, handler);
			if (recorder != null) {
				return (data) -> new EntryPoint(NAME, recorder.next(), trace(data));
			}
		}
		String name = MessageMethod.ofListener(target, otherwise);
		return (data) -> new EntryPoint(NAME, () -> name, trace(data));
	}

	private static Object innermost(Object listener) {
		Object target = listener;
		while (true) {
			Object inner = (target instanceof DelegatingMessageListener<?> delegating) ? delegating.getDelegate()
					: AopProxyUtils.getSingletonTarget(target);
			if (inner == null) {
				return target;
			}
			target = inner;
		}
	}

	// A batch may be of many traces.
	private static @Nullable Trace trace(Object data) {
		Header header = (data instanceof ConsumerRecord<?, ?> message) ? message.headers().lastHeader("traceparent")
				: null;
		return (header != null && header.value() != null)
				? Trace.ofTraceParent(new String(header.value(), StandardCharsets.US_ASCII)) : null;
	}

}
