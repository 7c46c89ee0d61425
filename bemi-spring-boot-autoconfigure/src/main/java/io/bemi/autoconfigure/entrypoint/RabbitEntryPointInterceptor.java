package io.bemi.autoconfigure.entrypoint;

import java.lang.reflect.Method;
import java.util.Arrays;
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
import org.springframework.util.ReflectionUtils;

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
		try (BemiContext.Scope scope = new EntryPoint(NAME, () -> method(properties), trace).openAnew()) {
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
		// By reflection: Spring AMQP 4.1 moved its type.
		Object handler = MessageMethod.field(listener, "handlerAdapter");
		Object bean = (handler != null) ? call(handler, "getBean") : null;
		if (handler == null || bean == null) {
			return MessageMethod.ofListener(listener, properties.getConsumerQueue());
		}
		Method method = properties.getTargetMethod();
		if (method == null) {
			// Any payload will do if there is only one method.
			method = (Method) call(handler, "getMethodFor", Collections.emptyList());
		}
		return (method != null) ? MethodNames.of(method, bean) : properties.getConsumerQueue();
	}

	private static @Nullable Object call(Object handler, String name, Object... arguments) {
		Class<?>[] types = new Class<?>[arguments.length];
		Arrays.fill(types, Object.class);
		Method method = ReflectionUtils.findMethod(handler.getClass(), name, types);
		return (method != null) ? ReflectionUtils.invokeMethod(method, handler, arguments) : null;
	}

	private static @Nullable Trace trace(MessageProperties properties) {
		Object header = properties.getHeader("traceparent");
		return (header != null) ? Trace.ofTraceParent(header.toString()) : null;
	}

}
