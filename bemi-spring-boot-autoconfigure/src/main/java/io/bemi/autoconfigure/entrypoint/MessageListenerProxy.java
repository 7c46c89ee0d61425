package io.bemi.autoconfigure.entrypoint;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

import io.bemi.context.BemiContext;
import io.bemi.context.EntryPoint;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.util.ClassUtils;

/**
 * Stands between a container and its listener, and opens an entry point around each
 * message. A dynamic proxy with all the interfaces of the listener, because containers
 * find out by those what to call.
 */
final class MessageListenerProxy implements InvocationHandler {

	private final Object listener;

	private final Function<Object, EntryPoint> entryPoints;

	private MessageListenerProxy(Object listener, Function<Object, EntryPoint> entryPoints) {
		this.listener = listener;
		this.entryPoints = entryPoints;
	}

	/**
	 * Creates a proxy.
	 * @param listener what handles messages
	 * @param entryPoints the entry point of a message, or of a batch
	 * @param delegating an interface by which the container finds the listener behind a
	 * proxy, if it has one
	 * @return the proxy, or the listener if it is one already
	 */
	static Object of(Object listener, Function<Object, EntryPoint> entryPoints, Class<?>... delegating) {
		if (Proxy.isProxyClass(listener.getClass())
				&& Proxy.getInvocationHandler(listener) instanceof MessageListenerProxy) {
			return listener;
		}
		return Proxy.newProxyInstance(listener.getClass().getClassLoader(), interfaces(listener.getClass(), delegating),
				new MessageListenerProxy(listener, entryPoints));
	}

	/**
	 * Registers the proxy of a kind of listeners with a native image.
	 */
	static void register(RuntimeHints hints, Class<?> listener, Class<?>... delegating) {
		hints.proxies().registerJdkProxy(interfaces(listener, delegating));
	}

	private static Class<?>[] interfaces(Class<?> listener, Class<?>... delegating) {
		Set<Class<?>> interfaces = new LinkedHashSet<>(ClassUtils.getAllInterfacesForClassAsSet(listener));
		interfaces.removeIf((type) -> !Modifier.isPublic(type.getModifiers()) || type.isSealed());
		interfaces.addAll(List.of(delegating));
		return interfaces.toArray(Class<?>[]::new);
	}

	@Override
	public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
		switch (method.getName()) {
			case "onMessage":
				if (arguments != null && arguments.length > 0) {
					try (BemiContext.Scope scope = this.entryPoints.apply(arguments[0]).openAnew()) {
						return call(method, arguments);
					}
				}
				return call(method, arguments);
			case "getDelegate":
				return this.listener;
			case "equals":
				return arguments != null && proxy == arguments[0];
			default:
				return call(method, arguments);
		}
	}

	private @Nullable Object call(Method method, Object @Nullable [] arguments) throws Throwable {
		try {
			return method.invoke(this.listener, arguments);
		}
		catch (InvocationTargetException ex) {
			throw ex.getTargetException();
		}
	}

}
