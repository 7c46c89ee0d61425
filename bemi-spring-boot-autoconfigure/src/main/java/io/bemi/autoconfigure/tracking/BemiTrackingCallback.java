package io.bemi.autoconfigure.tracking;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;
import org.jspecify.annotations.Nullable;

/**
 * Tracks the application's tables after each migrate, with the connection and the role
 * that created them. Whatever happens, the migrate succeeds.
 * <p>
 * A dynamic proxy, because Flyway 12 made the interface generic: a class compiled against
 * it has bridge methods with a type that Flyway 11 (Spring Boot 3.5) does not have.
 */
final class BemiTrackingCallback implements InvocationHandler {

	private final BemiTrackingInstaller installer;

	private BemiTrackingCallback(BemiTrackingInstaller installer) {
		this.installer = installer;
	}

	static Callback create(BemiTrackingInstaller installer) {
		return (Callback) Proxy.newProxyInstance(Callback.class.getClassLoader(), new Class<?>[] { Callback.class },
				new BemiTrackingCallback(installer));
	}

	@Override
	public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) {
		Object first = (arguments != null && arguments.length > 0) ? arguments[0] : null;
		return switch (method.getName()) {
			case "supports" -> first == Event.AFTER_MIGRATE;
			// Tables are tracked in short transactions, one by one.
			case "canHandleInTransaction" -> false;
			case "handle" -> handle((arguments != null) ? arguments[1] : null);
			case "getCallbackName", "toString" -> "bemiTracking";
			case "equals" -> proxy == first;
			case "hashCode" -> System.identityHashCode(proxy);
			default -> throw new UnsupportedOperationException(method.toString());
		};
	}

	private @Nullable Object handle(@Nullable Object context) {
		if (context instanceof Context migration) {
			this.installer.install(migration.getConnection());
		}
		return null;
	}

}
