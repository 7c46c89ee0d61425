package io.bemi.autoconfigure.entrypoint;

import java.util.function.Function;

import io.bemi.context.EntryPoint;
import io.bemi.context.Trace;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import org.jspecify.annotations.Nullable;
import org.springframework.messaging.handler.invocation.InvocableHandlerMethod;

/**
 * The entry points of the messages that one JMS listener gets.
 */
final class JmsEntryPoints {

	private static final String NAME = "jms";

	private JmsEntryPoints() {
	}

	/**
	 * Finds out what a listener calls.
	 * @param listener the listener of a container
	 * @param otherwise the method to name when it is not known
	 */
	static Function<Object, EntryPoint> of(Object listener, @Nullable String otherwise) {
		String name = (MessageMethod.field(listener, "handlerMethod") instanceof InvocableHandlerMethod method)
				? MethodNames.of(method.getMethod(), method.getBean()) : MessageMethod.ofListener(listener, otherwise);
		return (message) -> new EntryPoint(NAME, () -> name, trace(message));
	}

	private static @Nullable Trace trace(Object message) {
		try {
			return Trace.ofTraceParent(((Message) message).getStringProperty("traceparent"));
		}
		catch (JMSException ex) {
			return null;
		}
	}

}
