package io.bemi.autoconfigure.entrypoint;

import java.lang.reflect.Method;
import java.util.Collections;
import java.util.List;

import io.bemi.context.BemiContext;
import io.bemi.context.EntryPoint;
import io.bemi.context.Trace;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageListener;
import org.springframework.amqp.core.MessageProperties;
import org.springframework.amqp.rabbit.listener.AbstractMessageListenerContainer;
import org.springframework.amqp.rabbit.listener.adapter.HandlerAdapter;

/**
 * Opens an entry point around each message, or batch, that a container hands to its
 * listener.
 */
final class RabbitEntryPointInterceptor implements MethodInterceptor {

	private static final String NAME = "rabbit";

	private final AbstractMessageListenerContainer container;

	RabbitEntryPointInterceptor(AbstractMessageListenerContainer container) {
		this.container = container;
	}

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		Message message = null;
		Trace trace = null;
		for (Object argument : invocation.getArguments()) {
			if (argument instanceof Message single) {
				message = single;
				trace = trace(single.getMessageProperties());
			}
			else if (argument instanceof List<?> batch && !batch.isEmpty() && batch.get(0) instanceof Message first) {
				message = first;
			}
		}
		if (message == null) {
			return invocation.proceed();
		}
		MessageProperties properties = message.getMessageProperties();
		try (BemiContext.Scope scope = new EntryPoint(NAME, () -> method(properties), trace).open()) {
			return invocation.proceed();
		}
	}

	// The listener tells the message which method it is for, as soon as it has chosen
	// one.
	private @Nullable String method(MessageProperties properties) {
		MessageListener listener = this.container.getMessageListener();
		if (listener == null) {
			return properties.getConsumerQueue();
		}
		if (!(MessageMethod.field(listener, "handlerAdapter") instanceof HandlerAdapter handler)) {
			return MessageMethod.ofListener(listener, properties.getConsumerQueue());
		}
		Method method = properties.getTargetMethod();
		return MethodNames.of((method != null) ? method : handler.getMethodFor(Collections.emptyList()),
				handler.getBean());
	}

	private static @Nullable Trace trace(MessageProperties properties) {
		Object header = properties.getHeader("traceparent");
		return (header != null) ? Trace.ofTraceParent(header.toString()) : null;
	}

}
