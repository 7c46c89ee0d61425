package io.bemi.autoconfigure.entrypoint;

import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.beans.BeansException;
import org.springframework.beans.DirectFieldAccessor;

/**
 * Names the method that handles a message where there is no annotation.
 */
final class MessageMethod {

	// Fields of Spring's adapters for JMS and RabbitMQ.
	static final String DELEGATE = "delegate";

	static final String DEFAULT_METHOD = "defaultListenerMethod";

	private MessageMethod() {
	}

	private static String of(Object bean, String method) {
		return AopProxyUtils.ultimateTargetClass(bean).getSimpleName() + "." + method;
	}

	/**
	 * Names the method of a listener that is an object of the application.
	 * @param listener the listener, or an adapter to any object
	 * @param otherwise what to say of one whose class has no name
	 */
	static @Nullable String ofListener(Object listener, @Nullable String otherwise) {
		Object delegate = field(listener, DELEGATE);
		if (delegate != null && delegate != listener) {
			Object method = field(listener, DEFAULT_METHOD);
			return of(delegate, (method != null) ? method.toString() : "onMessage");
		}
		Class<?> type = AopProxyUtils.ultimateTargetClass(listener);
		return (type.isHidden() || type.isSynthetic() || type.isAnonymousClass()) ? otherwise
				: of(listener, "onMessage");
	}

	/**
	 * What a field holds that has no getter.
	 * @return {@code null} if there is no such field
	 */
	static @Nullable Object field(Object owner, String name) {
		try {
			return new DirectFieldAccessor(owner).getPropertyValue(name);
		}
		catch (BeansException ex) {
			return null;
		}
	}

}
